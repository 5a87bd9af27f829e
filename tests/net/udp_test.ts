import { assertEquals, assertGreater, assertRejects } from "@std/assert";
import type { Bytes } from "../../lib/bytes.ts";
import { ListenError } from "../../lib/net/listen_error.ts";
import { startChild } from "./child.ts";
import { HAS_IPV6, soon } from "./loopback.ts";
import { ANY_PORT, bytes, client, echo, serve } from "./udp_client.ts";

const ignore = !HAS_IPV6;
const skipped = HAS_IPV6 ? "" : " (skipped: no IPv6 here)";

Deno.test("serveUdp() answers from the socket that got the question", async () => {
  await using server = await serve(echo, {
    listen: [ANY_PORT, { hostname: "localhost", port: 0 }],
  });
  for (const address of server.addresses) {
    assertGreater(address.port, 0);
    using asker = client(address);
    await asker.send(bytes(1, 2, 3));
    assertEquals(await asker.receive(), {
      data: bytes(1, 2, 3),
      from: address,
    });
  }
});

Deno.test("serveUdp() handles datagrams of every size, from none to the longest", async () => {
  await using server = await serve(echo);
  using asker = client(server.addresses[0]!);
  for (const size of [0, 1, 1472, 1473, 65_506, 65_507]) {
    await asker.send(new Uint8Array(size).fill(size));
    const { data } = await asker.receive();
    assertEquals([data.length, data.every((byte) => byte === size % 256)], [
      size,
      true,
    ]);
  }
});

Deno.test(`serveUdp() handles the longest datagram of IPv6${skipped}`, {
  ignore,
}, async () => {
  const listen = [{ hostname: "::1", port: 0 }];
  await using server = await serve((data) => data.slice(0, 4), { listen });
  using asker = client(server.addresses[0]!);
  await asker.send(new Uint8Array(65_527));
  await asker.receive();
  assertEquals(server.counters.bytesReceived, 65_527);
});

Deno.test(
  `serveUdp() shows IPv4 peers of a dual-stack socket as IPv4, and answers them${skipped}`,
  { ignore },
  async () => {
    const peers: string[] = [];
    await using server = await serve((data, { peer }) => {
      peers.push(peer.hostname);
      return data;
    }, { listen: [{ hostname: "::", port: 0 }] });
    const { port } = server.addresses[0]!;
    for (const hostname of ["127.0.0.1", "::1"]) {
      using asker = client({ hostname, port });
      await asker.send(bytes(7));
      assertEquals((await asker.receive()).data, bytes(7));
    }
    assertEquals(peers, ["127.0.0.1", "::1"]);
  },
);

Deno.test("serveUdp() answers in the order of the questions", async () => {
  await using server = await serve(echo);
  using asker = client(server.addresses[0]!);
  // As many as the kernel surely queues, again and again.
  for (let round = 0; round < 20; round++) {
    const sent = Array.from({ length: 50 }, (_, i) => i);
    for (const i of sent) await asker.send(bytes(i));
    const seen: number[] = [];
    for (const _ of sent) seen.push((await asker.receive()).data[0]!);
    assertEquals(seen, sent);
  }
  assertEquals(server.counters.answered, 1000);
});

Deno.test("serveUdp() answers others while an answer is pending", async () => {
  const held = Promise.withResolvers<void>();
  await using server = await serve((data) =>
    data[0] === 1 ? held.promise.then(() => data) : data
  );
  using asker = client(server.addresses[0]!);
  await asker.send(bytes(1));
  await asker.send(bytes(2));
  assertEquals((await asker.receive()).data, bytes(2));
  held.resolve();
  assertEquals((await asker.receive()).data, bytes(1));
});

Deno.test("serveUdp() lets handlers keep the bytes of a datagram", async () => {
  const kept: Bytes[] = [];
  await using server = await serve((data) => {
    kept.push(data);
    return data;
  });
  using asker = client(server.addresses[0]!);
  // More than the memory that datagrams fill at a time.
  const sent = Array.from(
    { length: 300 },
    (_, i) => new Uint8Array(1000 + i).fill(i),
  );
  for (const data of sent) {
    await asker.send(data);
    await asker.receive();
  }
  assertEquals(kept, sent);
});

Deno.test("serveUdp() survives a client that vanished and a handler that crashed", async () => {
  const reports: string[] = [];
  await using server = await serve((data) => {
    if (data[0] === 0) throw new TypeError("a bug");
    return data;
  }, { onError: (error) => reports.push(String(error)) });
  {
    using gone = client(server.addresses[0]!);
    await gone.send(bytes(1));
  }
  using asker = client(server.addresses[0]!);
  await asker.send(bytes(0));
  await asker.send(bytes(0));
  await asker.send(bytes(5));
  assertEquals((await asker.receive()).data, bytes(5));
  assertEquals(reports, ["TypeError: a bug"]);
});

Deno.test("serveUdp() reports an answer that the runtime refuses to send, once, and serves on", async () => {
  await using child = startChild({
    flags: ["--unstable-net", "--allow-net=127.0.0.1:0"],
    args: ["udp", "127.0.0.1:0"],
  });
  const port = Number((await child.expect("ready")).split(":")[1]);
  using asker = client({ hostname: "127.0.0.1", port });
  await asker.send(bytes(1));
  const report = await child.expect("error");
  assertEquals(
    report,
    `datagram from 127.0.0.1:${asker.port}: NotCapable: Requires net access to "127.0.0.1:${asker.port}", run again with the --allow-net flag`,
  );
});

Deno.test("serveUdp() says which flag is missing", async () => {
  const denied = {
    flags: ["--unstable-net", "--allow-net=127.0.0.1:1"],
    args: ["udp", "127.0.0.1:7007"],
  };
  await using narrow = startChild(denied);
  assertEquals(
    await narrow.expect("failed"),
    "cannot listen on udp:127.0.0.1:7007: Deno was started without the permission; add --allow-net=127.0.0.1:7007 to listen there, and the clients' addresses to answer them (or --allow-net alone)",
  );
  await using stable = startChild({
    flags: ["--allow-net"],
    args: ["udp", "127.0.0.1:0"],
  });
  assertEquals(
    await stable.expect("failed"),
    "cannot listen on udp:127.0.0.1:0: UDP is unstable in Deno; add --unstable-net",
  );
});

Deno.test("serveUdp() closes the other sockets when one address is in use", async () => {
  await using other = await serve(echo);
  const listen = [ANY_PORT, other.addresses[0]!];
  const error = await assertRejects(() => serve(echo, { listen }), ListenError);
  assertEquals(error.kind, "in-use");
});

Deno.test("serveUdp() opens nothing when its options make no sense", async () => {
  await assertRejects(
    () => serve(echo, { rate: { perSecond: 0, burst: 0 } }),
    RangeError,
  );
  const signal = AbortSignal.abort(new TypeError("never mind"));
  await assertRejects(() => serve(echo, { signal }), TypeError, "never mind");
});

Deno.test("serveUdp() stops when its signal aborts, after pending answers", async () => {
  const controller = new AbortController();
  const arrived = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  const listened: unknown[] = [];
  const server = await serve(async (data) => {
    arrived.resolve();
    await held.promise;
    return data;
  }, {
    signal: controller.signal,
    onListen: (addresses) => listened.push(addresses),
  });
  assertEquals(listened, [server.addresses]);
  using asker = client(server.addresses[0]!);
  await asker.send(bytes(1));
  await soon(arrived.promise, "the question");
  controller.abort();
  held.resolve();
  assertEquals((await asker.receive()).data, bytes(1));
  await soon(server.finished, "the end of the server");
});

Deno.test("UdpServer.stop() ends with the grace when a handler never does", async () => {
  const arrived = Promise.withResolvers<void>();
  const server = await serve(() => {
    arrived.resolve();
    return new Promise(() => {});
  }, { grace: 20 });
  using asker = client(server.addresses[0]!);
  await asker.send(bytes(1));
  await soon(arrived.promise, "the question");
  await soon(server.stop(), "the stop");
  await soon(server.stop(), "the second stop");
});
