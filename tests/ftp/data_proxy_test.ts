import { assertEquals } from "@std/assert";
import {
  assertJoined,
  assertTurnedAway,
  connect,
  headerOf,
  HOST,
  NEVER,
  passive,
  withPorts,
} from "./data_sockets.ts";

const CLIENT = "192.0.2.7";

Deno.test("data through a balancer are the client's that its header names", async () => {
  await withPorts({ proxyFrom: [HOST] }, async (ports) => {
    const waiting = await passive(ports, CLIENT);
    const wrong = [
      headerOf("192.0.2.8"),
      headerOf(HOST),
      "PROXY UNKNOWN\r\n",
      "hello there, here are my data\r\n",
    ];
    for (const first of wrong) {
      using conn = await connect(waiting.port, first);
      await assertTurnedAway(conn);
    }
    const conn = await connect(waiting.port, headerOf(CLIENT));
    await assertJoined(await waiting.open(NEVER), conn);
  });
});

Deno.test("data through a balancer lose no byte behind the header", async () => {
  await withPorts({ proxyFrom: [HOST] }, async (ports) => {
    const waiting = await passive(ports, CLIENT);
    using conn = await connect(waiting.port, `${headerOf(CLIENT)}the data`);
    const data = await waiting.open(NEVER);
    const buffer = new Uint8Array(100);
    const count = await data.read(buffer);
    assertEquals(
      new TextDecoder().decode(buffer.subarray(0, count ?? 0)),
      "the data",
    );
    await conn.closeWrite();
    data.close();
  });
});

Deno.test("a balancer that says nothing keeps nobody else waiting", async () => {
  await withPorts({ proxyFrom: [HOST] }, async (ports) => {
    const waiting = await passive(ports, CLIENT);
    using silent = await connect(waiting.port);
    const conn = await connect(waiting.port, headerOf(CLIENT));
    await assertJoined(await waiting.open(NEVER), conn);
    ports.close();
    await assertTurnedAway(silent);
  });
});

Deno.test("nobody pretends to be a client without being a balancer", async () => {
  for (const proxyFrom of [["10.0.0.0/8"], undefined]) {
    await withPorts({ proxyFrom }, async (ports) => {
      const waiting = await passive(ports, CLIENT);
      using conn = await connect(waiting.port, headerOf(CLIENT));
      await assertTurnedAway(conn);
      waiting.close();
    });
  }
});

Deno.test("clients beside the balancer are known by their own address", async () => {
  await withPorts({ proxyFrom: ["10.0.0.0/8"] }, async (ports) => {
    const waiting = await passive(ports);
    const conn = await connect(waiting.port);
    await assertJoined(await waiting.open(NEVER), conn);
  });
});

Deno.test("passiveAddress() is the balancer's only where data come through it", async () => {
  const ends = { remote: CLIENT, local: "203.0.113.1", bound: "10.0.0.5" };
  const cases: [string | undefined, Parameters<typeof withPorts>[0]][] = [
    ["10.0.0.5", {}],
    ["203.0.113.1", { proxyFrom: ["10.0.0.2"] }],
    ["198.51.100.9", { passiveAddress: "198.51.100.9" }],
    ["192.0.2.1", {
      passiveAddress: "198.51.100.9",
      passiveAddresses: [{ network: "192.0.2.0/24", address: "192.0.2.1" }],
    }],
  ];
  for (const [wanted, options] of cases) {
    await withPorts(options, (ports) => {
      assertEquals(ports.passiveAddress?.(ends), wanted);
      return Promise.resolve();
    });
  }
});
