import { assertEquals, assertRejects } from "@std/assert";
import { Lane } from "../../client/ftp/lane.ts";
import { Patience } from "../../client/ftp/patience.ts";
import { manualClock } from "../../lib/clock.ts";

Deno.test("Patience.within() gives up after its time, not before", async () => {
  const clock = manualClock();
  const patience = new Patience(clock);
  const seen: string[] = [];
  const never = new Promise<never>(() => {});
  for (const ms of [300, 100, 200]) {
    patience.within(never, ms, "late")
      .then((late) => seen.push(`${late} ${clock.now()}`));
  }
  await clock.advance(99);
  assertEquals(seen, []);
  await clock.advance(500);
  assertEquals(seen, ["late 100", "late 200", "late 300"]);
  patience.end();
  assertEquals(clock.sleeping, 0);
});

Deno.test("Patience.within() settles as the promise does", async () => {
  const patience = new Patience(manualClock());
  assertEquals(await patience.within(Promise.resolve(7), 1, "late"), 7);
  const broken = Promise.reject(new Error("broken"));
  await assertRejects(
    () => patience.within(broken, 1, "late"),
    Error,
    "broken",
  );
  patience.end();
});

Deno.test("Patience has one timer for many waits, one after another", async () => {
  const clock = manualClock();
  const patience = new Patience(clock);
  for (let times = 0; times < 1000; times++) {
    await patience.within(Promise.resolve(), 50, "late");
    assertEquals(clock.sleeping, 1);
  }
  patience.end();
  assertEquals(clock.sleeping, 0);
});

Deno.test("Patience.deadline() moves, and can be cleared", async () => {
  const clock = manualClock();
  const patience = new Patience(clock);
  let expired = 0;
  const deadline = patience.deadline(() => expired++);
  deadline.set(100);
  await clock.advance(90);
  deadline.set(100);
  await clock.advance(90);
  assertEquals(expired, 0);
  deadline.clear();
  await clock.advance(1000);
  assertEquals(expired, 0);
  deadline.set(5);
  await clock.advance(5);
  assertEquals(expired, 1);
  deadline.drop();
  patience.end();
  assertEquals(clock.sleeping, 0);
});

Deno.test("Patience ends with what is still waited for", async () => {
  const clock = manualClock();
  const patience = new Patience(clock);
  const waiting = patience.within(new Promise(() => {}), 100, "late");
  patience.end();
  await clock.advance(100);
  assertEquals(await waiting, "late");
  assertEquals(clock.sleeping, 0);
});

Deno.test("Lane keeps the order when somebody leaves while waiting", async () => {
  const lane = new Lane();
  const [first, second, third] = [lane.enter(), lane.enter(), lane.enter()];
  second.leave();
  second.leave();
  assertEquals(lane.length, 2);
  let arrived = false;
  third.ahead!.then(() => arrived = true);
  await Promise.resolve();
  assertEquals([arrived, third.ahead !== null], [false, true]);
  first.leave();
  await third.ahead;
  assertEquals(third.ahead, null);
  third.leave();
  assertEquals([lane.length, lane.enter().ahead], [0, null]);
});
