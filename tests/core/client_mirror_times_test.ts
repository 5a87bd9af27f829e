import { assertEquals } from "@std/assert";
import {
  compareExactTimes,
  compareListedTimes,
} from "../../client/ftp/mirror/list_times.ts";

const NOW = Date.parse("2024-07-01T12:00:00Z");
const HOUR = 3_600_000;

/** A server in a zone; what it lists, and how often it was asked. */
function server(offset: (time: number) => number, answers = true) {
  const asked: string[] = [];
  const truth = new Map<string, number>();
  const order = compareListedTimes((path) => {
    asked.push(path);
    const time = truth.get(path);
    return Promise.resolve(answers && time ? new Date(time) : null);
  }, () => NOW);
  /** Compares the listing of a file of `time` with one of `exact`. */
  async function compare(path: string, time: number, exact: number) {
    truth.set(path, time);
    const local = time + offset(time);
    const isOld = NOW - time > 180 * 24 * HOUR;
    const precision = isOld ? 24 * HOUR : 60_000;
    const listed = Math.floor(local / precision) * precision;
    return await order(path, new Date(listed), new Date(exact));
  }
  return { asked, compare };
}

Deno.test("compareExactTimes() forgives two seconds", () => {
  const order = (a: number, b: number) =>
    compareExactTimes("a", new Date(a), new Date(b));
  assertEquals([order(0, 2000), order(2000, 0)], [0, 0]);
  assertEquals([order(0, 2001), order(2001, 0)], [-1, 1]);
});

Deno.test("compareListedTimes() asks nothing of a server in UTC", async () => {
  const { asked, compare } = server(() => 0);
  for (let n = 0; n < 500; n++) {
    const time = NOW - n * 7_654_321 - 1234;
    assertEquals(await compare(`f${n}`, time, time), 0, `${n}`);
  }
  assertEquals(asked, []);
});

Deno.test("compareListedTimes() asks once of a server elsewhere", async () => {
  for (const hours of [-10, -3.5, 1, 5.75, 14]) {
    const { asked, compare } = server(() => hours * HOUR);
    for (let n = 0; n < 500; n++) {
      const time = NOW - n * 54_321 - 1234;
      assertEquals(await compare(`f${n}`, time, time), 0, `${hours} ${n}`);
    }
    assertEquals(asked, ["f0"], `${hours}`);
  }
});

Deno.test("compareListedTimes() asks once more for summer time", async () => {
  const spring = Date.parse("2024-03-31T01:00:00Z");
  const { asked, compare } = server((time) => time < spring ? HOUR : 2 * HOUR);
  for (let n = 0; n < 500; n++) {
    const time = NOW - n * 30_000_000 - 1234;
    assertEquals(await compare(`f${n}`, time, time), 0, `${n}`);
  }
  assertEquals(asked.length, 2);
});

Deno.test("compareListedTimes() asks nothing about what has only a date", async () => {
  const { asked, compare } = server(() => 9 * HOUR);
  for (let n = 0; n < 500; n++) {
    const time = NOW - 200 * 24 * HOUR - n * 7_654_321;
    assertEquals(await compare(`f${n}`, time, time), 0, `${n}`);
  }
  const old = NOW - 300 * 24 * HOUR;
  assertEquals(await compare("newer", old, old - 72 * HOUR), 1);
  assertEquals(await compare("older", old, old + 72 * HOUR), -1);
  assertEquals(asked, []);
});

Deno.test("compareListedTimes() sees what is newer and older", async () => {
  for (const hours of [0, -7, 5.5]) {
    const { asked, compare } = server(() => hours * HOUR);
    const time = NOW - 50 * HOUR;
    assertEquals(await compare("a", time, time - 6 * HOUR), 1);
    assertEquals(await compare("b", time, time + 6 * HOUR), -1);
    assertEquals(await compare("c", time, time - 10 * 60_000), 1);
    assertEquals(await compare("d", time, time - 20 * 60_000), 1);
    assertEquals(await compare("e", time, time + 100_000), -1);
    assertEquals(await compare("f", time, time), 0);
    assertEquals(asked[0], "a");
  }
});

Deno.test("compareListedTimes() asks in turn when many compare at once", async () => {
  const { asked, compare } = server(() => 3 * HOUR);
  const orders = await Promise.all(
    Array.from({ length: 100 }, (_, n) => compare(`f${n}`, NOW - n, NOW - n)),
  );
  assertEquals(new Set(orders), new Set([0 as const]));
  assertEquals(asked.length, 1);
});

Deno.test("compareListedTimes() takes a zone for no difference without MDTM", async () => {
  const { asked, compare } = server(() => 3 * HOUR, false);
  const time = NOW - 60 * HOUR - 1234;
  assertEquals(await compare("a", time, time), 0);
  assertEquals(await compare("b", time, time), 0);
  assertEquals(await compare("c", time, time - 30 * HOUR), 1);
  assertEquals(asked, ["a"]);
});

Deno.test("compareListedTimes() stops asking a server that talks nonsense", async () => {
  let asked = 0;
  const order = compareListedTimes(() => {
    asked++;
    return Promise.resolve(new Date(0));
  }, () => NOW);
  for (let n = 0; n < 1000; n++) {
    await order(`f${n}`, new Date(NOW - n), new Date(NOW - 40 * HOUR));
  }
  assertEquals(asked, 50);
});
