/** How connections to an echo server end, and who they are. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { once } from "node:events";
import { connect as connectTo } from "node:net";
import { type Bytes, writeAll } from "../../lib/bytes.ts";
import { createLog } from "../../lib/log.ts";
import { ListenError } from "../../lib/net/listen_error.ts";
import { readLimits } from "../../server/service/options.ts";
import type { Address } from "../../server/service/program.ts";
import { serveEndpoints } from "../../server/service/serve.ts";
import { echoService } from "../../server/services/echo.ts";
import { HAS_IPV6 } from "../net/loopback.ts";
import {
  type EchoServer,
  echoServer,
  exchange,
  pattern,
  soon,
} from "./echo_server.ts";

const MIB = 2 ** 20;
const NO_IPV6 = HAS_IPV6 ? "" : " (skipped: no IPv6 here)";

/** Everything until the end. */
async function readToEnd(conn: Deno.Conn): Promise<Bytes> {
  const parts: Bytes[] = [];
  const buffer = new Uint8Array(65_536);
  for (let n; (n = await soon(conn.read(buffer), "a read")) !== null;) {
    parts.push(buffer.slice(0, n));
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

/** How the connections ended that the log tells of. */
function endings({ events }: EchoServer): unknown[] {
  return events.filter(({ event }) => event === "connection")
    .map(({ fields }) => fields.end);
}

Deno.test("echo over TCP leaves everything to a client that reads only when the server has closed", async () => {
  await using server = await echoServer();
  // Less than the sockets between hold, so that nobody waits for anybody.
  for (const size of [1, 1024, 65_536, 100_000]) {
    using conn = await server.connect();
    const before = server.events.length;
    await writeAll(conn, pattern(size));
    await conn.closeWrite();
    await server.told("connection", before + 1);
    assertEquals(await readToEnd(conn), pattern(size), `${size} bytes`);
  }
  assertEquals(endings(server), ["done", "done", "done", "done"]);
});

Deno.test("echo over TCP that stops does not wait for a client that takes nothing", async () => {
  const server = await echoServer({ grace: 60_000 });
  using stubborn = await server.connect();
  const writing = writeAll(stubborn, new Uint8Array(64 * MIB)).catch(() => {});
  // Full when what came does not go any more: the server is in a write.
  let before = -1;
  while (before !== (before = Number(server.counters()["bytes-in"]))) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const stopped = async () => await server[Symbol.asyncDispose]();
  await soon(stopped(), "the end of the server");
  assertEquals(endings(server), ["stopped"]);
  stubborn.close();
  await writing;
});

Deno.test("echo over TCP outlives clients that connect and reset at once", async () => {
  await using server = await echoServer();
  for (let count = 0; count < 100; count++) {
    const peer = connectTo(server.port, "127.0.0.1");
    peer.on("error", () => {});
    await soon(once(peer, "connect"), "a connection");
    peer.resetAndDestroy();
  }
  using other = await server.connect();
  assertEquals(
    await soon(exchange(other, pattern(3)), "another's"),
    pattern(3),
  );
  await server.told("connection");
  const wrong = server.events.filter(({ event, fields }) =>
    event !== "connection" || !["reset", "done"].includes(`${fields.end}`)
  );
  assertEquals(wrong, []);
  assertEquals(server.counters().open, 0);
});

Deno.test({
  name: `echo on :: knows clients of IPv4 by their own address${NO_IPV6}`,
  ignore: !HAS_IPV6,
  async fn() {
    await using server = await echoServer({
      hostname: "::",
      deny: ["127.0.0.2"],
    });
    for (const hostname of ["127.0.0.1", "::1"]) {
      using conn = await Deno.connect({ hostname, port: server.port });
      await soon(exchange(conn, pattern(5)), "the echo");
      using asker = server.asker(hostname);
      await asker.send(pattern(7));
      assertEquals(await asker.receive(), pattern(7));
    }
    using denied = server.asker("127.0.0.2", "127.0.0.1");
    await denied.send(pattern(7));
    await server.told("dropped");
    const peers = server.events.map(({ fields }) =>
      `${fields.peer}`.replace(/:\d+$/, "")
    );
    assertEquals(peers.sort(), ["127.0.0.1", "127.0.0.2", "[::1]"]);
  },
});

/** Serves echo at `places` and nothing else. */
function serve(places: readonly Address[]) {
  return serveEndpoints({
    endpoints: places.map((at) => ({ at, service: "echo" })),
    services: { echo: echoService() },
    limits: readLimits({ rate: "off", allow: [], deny: [], grace: 0 }),
    log: createLog({ format: "text", write: () => {} }),
  });
}

Deno.test("serveEndpoints() opens all or none", async () => {
  const local = { hostname: "127.0.0.1", port: 0 };
  await using taken = await echoServer();
  const free = Deno.listen(local);
  const { port } = free.addr;
  free.close();
  const places: Address[] = [
    { ...local, transport: "tcp", port },
    { ...local, transport: "udp", port: taken.port },
  ];
  const error = await assertRejects(() => serve(places), ListenError);
  assertEquals(error.kind, "in-use");
  // Nobody has the first one any more.
  const again = await serve(places.slice(0, 1));
  assertEquals(again.addresses, places.slice(0, 1));
  await again.stop();
});

/** A link-local address of this machine with its interface, if it has one. */
const LINK_LOCAL = Deno.networkInterfaces()
  .filter(({ address }) => address.startsWith("fe80:"))
  .map(({ address, name }) => `${address.replace(/%.*/, "")}%${name}`)[0];

Deno.test({
  name: `serveEndpoints() names a link-local address with its interface${
    LINK_LOCAL ? "" : " (skipped: no link-local address here)"
  }`,
  ignore: LINK_LOCAL === undefined,
  async fn() {
    const at = { hostname: LINK_LOCAL!, port: 0 };
    const serving = await serve([
      { transport: "tcp", ...at },
      { transport: "udp", ...at },
    ]);
    for (const address of serving.addresses) {
      assert("port" in address && address.port > 0);
      assertEquals(address.hostname, LINK_LOCAL);
    }
    await serving.stop();
  },
});
