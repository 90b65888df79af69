"""Everything about a plug that may differ from one real device to the next.

Durations are seconds. Behind each number stands how sure it is: M measured in a capture, R reported
with real packets, J judged from indirect evidence, U unknown and chosen here (then never the kinder
choice). Above each group stands the section of `docs/protocol.md` that tells more, which also says
what C1 to C4 and the names are; `docs/simulator.md` lists what was made up for tests.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from .clock import ClockMode
from .latency import Latency, LogNormal, Mixture, Uniform
from .settings import PROFILES, Profile
from .wire import Address

# Two humps (M, C1 to C4): the radio is awake, or it sleeps until one of the next beacons.
AWAKE = LogNormal(median=0.020, sigma=0.5, low=0.004, high=0.100)
ASLEEP = Uniform(0.100, 0.300)
USUAL_LATENCY = Mixture(AWAKE, ASLEEP, share=0.25)


class AfterPowerCut(StrEnum):
    """What the relay does when the power comes back."""

    OFF = "off"
    ON = "on"
    LAST = "last"


@dataclass(slots=True, kw_only=True)
class Parameters:
    """The behaviour of one plug; may be changed while it runs."""

    # --- docs/protocol.md#22-ports-and-addresses ---
    reply_to_source_port: bool = False  # J: answers go to port 10000 whatever the source port
    subscription_key_has_port: bool = False  # J

    # --- docs/protocol.md#38-read-a-table-rt ---
    answers_unknown_tables: bool = False  # U, nobody has asked for tables 2 and 5
    answers_empty_timer_table: bool = True  # J: with no record; ORV reads table 3 of every socket

    # --- docs/protocol.md#42-timers ---
    timers_need_set_clock: bool = True  # J; ORV users report wrong times as well as no firing
    keeps_fired_timers: bool = False  # U, what becomes of one that fires once
    max_timers: int = 48  # U; more do not fit into one Ethernet frame

    # --- docs/protocol.md#43-settings ---
    profile: Profile = PROFILES["A"]  # M; B to E: R. Read once, at construction

    # --- docs/protocol.md#51-searches ---
    burst_copies: int = 10  # M, 20 of 20
    burst_spacing: float = 0.015  # M, median 14.8 to 15.1 ms
    burst_jitter: float = 0.003  # M, each copy late by up to this; bursts took 104 to 138 ms
    burst_delay: Latency = Mixture(Uniform(0.011, 0.032), Uniform(0.180, 0.300), share=0.3)  # M
    deaf_after_burst: float = 0.002  # J; a request 20 ms after the last copy was heard (C1 f216)
    queue_survives_burst: bool = False  # U; what waited behind a search "looked dropped"
    type_string: str = "SOC005"  # M; SOC001 and SOC002: R
    type_string_by_mac: str | None = None  # R (NOZ): answers to a search by MAC may differ

    # --- docs/protocol.md#52-announcements ---
    announce_copies: int = 21  # M
    announce_spacing: Latency = Uniform(3.12, 3.22)  # M, 3.124 to 3.217 in C1 to C4
    announce_delay: Latency = Uniform(0.71, 0.78)  # M, from the address to the first copy
    announce_period: float = 600.1  # M, from a timer that runs freely
    announce_phase: Latency = Uniform(75.0, 580.0)  # M, first joining to first periodic run
    announces_when_locked: bool = True  # U
    join_time: float = 3.0  # U, from power on to having an address

    # --- docs/protocol.md#53-subscription ---
    subscription_lifetime: float = 300.0  # M bounds 240 to 312
    max_subscribers: int = 8  # U; 3 at least have been seen
    logout_works: bool = True  # J; nothing later in C2 contradicts it
    answers_strangers: bool = False  # U for tables, clock, countdown, zone; M for the others
    checks_reversed_mac: bool = True  # U: whether a wrong second UID of a subscribe matters

    # --- docs/protocol.md#54-one-thing-at-a-time ---
    busy_window: float = 0.006  # R (GLN), after a subscribe answer; try 0 to 0.1
    queue_depth: int = 2  # J, 3 of 4 requests in a row were answered (C1, C3)

    # --- docs/protocol.md#55-answer-times ---
    latency: Latency = USUAL_LATENCY  # M: subscribe, read, switch; J: countdown
    keep_alive_latency: Latency = Mixture(USUAL_LATENCY, Uniform(0.3, 1.2), share=0.01)  # M
    write_latency: Latency = Uniform(0.045, 0.300)  # M
    zone_latency: Latency = Uniform(0.120, 0.210)  # M, n = 2
    clock_latency: Latency = Uniform(0.020, 0.020)  # M, n = 1
    password_latency: Latency = Uniform(0.118, 0.118)  # M, n = 1, a round trip to the cloud

    # --- docs/protocol.md#56-pushes ---
    push_delay: Latency = LogNormal(median=0.007, sigma=0.2, low=0.005, high=0.010)  # M, C2
    push_gap: Latency = Uniform(0.043, 0.047)  # M, C2
    push_delay_cloud: Latency = LogNormal(median=0.014, sigma=0.3, low=0.011, high=0.031)  # M, C4
    push_gap_cloud: Latency = Uniform(0.050, 0.057)  # M, C4
    cloud_connected: bool = False  # the service ended; when on it holds slot 0 (M)
    cloud_lead: float = 0.008  # M (C1 f339-342), how much earlier its copy leaves

    # --- docs/protocol.md#58-clock ---
    clock_mode: ClockMode = ClockMode.SYNCED  # M for most modes
    clock_drift: float = 6e-6  # R (HB), two devices apart by 3 s in 5.7 days; read at power on
    clock_wraps_to: int = 0  # U, what follows 2**32 - 1
    ntp: bool = False  # M; off because nobody simulated is there to receive them
    ntp_server: Address = field(default=("17.171.4.36", 123))  # M
    ntp_retry: float = 1.54  # M, until answered
    ntp_period: float = 1800.0  # M, after an answer

    # --- docs/protocol.md#59-button-power-and-relay ---
    relay_after_power_cut: AfterPowerCut = AfterPowerCut.OFF  # U; one cold boot, C4: off

    # --- docs/protocol.md#61-smartlink ---
    wifi_key: str = "abcdefgh"  # M (C2)
    smart_link_join_time: float = 5.4  # J: address 8.7 s after the start (C2), key whole at 3.3 s

    # --- docs/protocol.md#62-own-network ---
    access_point: str = "10.10.100.254"  # R, its address in its own Wi-Fi
    module_id: str = "HF-LPB100"  # R
    at_in_station: bool = True  # R (GLN), on all firmwares: U
    at_knows_scan: bool = False  # U
    at_line_end: str = "\r\n\r\n"  # R (HB); GRN: two line feeds
    at_latency: Latency = Uniform(0.020, 0.200)  # U
    at_pieces: int = 1  # datagrams that an answer is split into; H for a scan
    at_idle_time: float = 30.0  # H, then the dialogue is closed
    restart_time: float = 10.0  # U

    # --- docs/simulator.md#parameters ---
    cloud_address: Address | None = None  # where its copies of the pushes go, None for nowhere
    clock_before_rollover: float = 60.0  # reading at power on in rollover mode
    unix_at_zero: float = 1_767_225_600.0  # true time when `now` is 0; here 2026-01-01 UTC
    wifi_ssid: str = "Home"  # the Wi-Fi around, which it knows when it is made
    wifi_protection: str = "WPA2PSK,AES"
    wifis_around: tuple[str, ...] = (
        "6,Home,0a-00-00-00-00-01,WPA2PSK/AES,78",
    )  # H, rows of a scan
