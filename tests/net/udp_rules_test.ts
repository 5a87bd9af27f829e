import { assertEquals } from "@std/assert";
import { soon } from "./loopback.ts";
import { ANY_PORT, bytes, client, echo, serve } from "./udp_client.ts";

Deno.test("serveUdp() drops what comes from a port it must not answer, and tells once", async () => {
  const drops: string[] = [];
  const forger = Deno.listenDatagram({ transport: "udp", ...ANY_PORT });
  const { port } = forger.addr as Deno.NetAddr;
  await using server = await serve(echo, {
    onDropped: (reason, source) => drops.push(`${reason} ${source.port}`),
    ownPorts: new Set([port]),
  });
  const to = { transport: "udp", ...server.addresses[0]! } as const;
  for (let i = 0; i < 3; i++) await forger.send(bytes(i), to);
  forger.close();
  using asker = client(server.addresses[0]!);
  await asker.send(bytes(9));
  assertEquals((await asker.receive()).data, bytes(9));
  assertEquals(drops, [`own-port ${port}`]);
  assertEquals(server.counters.dropped["own-port"], 3);
});

Deno.test("serveUdp() puts its ports into a set that servers share", async () => {
  const ownPorts = new Set<number>();
  await using one = await serve(echo, { ownPorts });
  await using two = await serve(echo, { ownPorts });
  const ports = [one, two].map(({ addresses }) => addresses[0]!.port);
  assertEquals([...ownPorts], ports);
});

Deno.test({
  name: "serveUdp() answers only who is allowed, on Linux",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const drops: string[] = [];
    await using server = await serve(echo, {
      allows: (ip) => ip === "127.0.0.1",
      onDropped: (reason, { hostname }) => drops.push(`${reason} ${hostname}`),
    });
    {
      using stranger = client(server.addresses[0]!, "127.0.0.2");
      await stranger.send(bytes(1));
    }
    using asker = client(server.addresses[0]!);
    await asker.send(bytes(2));
    assertEquals((await asker.receive()).data, bytes(2));
    assertEquals(drops, ["denied 127.0.0.2"]);
  },
});

Deno.test({
  name: "serveUdp() does not answer its own port on another address, on Linux",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using server = await serve(echo);
    const to = server.addresses[0]!;
    const forger = Deno.listenDatagram({
      transport: "udp",
      hostname: "127.0.0.2",
      port: to.port,
    });
    await forger.send(bytes(1), { transport: "udp", ...to });
    forger.close();
    using asker = client(to);
    await asker.send(bytes(2));
    assertEquals((await asker.receive()).data, bytes(2));
    assertEquals([
      server.counters.received,
      server.counters.dropped["own-port"],
    ], [2, 1]);
  },
});

Deno.test("serveUdp() holds a source to its rate", async () => {
  await using server = await serve(echo, {
    rate: { perSecond: 0.001, burst: 3 },
  });
  using asker = client(server.addresses[0]!);
  for (let i = 0; i < 10; i++) await asker.send(bytes(i));
  for (let i = 0; i < 3; i++) {
    assertEquals((await asker.receive()).data, bytes(i));
  }
  await server.stop();
  assertEquals(server.counters.answered, 3);
});

Deno.test("serveUdp() takes datagrams from its own ports when it never answers", async () => {
  const seen: number[] = [];
  const forger = Deno.listenDatagram({ transport: "udp", ...ANY_PORT });
  const { port } = forger.addr as Deno.NetAddr;
  const came = Promise.withResolvers<void>();
  await using server = await serve((data) => {
    seen.push(data[0]!);
    came.resolve();
    return null;
  }, { silent: true, ownPorts: new Set([port]) });
  await forger.send(bytes(5), { transport: "udp", ...server.addresses[0]! });
  forger.close();
  await soon(came.promise, "the datagram");
  assertEquals(seen, [5]);
  assertEquals(server.counters.unanswered, 1);
});
