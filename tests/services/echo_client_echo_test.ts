import { assert, assertEquals, assertRejects } from "@std/assert";
import { echo } from "../../client/echo/echo.ts";
import { echoStream } from "../../client/echo/echo_stream.ts";
import { connectTo } from "../../client/service/connect.ts";
import { ServiceError } from "../../client/service/errors.ts";
import type { StreamTarget } from "../../client/service/target.ts";
import type { Bytes } from "../../lib/bytes.ts";
import type { StreamService } from "../../lib/net/service.ts";
import { serveTcp, type TcpServer } from "../../lib/net/tcp.ts";
import { serveUdp } from "../../lib/net/udp.ts";
import { echoService } from "../../server/services/echo.ts";

const SIZES = [0, 1, 1023, 1024, 1025, 2048, 8193, 12_289, 65_506, 65_507];

async function serve(
  service: StreamService = echoService().stream!,
): Promise<{ server: TcpServer; target: StreamTarget }> {
  const server = await serveTcp(service, {
    listen: [{ transport: "tcp", hostname: "127.0.0.1", port: 0 }],
    grace: 0,
  });
  return { server, target: server.addresses[0]! };
}

function counting(length: number): Bytes {
  return new Uint8Array(length).map((_, at) => at % 253);
}

Deno.test("echo() gets a datagram of every size back", async () => {
  await using server = await serveUdp((data) => data, {
    listen: [{ hostname: "127.0.0.1", port: 0 }],
  });
  const target = { transport: "udp", ...server.addresses[0]! } as const;
  for (const size of SIZES) {
    const { reply, differsAt, time } = await echo(target, counting(size));
    assertEquals(reply, counting(size), `${size} bytes`);
    assertEquals(differsAt, null);
    assert(time > 0);
  }
});

Deno.test("echo() gets a stream of every size back", async () => {
  const { server, target } = await serve();
  await using _ = server;
  for (const size of [...SIZES, 65_508, 1_000_000, 3_000_001]) {
    const { reply, differsAt } = await echo(target, counting(size));
    assertEquals(reply.length, size);
    assertEquals(differsAt, null, `${size} bytes`);
  }
});

Deno.test("echo() gets text back over a Unix socket", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/echo.sock`;
    await using _server = await serveTcp(echoService().stream!, {
      listen: [{ transport: "unix", path }],
      grace: 0,
    });
    const { reply } = await echo({ transport: "unix", path }, "hellö\n");
    assertEquals(new TextDecoder().decode(reply), "hellö\n");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("echo() says where a reply differs", async () => {
  const upper: StreamService = async (conn) => {
    const buffer = new Uint8Array(100);
    for (let n; (n = await conn.read(buffer)) !== null;) {
      const text = new TextDecoder().decode(buffer.subarray(0, n));
      await conn.write(new TextEncoder().encode(text.toUpperCase()));
    }
  };
  const { server, target } = await serve(upper);
  await using _ = server;
  const { reply, differsAt } = await echo(target, "ABc");
  assertEquals([new TextDecoder().decode(reply), differsAt], ["ABC", 2]);
});

Deno.test("echo() says where a datagram is cut, or longer", async () => {
  let change = (data: Bytes): Bytes => data;
  await using server = await serveUdp((data) => change(data), {
    listen: [{ hostname: "127.0.0.1", port: 0 }],
    mayGrow: true,
  });
  const target = { transport: "udp", ...server.addresses[0]! } as const;
  change = (data) => data.slice(0, 3);
  assertEquals((await echo(target, "hello")).differsAt, 3);
  change = (data) => new Uint8Array([...data, 0]);
  assertEquals((await echo(target, "hello")).differsAt, 5);
});

Deno.test("echo() notices a server that closes before all is back", async () => {
  const { server, target } = await serve(async (conn) => {
    const buffer = new Uint8Array(100);
    const n = await conn.read(buffer);
    await conn.write(buffer.subarray(0, n! - 1));
  });
  await using _ = server;
  const { reply, differsAt } = await echo(target, "hello");
  assertEquals([reply.length, differsAt], [4, 4]);
});

Deno.test("echo() gives a server that says nothing no more than its time", async () => {
  const over = Promise.withResolvers<void>();
  const { server, target } = await serve(async (conn) => {
    const buffer = new Uint8Array(100);
    while (await conn.read(buffer) !== null);
    await over.promise;
  });
  await using _ = server;
  const error = await assertRejects(
    () => echo(target, "hello", { timeout: 100 }),
    ServiceError,
  );
  assertEquals(error.kind, "timeout");
  assert(error.message.includes("0 of 5 bytes came back"), error.message);
  over.resolve();
});

Deno.test("echo() is not held up by sockets that are full in both directions", async () => {
  const { server, target } = await serve();
  await using _ = server;
  if (target.transport !== "tcp") throw new Error("TCP");
  const conn = await connectTo(target, { timeout: 5000 });
  const total = 64 * 1024 * 1024;
  let left = total;
  const source = {
    read(buffer: Bytes) {
      const count = Math.min(left, buffer.length);
      buffer.fill(left >> 16, 0, count);
      left -= count;
      return Promise.resolve(count === 0 ? null : count);
    },
  };
  const result = await echoStream(conn, source, { timeout: 10_000 });
  conn.close();
  assertEquals(result, { sent: total, received: total, differsAt: null });
});
