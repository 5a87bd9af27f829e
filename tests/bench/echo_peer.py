"""Echo over TCP and UDP on one free port of 127.0.0.1, by asyncio: as its
documentation does it, on the loop named by the argument (asyncio or uvloop)."""

import asyncio
import sys

LIFETIME = 30 * 60


class Stream(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.transport.write(data)

    def pause_writing(self):
        self.transport.pause_reading()

    def resume_writing(self):
        self.transport.resume_reading()


class Datagrams(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, address):
        self.transport.sendto(data, address)


async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Stream, "127.0.0.1", 0, backlog=511)
    port = server.sockets[0].getsockname()[1]
    here = ("127.0.0.1", port)
    await loop.create_datagram_endpoint(Datagrams, local_addr=here)
    print(f"ready on tcp://127.0.0.1:{port} and udp", flush=True)
    await asyncio.sleep(LIFETIME)


if sys.argv[1] == "uvloop":
    import uvloop

    uvloop.install()
asyncio.run(main())
