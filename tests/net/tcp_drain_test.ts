import { assertEquals } from "@std/assert";
import { serveTcp, type TcpServer } from "../../lib/net/tcp.ts";

const ANY = { transport: "tcp", hostname: "127.0.0.1", port: 0 } as const;

/** A server that sends back what it gets, until the client ends. */
function echoServer(): Promise<TcpServer> {
  return serveTcp(async (conn) => {
    const buffer = new Uint8Array(16);
    for (let count; (count = await conn.read(buffer)) !== null;) {
      await conn.write(buffer.subarray(0, count));
    }
  }, { listen: [ANY] });
}

function connect({ addresses: [address] }: TcpServer): Promise<Deno.TcpConn> {
  const { port } = address as { port: number };
  return Deno.connect({ hostname: "127.0.0.1", port });
}

async function echoed(conn: Deno.TcpConn): Promise<number> {
  await conn.write(new Uint8Array([42]));
  const buffer = new Uint8Array(16);
  await conn.read(buffer);
  return buffer[0]!;
}

Deno.test("drain() ends accepting, and the server with its last connection", async () => {
  const server = await echoServer();
  const conn = await connect(server);
  assertEquals(await echoed(conn), 42);
  await server.drain();
  await server.drain();
  assertEquals(await connect(server).then(() => "in", () => "out"), "out");
  assertEquals([await echoed(conn), server.connections], [42, 1]);
  conn.close();
  await server.finished;
});

Deno.test("drain() serves everybody who came before it", async () => {
  const server = await echoServer();
  const conns = await Promise.all(
    Array.from({ length: 20 }, () => connect(server)),
  );
  const drained = server.drain();
  // One that comes while it waits for a good moment counts, too.
  const late = await connect(server).catch(() => null);
  for (const conn of conns) assertEquals(await echoed(conn), 42);
  if (late !== null) assertEquals(await echoed(late), 42);
  await drained;
  for (const conn of conns) conn.close();
  late?.close();
  await server.finished;
});

Deno.test("stop() after drain() ends what is left within the grace", async () => {
  const server = await serveTcp(
    async (conn, { stopping }) => {
      await new Promise((resolve) =>
        stopping.addEventListener("abort", resolve)
      );
      await conn.write(new Uint8Array([7]));
    },
    { listen: [ANY] },
  );
  using conn = await connect(server);
  await server.drain();
  const stopped = server.stop();
  const buffer = new Uint8Array(1);
  await conn.read(buffer);
  assertEquals(buffer[0], 7);
  await stopped;
});
