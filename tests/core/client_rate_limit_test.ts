import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { createRateLimit, limited } from "../../client/ftp/rate_limit.ts";
import { manualClock } from "../../lib/clock.ts";
import { play } from "./client_harness.ts";
import { bytesOf, textOf } from "./byte_cases.ts";

Deno.test("createRateLimit() lets a burst go, and then so many bytes a second", async () => {
  const clock = manualClock();
  const limit = createRateLimit(1000, clock);
  assertEquals(limit.burst, 125);
  await limit.take(125);
  let taken = false;
  const taking = limit.take(50).then(() => taken = true);
  await clock.advance(49);
  assertEquals(taken, false);
  await clock.advance(1);
  await taking;
});

Deno.test("createRateLimit() shares fairly, in the order of the calls", async () => {
  const clock = manualClock();
  const limit = createRateLimit(1000, clock);
  const order: string[] = [];
  const takers = ["a", "b", "a", "b"].map((name) =>
    limit.take(125).then(() => order.push(`${name} ${clock.now()}`))
  );
  await clock.advance(500);
  await Promise.all(takers);
  assertEquals(order, ["a 0", "b 125", "a 250", "b 375"]);
});

Deno.test("createRateLimit() keeps no more than a burst for later", async () => {
  const clock = manualClock();
  const limit = createRateLimit(1000, clock);
  await clock.advance(60_000);
  await limit.take(125);
  let taken = false;
  const taking = limit.take(1).then(() => taken = true);
  await clock.advance(0);
  assertEquals(taken, false);
  await clock.advance(1);
  await taking;
});

Deno.test("createRateLimit() takes fractions of a byte per second", async () => {
  const clock = manualClock();
  const limit = createRateLimit(0.5, clock);
  assertEquals(limit.burst, 1);
  await limit.take(1);
  let taken = false;
  const taking = limit.take(1).then(() => taken = true);
  await clock.advance(1999);
  assertEquals(taken, false);
  await clock.advance(1);
  await taking;
});

Deno.test("createRateLimit() gives back what was not used after all", async () => {
  const clock = manualClock();
  const limit = createRateLimit(1000, clock);
  await limit.take(125);
  const enough = new AbortController();
  const cancelled = assertRejects(
    () => limit.take(1_000_000, enough.signal),
    DOMException,
  );
  enough.abort();
  await cancelled;
  let taken = false;
  const taking = limit.take(10).then(() => taken = true);
  await clock.advance(10);
  assert(taken);
  await taking;
  assertEquals(clock.sleeping, 0);
});

for (const rate of [0, -1, NaN, Infinity]) {
  Deno.test(`createRateLimit() refuses ${rate}`, () => {
    assertThrows(() => createRateLimit(rate), RangeError, "more than 0");
  });
}

Deno.test("limited() moves no more than a burst at a time", async () => {
  const clock = manualClock();
  const sizes: number[] = [];
  const stream = limited(
    {
      read: (buffer) => Promise.resolve(sizes.push(buffer.length) && 1),
      write: (bytes) => Promise.resolve(sizes.push(bytes.length) && 8),
    },
    createRateLimit(10_240, clock),
    new AbortController().signal,
  );
  await stream.read(new Uint8Array(1 << 16));
  const written = stream.write(new Uint8Array(1 << 16));
  await clock.advance(1);
  await written;
  assertEquals(sizes, [1280, 1280]);
});

Deno.test("FtpClient.download() keeps to the limit, which is no stall", () =>
  play({
    RETR: (_, peer) => peer.sends("x".repeat(1000)),
  }, async ({ client, clock, disk }) => {
    // Each wait is longer than the time-out.
    const rateLimit = createRateLimit(4, clock);
    const known = { size: 1000, modified: null };
    let done = false;
    const got = client.download("a", "b", { ...known, rateLimit })
      .then(() => done = true);
    await clock.advance(249_000);
    assertEquals(done, false);
    await clock.advance(1000);
    await got;
    assertEquals(disk.files.get("b")?.length, 1000);
  }, { timeout: 100, keepAlive: 0 }));

Deno.test("FtpClient.upload() keeps to the limit, which is no stall", () =>
  play({
    STOR: async (_, peer) => {
      peer.say("150 Send");
      await peer.data.closed;
      return "226 Done";
    },
  }, async ({ client, clock, peer }) => {
    const rateLimit = createRateLimit(800, clock);
    const sent = client.upload(bytesOf("y".repeat(1000)), "b", { rateLimit });
    await clock.advance(600);
    assertEquals(peer.data.text.length, 500);
    await clock.advance(600);
    await sent;
    assertEquals(peer.data.text.length, 1000);
  }, { timeout: 50, keepAlive: 0 }));

Deno.test("FtpClient stops waiting for the limit when cancelled", () =>
  play({
    RETR: (_, peer) => peer.sends("hello"),
    ABOR: "226 Done\r\n226 Aborted",
  }, async ({ client, clock, peer }) => {
    const rateLimit = createRateLimit(0.001, clock);
    const enough = new AbortController();
    const { signal } = enough;
    const failed = assertRejects(
      () => client.downloadBytes("a", { size: 5, signal, rateLimit }),
      DOMException,
    );
    await peer.heard("RETR");
    await clock.advance(1);
    enough.abort();
    await failed;
    assertEquals(await client.workingDirectory(), "/");
  }));

Deno.test("FtpClient shares a limit among its transfers", () =>
  play({
    RETR: (_, peer) => peer.sends("z".repeat(50)),
  }, async ({ client, clock }) => {
    const rateLimit = createRateLimit(800, clock);
    const options = { size: 50, rateLimit };
    const both = Promise.all(
      ["a", "b", "c"].map((name) => client.downloadBytes(name, options)),
    );
    await clock.advance(1000);
    assertEquals((await both).map((bytes) => textOf(bytes).length), [
      50,
      50,
      50,
    ]);
  }));
