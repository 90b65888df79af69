"""A real Home Assistant with simulated sockets: for a person, for a check, for pictures.

Run with the Python of the environment that `scripts/setup real` makes:

demo.py             the program behind `scripts/demo`; demo_check.py is its `--check`
lan_check.py        the same without the settings for development, in networks of its own
take_over_check.py  from the built-in integration, stopped before each step and started again
yaml_check.py       the built-in integration in YAML, which takes the port at every start
house_cut_check.py  a power cut of sockets and Home Assistant at once
browser/            through the front end in a real browser; also behind `scripts/screenshots`

The Python of the tests is enough for pairing_check.py and failures_check.py, the two ways of
pairing and their failures, and for shell_check.py, the command line.

program.py          how a check runs: its network, the simulator, the log; test_checks.py runs all
house.py            Home Assistant and sockets, as a check has them
home_assistant.py   a throw-away folder, the process, the user who is already there
api.py              what Home Assistant tells and takes over REST and WebSocket
sockets.py          the simulator as a process
user.py             what a user does, each step checked in Home Assistant and in the socket
report.py           a line for each step
taking_over.py      the repair that takes over, and what it takes: known.py
cut_short/          an integration that makes a take-over fail at a step; power_cut.py loses files
wall_clock.py       another time of day for all of them
processes.py, log.py, ports.py, tools.py, private_lan.py: their helpers
"""
