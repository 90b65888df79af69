"""A client for the S20, written from docs/protocol.md and docs/clients.md alone."""

import asyncio
from typing import Self, override

PORT, PAD = 10000, b" " * 6


def frame(opcode: bytes, rest: bytes = b"") -> bytes:
    """Put the head before a message (2.1)."""
    return b"hd" + (6 + len(rest)).to_bytes(2, "big") + opcode + rest


class SmallClient(asyncio.DatagramProtocol):
    """Has port 10000 for itself (rule 5), and tells sockets apart by their MAC."""

    transport: asyncio.DatagramTransport
    heard: asyncio.Queue[tuple[bytes, str]]

    @classmethod
    async def open(cls, host: str = "") -> Self:
        opening = asyncio.get_running_loop().create_datagram_endpoint
        transport, client = await opening(cls, (host, PORT), allow_broadcast=True)
        client.transport, client.heard = transport, asyncio.Queue()
        return client

    @override
    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if data[:2] == b"hd" and int.from_bytes(data[2:4], "big") == len(data):
            self.heard.put_nowait((data, addr[0]))

    async def find(self, broadcast: str = "255.255.255.255") -> dict[bytes, str]:
        """Return MAC and address of each socket; one search in five is lost (rule 8)."""
        found = {}
        for _ in range(5):
            self.transport.sendto(frame(b"qa"), (broadcast, PORT))
            await asyncio.sleep(1.0)  # longer than they are deaf (rule 1)
            while not self.heard.empty():
                data, address = self.heard.get_nowait()
                if data[4:6] == b"qa" and len(data) == 42 and data[31:34] == b"SOC":
                    found[data[7:13]] = address
        return found

    async def hear(self, seconds: float, opcode: bytes, mac: bytes) -> bytes | None:
        """Return the next message of this kind, None if none comes in time."""
        try:
            async with asyncio.timeout(seconds):
                while (data := (await self.heard.get())[0])[4:12] != opcode + mac:
                    pass
        except TimeoutError:
            return None
        return data

    async def subscribe(self, mac: bytes, address: str) -> bool | None:
        """Return the relay, None if the socket is silent."""
        for pause in (0.3, 0.4, 0.5, 0.7, 0.9, 1.0, 1.0):
            self.transport.sendto(frame(b"cl", mac + PAD + mac[::-1] + PAD), (address, PORT))
            if answer := await self.hear(pause, b"cl", mac):
                await asyncio.sleep(0.01)  # it is busy for 6 ms (rule 7)
                return answer[23] == 1
        return None

    async def switch(self, mac: bytes, address: str, *, on: bool) -> bool:
        """Return whether a report proves that the relay is as wanted (rule 2)."""
        await self.subscribe(mac, address)  # a stranger is not heard (rule 3)
        for _ in range(7):
            self.transport.sendto(frame(b"dc", mac + PAD + bytes(4) + bytes([on])), (address, PORT))
            push = await self.hear(0.5, b"sf", mac)
            if (push and push[22] == on) or await self.subscribe(mac, address) is on:
                return True
        return False
