import {
  assert,
  assertEquals,
  assertGreater,
  assertMatch,
  assertRejects,
} from "@std/assert";
import { writeAll } from "../../lib/bytes.ts";
import type { HostPort } from "../../lib/host_port.ts";
import { admission } from "../../lib/net/admission.ts";
import { type BoundAddress, serveTcp } from "../../lib/net/tcp.ts";
import { startChild } from "./child.ts";
import { connectTo, HAS_IPV6, hear, LOOPBACK, say, soon } from "./loopback.ts";

async function echo(conn: Deno.Conn): Promise<void> {
  const buffer = new Uint8Array(16_384);
  for (let n; (n = await conn.read(buffer)) !== null;) {
    await writeAll(conn, buffer.subarray(0, n));
  }
}

Deno.test("serveTcp() serves connections, and closes each when its handler ends", async () => {
  await using server = await serveTcp((conn) => say(conn, "hello\r\n"), {
    listen: [LOOPBACK],
  });
  for (let i = 0; i < 3; i++) {
    using client = await connectTo(server);
    assertEquals(await hear(client), "hello\r\n");
  }
});

Deno.test("serveTcp() keeps our direction open when the peer has ended its own", async () => {
  await using server = await serveTcp(echo, { listen: [LOOPBACK] });
  using client = await connectTo(server);
  const text = "0123456789".repeat(100_000);
  const heard = hear(client);
  await say(client, text);
  await client.closeWrite();
  assertEquals(await heard === text, true);
});

Deno.test("serveTcp() gives the handler its connection's number and both ends", async () => {
  const seen: { id: number; peer: HostPort; local: HostPort }[] = [];
  await using server = await serveTcp(
    (_conn, { id, peer, local }) => void seen.push({ id, peer, local }),
    {
      listen: [LOOPBACK],
    },
  );
  const expected = [];
  for (const id of [1, 2]) {
    using client = await connectTo(server);
    const { hostname, port } = client.localAddr;
    const local = { hostname: "127.0.0.1", port: client.remoteAddr.port };
    expected.push({ id, peer: { hostname, port }, local });
    await hear(client);
  }
  assertEquals(seen, expected);
});

Deno.test("serveTcp() calls onListen once, with real ports, when all sockets are bound", async () => {
  const calls: (readonly BoundAddress[])[] = [];
  await using server = await serveTcp(echo, {
    listen: [LOOPBACK, { transport: "tcp", hostname: "localhost", port: 0 }],
    onListen: (addresses) => calls.push(addresses),
  });
  assertEquals(calls, [server.addresses]);
  for (const address of server.addresses) {
    assert(address.transport === "tcp");
    assertMatch(address.hostname, /^(127\.0\.0\.1|::1)$/);
    assertGreater(address.port, 0);
  }
  for (const index of [0, 1]) {
    using client = await connectTo(server, index);
    await client.closeWrite();
    assertEquals(await hear(client), "");
  }
});

Deno.test("serveTcp() closes its sockets when onListen throws", async () => {
  const options = {
    listen: [LOOPBACK, LOOPBACK],
    onListen: () => {
      throw new TypeError("not now");
    },
  };
  // A socket left open would fail this test by itself.
  await assertRejects(() => serveTcp(echo, options), TypeError, "not now");
});

Deno.test({
  name: `serveTcp() shows IPv4 peers of a dual-stack socket as IPv4${
    HAS_IPV6 ? "" : " (skipped: no IPv6 here)"
  }`,
  ignore: !HAS_IPV6,
  async fn() {
    const peers: string[] = [];
    await using server = await serveTcp(
      (_conn, { peer, local }) =>
        void peers.push(peer.hostname, local.hostname),
      {
        listen: [{ transport: "tcp", hostname: "::", port: 0 }],
      },
    );
    const { port } = server.addresses[0] as HostPort;
    for (const hostname of ["127.0.0.1", "::1"]) {
      using client = await Deno.connect({ hostname, port });
      await hear(client);
    }
    assertEquals(peers, ["127.0.0.1", "127.0.0.1", "::1", "::1"]);
  },
});

Deno.test({
  name:
    "serveTcp() shares a port with another server when reusePort is set, on Linux",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using first = await serveTcp(echo, {
      listen: [LOOPBACK],
      reusePort: true,
    });
    await using second = await serveTcp(echo, {
      listen: first.addresses,
      reusePort: true,
    });
    assertEquals(second.addresses, first.addresses);
  },
});

Deno.test("serveTcp() reports a crashed handler once and serves on", async () => {
  const reports: string[] = [];
  await using server = await serveTcp((conn, { id }) => {
    if (id === 1) throw new TypeError("a bug");
    return say(conn, "fine");
  }, {
    listen: [LOOPBACK],
    onError: (error, what) => reports.push(`${what}: ${error}`),
  });
  using first = await connectTo(server);
  assertEquals(await hear(first), "");
  using second = await connectTo(server);
  assertEquals(await hear(second), "fine");
  const { port } = first.localAddr;
  assertEquals(reports, [
    `connection 1 from 127.0.0.1:${port}: TypeError: a bug`,
  ]);
});

Deno.test("serveTcp() takes a peer that leaves in the middle for what it is, not for an error", async () => {
  const reports: unknown[] = [];
  const outcome = Promise.withResolvers<unknown>();
  await using server = await serveTcp(async (conn, { id }) => {
    if (id === 2) return await say(conn, "fine");
    try {
      for (;;) await say(conn, "more than is ever read ".repeat(1000));
    } catch (error) {
      outcome.resolve(error);
      throw error;
    }
  }, { listen: [LOOPBACK], onError: (error) => reports.push(error) });
  const client = await connectTo(server);
  await client.read(new Uint8Array(1));
  client.close();
  const error = await soon(outcome.promise, "the failing write") as Error;
  assertMatch(error.name, /^(BrokenPipe|ConnectionReset)$/);
  using next = await connectTo(server);
  assertEquals(await hear(next), "fine");
  assertEquals(reports, []);
});

Deno.test("serveTcp() sends a refused peer its line, also when the peer has spoken first", async () => {
  await using server = await serveTcp(echo, {
    listen: [LOOPBACK],
    admission: { enter: () => "too-many", leave: () => {} },
    onRefused: (conn, refusal) => say(conn, `421 ${refusal}\r\n`),
  });
  using client = await connectTo(server);
  await say(client, "USER anonymous\r\n".repeat(1000));
  const heard = hear(client);
  await client.closeWrite();
  assertEquals(await heard, "421 too-many\r\n");
});

Deno.test("serveTcp() accepts others while an admission is being decided", async () => {
  const decision = Promise.withResolvers<null>();
  let asked = 0;
  await using server = await serveTcp((conn, { id }) => say(conn, `${id}`), {
    listen: [LOOPBACK],
    admission: {
      enter: () => asked++ === 0 ? decision.promise : null,
      leave: () => {},
    },
  });
  using first = await connectTo(server);
  using second = await connectTo(server);
  assertEquals(await hear(second), "2");
  decision.resolve(null);
  assertEquals(await hear(first), "1");
});

Deno.test("serveTcp() answers each of 1,000 connections, never more at a time than allowed", async () => {
  const door = admission({ max: 30, perAddress: 25 });
  let most = 0;
  await using server = await serveTcp(async (conn) => {
    most = Math.max(most, server.connections);
    await say(conn, "served");
    await echo(conn);
  }, {
    listen: [LOOPBACK],
    admission: door,
    onRefused: (conn, refusal) => say(conn, refusal),
  });
  const counts: Record<string, number> = {
    served: 0,
    "too-many-from-address": 0,
  };
  const visit = async () => {
    using client = await connectTo(server);
    const heard = hear(client);
    await client.closeWrite();
    const answer = await heard;
    counts[answer] = (counts[answer] ?? 0) + 1;
  };
  for (let round = 0; round < 20; round++) {
    await Promise.all(Array.from({ length: 50 }, visit));
  }
  const { served = 0, "too-many-from-address": refused = 0, ...others } =
    counts;
  assertEquals(others, {});
  assertEquals(served + refused, 1000);
  assertGreater(served, 0);
  assertEquals(most <= 25, true, `${most} at a time`);
  await server.stop();
  assertEquals([server.connections, door.count, door.addresses], [0, 0, 0]);
});

Deno.test("serveTcp() survives running out of file descriptors", async () => {
  await using child = startChild({
    setup: "ulimit -n 64",
    flags: ["--allow-net=127.0.0.1"],
    args: ["tcp", "127.0.0.1:0"],
  });
  const port = Number((await child.expect("ready")).split(":")[1]);
  const connect = () => Deno.connect({ hostname: "127.0.0.1", port });
  const crowd = await Promise.all(Array.from({ length: 100 }, connect));
  const report = await child.expect("error");
  crowd.forEach((conn) => conn.close());
  assertMatch(
    report,
    /^accept on 127\.0\.0\.1:\d+: Error: Too many open files/,
  );
  using client = await connect();
  await say(client, "still there?");
  await client.closeWrite();
  assertEquals(await hear(client), "still there?");
});
