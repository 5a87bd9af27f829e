import {
  assert,
  assertEquals,
  assertNotEquals,
  assertThrows,
} from "@std/assert";
import { socketDataPorts } from "../../server/ftp/data_port.ts";
import {
  assertJoined,
  assertRefused,
  assertTurnedAway,
  connect,
  headerOf,
  HOST,
  NEVER,
  passive,
  withPorts,
} from "./data_sockets.ts";
import { freePorts } from "../net/ports.ts";

/** Shared ports, where one client can be many: a balancer names them. */
const shared = (count: number) => ({
  passivePorts: freePorts(count),
  sharePassive: true,
  proxyFrom: [HOST],
});

Deno.test("shared ports serve clients of many addresses on one port at a time", async () => {
  await withPorts(shared(1), async (ports) => {
    const clients = Array.from({ length: 50 }, (_, at) => `192.0.2.${at}`);
    const waiting = [];
    for (const client of clients) waiting.push(await passive(ports, client));
    assertEquals(new Set(waiting.map(({ port }) => port)).size, 1);
    // They come in another order than they were promised the port.
    const conns = [];
    for (const client of clients.toReversed()) {
      conns.unshift(await connect(waiting[0]!.port, headerOf(client)));
    }
    for (const [at, port] of waiting.entries()) {
      await assertJoined(await port.open(NEVER), conns[at]!);
    }
  });
});

Deno.test("shared ports keep two of one address apart, and refuse a third at once", async () => {
  await withPorts(shared(2), async (ports) => {
    const [one, two] = [await passive(ports), await passive(ports)];
    assertNotEquals(one.port, two.port);
    await assertRefused(passive(ports), 425);
    const other = await passive(ports, "192.0.2.7");
    const conns = [
      await connect(two.port, headerOf(HOST)),
      await connect(one.port, headerOf(HOST)),
      await connect(other.port, headerOf("192.0.2.7")),
    ];
    for (const [at, port] of [two, one, other].entries()) {
      await assertJoined(await port.open(NEVER), conns[at]!);
    }
    const again = await passive(ports);
    assert(again.port === one.port || again.port === two.port);
    again.close();
  });
});

Deno.test("shared ports close whoever nobody waits for", async () => {
  await withPorts(shared(1), async (ports) => {
    const waiting = await passive(ports);
    using stranger = await connect(waiting.port, headerOf("192.0.2.7"));
    using liar = await connect(waiting.port, "USER alice\r\n");
    await assertTurnedAway(stranger);
    await assertTurnedAway(liar);
    const conn = await connect(waiting.port, headerOf(HOST));
    const data = await waiting.open(NEVER);
    // The promise was kept: nobody waits for a second one.
    using second = await connect(waiting.port, headerOf(HOST));
    await assertTurnedAway(second);
    await assertJoined(data, conn);
  });
});

Deno.test("shared ports give a connection up with the port that nobody opened", async () => {
  await withPorts(shared(1), async (ports) => {
    const waiting = await passive(ports);
    using conn = await connect(waiting.port, headerOf(HOST));
    await waiting.open(NEVER).then((data) => data.close());
    await assertTurnedAway(conn);
    const unopened = await passive(ports);
    using early = await connect(unopened.port, headerOf(HOST));
    unopened.close();
    await assertTurnedAway(early);
  });
});

Deno.test("shared ports wait no longer than they should, and are free then", async () => {
  const options = { ...shared(1), passiveTimeout: 20 };
  await withPorts(options, async (ports) => {
    const late = await passive(ports);
    await assertRefused(late.open(NEVER), 421);
    const { port } = await passive(ports);
    assertEquals(port, late.port);
  });
});

Deno.test("shared ports stop waiting when a transfer is aborted", async () => {
  await withPorts(shared(1), async (ports) => {
    const abort = new AbortController();
    const opening = (await passive(ports)).open(abort.signal);
    abort.abort(new TypeError("enough"));
    assertEquals(await opening.catch((error) => error.message), "enough");
    (await passive(ports)).close();
  });
});

Deno.test("shared ports skip what another program listens on", async () => {
  const options = shared(3);
  const { first } = options.passivePorts;
  using _taken = Deno.listen({ hostname: HOST, port: first + 1 });
  await withPorts(options, async (ports) => {
    const got = [await passive(ports), await passive(ports)];
    const numbers = got.map(({ port }) => port).sort();
    assertEquals(numbers, [first, first + 2]);
    await assertRefused(passive(ports), 425);
  });
});

Deno.test("shared ports are free for others once nobody is expected there", async () => {
  const options = shared(1);
  await withPorts(options, async (ports) => {
    (await passive(ports)).close();
    const { first: port } = options.passivePorts;
    for (;;) {
      try {
        Deno.listen({ hostname: HOST, port }).close();
        break;
      } catch (error) {
        assert(error instanceof Deno.errors.AddrInUse, String(error));
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
    (await passive(ports)).close();
  });
});

Deno.test("shared ports that close leave nobody waiting", async () => {
  await withPorts(shared(2), async (ports) => {
    const opening = (await passive(ports)).open(NEVER);
    ports.close();
    await assertRefused(opening, 425);
  });
});

Deno.test("shared ports keep their clients through a change of options", async () => {
  await withPorts(shared(1), async (ports) => {
    const before = await passive(ports);
    ports.change({ passiveAddress: "203.0.113.9" });
    await assertRefused(passive(ports), 425);
    // Nobody sends headers any more.
    const conn = await connect(before.port);
    await assertJoined(await before.open(NEVER), conn);
    const ends = { remote: HOST, local: HOST };
    assertEquals(ports.passiveAddress?.(ends), "203.0.113.9");
  });
});

Deno.test("socketDataPorts() shares no ports without a range, nor with FXP", () => {
  const hostnames = [HOST];
  const passivePorts = { first: 50000, last: 50001 };
  for (
    const options of [{}, { passivePorts, foreignData: true }]
  ) {
    assertThrows(
      () => socketDataPorts({ hostnames, sharePassive: true, ...options }),
      RangeError,
    );
  }
});
