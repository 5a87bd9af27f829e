import { assert, assertEquals, assertRejects, fail } from "@std/assert";
import type { Bytes } from "../../lib/bytes.ts";
import { within } from "../../lib/net/wait.ts";
import { HAS_IPV6 } from "../net/loopback.ts";
import {
  type Asker,
  type EchoServer,
  echoServer,
  pattern,
  soon,
} from "./echo_server.ts";

const IS_LINUX = Deno.build.os === "linux";

/** The sizes where other servers cut, and those around them. */
const SIZES = [0, 1, 1023, 1024, 1025, 1472, 1473, 2047, 2048, 2049, 4096];
const LARGER = [8191, 8192, 8193, 12_288, 12_289, 16_384, 65_506, 65_507];

Deno.test("echo over UDP sends back datagrams of every size, whole", async () => {
  await using server = await echoServer();
  using asker = server.asker();
  for (const size of [...SIZES, ...LARGER]) {
    await asker.send(pattern(size));
    assertEquals(await asker.receive(), pattern(size), `${size} bytes`);
  }
});

Deno.test("echo over UDP never sees a datagram that is too long for IPv4", async () => {
  await using server = await echoServer();
  using asker = server.asker();
  await assertRejects(
    () => asker.send(new Uint8Array(65_508)),
    Error,
    "Message too long",
  );
  await asker.send(pattern(3));
  assertEquals(await asker.receive(), pattern(3));
  assertEquals(server.counters().datagrams, 1);
});

Deno.test({
  name: `echo over UDP sends back the longest datagram of IPv6${
    HAS_IPV6 ? "" : " (skipped: no IPv6 here)"
  }`,
  ignore: !HAS_IPV6,
  async fn() {
    await using server = await echoServer({ hostname: "::1" });
    using asker = server.asker();
    for (const size of [0, 65_507, 65_508, 65_527]) {
      await asker.send(pattern(size));
      assertEquals(await asker.receive(), pattern(size), `${size} bytes`);
    }
    await assertRejects(() => asker.send(new Uint8Array(65_528)));
  },
});

Deno.test("echo over UDP keeps two clients apart", async () => {
  await using server = await echoServer();
  using one = server.asker();
  using two = server.asker();
  for (let round = 0; round < 100; round++) {
    await Promise.all([
      one.send(pattern(round)),
      two.send(pattern(200 + round)),
    ]);
    assertEquals((await one.receive()).length, round);
    assertEquals((await two.receive()).length, 200 + round);
  }
});

Deno.test({
  name:
    "echo over UDP gets every datagram of a burst that the kernel has room for",
  ignore: !IS_LINUX,
  async fn() {
    await using server = await echoServer();
    using asker = server.asker();
    const burst = Array.from(
      { length: 2000 },
      () => asker.send(new Uint8Array(16)),
    );
    await Promise.all(burst);
    const markers = await untilAnswered(server.asker());
    const received = Number(server.counters().datagrams);
    const dropped = await kernelDrops(server.port);
    assertEquals(received + dropped, 2000 + markers, `${dropped} dropped`);
    assert(received >= 100, `${received}`);
  },
});

/** Asks until an answer comes; how often it asked. Everything before is read then. */
async function untilAnswered(asker: Asker): Promise<number> {
  using marker = asker;
  const answer = marker.receive();
  for (let asked = 1; asked <= 100; asked++) {
    await marker.send(new Uint8Array([1]));
    if (await within(answer, 100, null)) return asked;
  }
  fail("no answer after the burst");
}

/** Datagrams that came when the socket's buffer was full. */
async function kernelDrops(port: number): Promise<number> {
  const { stdout } = await new Deno.Command("cat", { args: ["/proc/net/udp"] })
    .output();
  const hex = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const row = new TextDecoder().decode(stdout).split("\n")
    .map((line) => line.trim().split(/\s+/))
    .find(([, local = ""]) => local.endsWith(hex));
  return Number(row?.at(-1) ?? fail(`no socket ${hex} in /proc/net/udp`));
}

Deno.test("echo over UDP goes on when a client has vanished", async () => {
  await using server = await echoServer();
  for (let i = 0; i < 20; i++) {
    using gone = server.asker();
    await gone.send(pattern(10));
  }
  using asker = server.asker();
  await asker.send(pattern(5));
  assertEquals(await asker.receive(), pattern(5));
  assertEquals(server.events, []);
});

Deno.test("echo over UDP gives no answer to the port of a service", async () => {
  await using server = await echoServer();
  // Those of the list that need no rights, as far as they are free.
  let spoofed = 0;
  for (const port of [1900, 5353, 11211]) {
    if (await spoof(port, server.port)) spoofed++;
  }
  assert(spoofed > 0, "no port of the list is free");
  using asker = server.asker();
  await asker.send(pattern(4));
  assertEquals(await asker.receive(), pattern(4));
  assertEquals(server.counters()["dropped-service-port"], spoofed);
  assertEquals(
    server.events.filter(({ event }) => event === "dropped").length,
    1,
    "the log hears once of a source",
  );
});

/** Sends a datagram from `port`; whether that was free. */
async function spoof(port: number, to: number): Promise<boolean> {
  const at = { transport: "udp", hostname: "127.0.0.1" } as const;
  let socket: Deno.DatagramConn;
  try {
    socket = Deno.listenDatagram({ ...at, port });
  } catch {
    return false;
  }
  await socket.send(new Uint8Array(4), { ...at, port: to });
  socket.close();
  return true;
}

Deno.test("echo over UDP does to a client exactly what its counters say", async () => {
  await using server = await echoServer({
    faults: { drop: 5, duplicate: 5, corrupt: 5, reorder: 5, seed: 11 },
  });
  using asker = server.asker();
  const received: Bytes[] = [];
  const receiving = (async () => {
    for (;;) received.push(await asker.receive());
  })();
  const count = 1000;
  /** Waits for the answers to what was sent, but for `held` of them. */
  const answered = async (sent: number, held: number) => {
    const counted = await untilRead(server, sent);
    const answers = sent - counted.dropped + counted.duplicated;
    while (received.length < answers - held) await turn();
    return { counted, answers };
  };
  for (let number = 0; number < count; number++) {
    await asker.send(numbered(number));
    // So that no socket's buffer overflows. One answer may wait for the next.
    if (number % 20 < 19) continue;
    await Promise.race([soon(answered(number + 1, 1), "answers"), receiving]);
  }
  const { counted, answers } = await soon(answered(count, 0), "all answers");
  const { dropped, ...others } = counted;
  assertEquals(statistics(received), { different: count - dropped, ...others });
  assertEquals(server.counters().answered, answers);
  for (const share of Object.values(counted)) assert(share > 20, `${share}`);
  receiving.catch(() => {});
});

/** What a client makes of answers. */
function statistics(answers: readonly Bytes[]) {
  const seen = new Set<number>();
  let [highest, duplicated, corrupted, reordered] = [-1, 0, 0, 0];
  for (const data of answers) {
    const number = new DataView(data.buffer).getUint32(0);
    if (data.subarray(4).some((byte) => byte !== 7)) corrupted++;
    if (seen.has(number)) duplicated++;
    else if (number < highest) reordered++;
    seen.add(number);
    highest = Math.max(highest, number);
  }
  return { different: seen.size, duplicated, corrupted, reordered };
}

/** A turn of the event loop. */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

function numbered(number: number): Bytes {
  const data = new Uint8Array(16).fill(7);
  new DataView(data.buffer).setUint32(0, number);
  return data;
}

/** What was done on purpose, once the server has read `count` datagrams. */
async function untilRead(server: EchoServer, count: number) {
  while (server.counters().datagrams !== count) await turn();
  const counters = server.counters();
  const pick = (name: string) => Number(counters[`injected-${name}`]);
  return {
    dropped: pick("dropped"),
    duplicated: pick("duplicated"),
    corrupted: pick("corrupted"),
    reordered: pick("reordered"),
  };
}
