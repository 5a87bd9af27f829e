import { assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { figure, ratioOf } from "./figures.ts";
import { percentilesOf, whileHolding } from "./hold.ts";
import type { Load } from "./load.ts";
import { programIn } from "./program_size.ts";
import { bytesIn } from "./resident.ts";
import { type Step, valuesOf } from "./server_crowd_cases.ts";

/** A server whose memory, round trips and log-ins grow evenly. */
function stepAt(sessions: number): Step {
  return {
    sessions,
    memory: 10e6 + sessions * 25e3,
    processes: 1 + 2 * sessions,
    middle: 30 + sessions / 100,
    most: 100,
    login: 200 + sessions / 10,
    loginCost: sessions === 300 ? 150 : NaN,
    tripCost: sessions === 300 ? 12 : NaN,
  };
}

/** A client that answers orders with what `answer` makes of them. */
function loadOf(answer: (order: string) => string): Load {
  const told: string[] = [];
  const staged: Load["staged"] = (_, action) =>
    action({
      tell: (line = "") => Promise.resolve(void told.push(line)),
      heard: () => Promise.resolve(answer(told.shift() ?? "")),
    });
  return { staged } as Partial<Load> as Load;
}

Deno.test("whileHolding() sends orders and returns what each yields", async () => {
  const load = loadOf((order) => `${order.split(" ")[1]} 7`);
  const found = await whileHolding(load, 21, async (order) => [
    await order("grow", 300),
    await order("ping", 5, 0.5),
  ]);
  assertEquals(found, [[300, 7], [5, 7]]);
});

Deno.test("whileHolding() fails when the client does", async () => {
  const load = loadOf(() => {
    throw new Error("expected 220, got: 421");
  });
  const grow = () => whileHolding(load, 21, (order) => order("grow", 1));
  await assertRejects(grow, Error, "421");
});

Deno.test("percentilesOf() takes seconds and tells microseconds", () => {
  assertEquals(percentilesOf([0.0005, 0.002, 0.9, 100]), {
    middle: 500,
    most: 2000,
  });
});

Deno.test("valuesOf() tells each step and how all of them grow", () => {
  const counts = [0, 300, 1000];
  const values = valuesOf(counts.map(stepAt), counts);
  const expected = [
    ...[10, 17.5, 35, 25], // MB, and KB for each session.
    601,
    ...[30, 33, 40, 10],
    ...[100, 100, 100],
    ...[230, 300, 100],
    ...[150, 12],
  ];
  assertEquals(values.length, expected.length);
  for (const [index, value] of values.entries()) {
    assertAlmostEquals(value, expected[index]!, 1e-6);
  }
});

Deno.test("valuesOf() has no number for a step that was left out", () => {
  const values = valuesOf([0, 300].map(stepAt), [0, 300, 3000]);
  assertEquals(values[2], NaN);
  assertAlmostEquals(values[3]!, 25, 1e-6); // The slope of what there is.
});

Deno.test("bytesIn() reads one field of a process's status", () => {
  const status = "VmPeak:\t  900 kB\nVmHWM:\t  12 kB\nVmRSS:\t   8 kB\n";
  assertEquals(bytesIn(status, "VmHWM"), 12_288);
  assertEquals(bytesIn(status, "VmRSS"), 8192);
  assertEquals(bytesIn("Name:\tkthreadd\n", "VmRSS"), 0);
});

Deno.test("programIn() finds what a wrapper becomes", () => {
  const script = '#!/bin/sh\nLD_LIBRARY_PATH=/x/lib exec /x/sbin/ftpd "$@"\n';
  assertEquals(programIn(script), "/x/sbin/ftpd");
  assertEquals(programIn("#!/bin/sh\necho no\n"), undefined);
});

Deno.test("figure() writes large numbers below zero as it does others", () => {
  assertEquals([-4870, 4870, -0.5].map(figure), ["-4870", "4870", "-0.500"]);
});

Deno.test("ratioOf() has no number for slopes downwards", () => {
  const reference = { name: "vsftpd", values: [-2] };
  const ours = { name: "ours", values: [4] };
  assertEquals(ratioOf(ours, [reference, ours], "vsftpd"), NaN);
  assertEquals(ratioOf(ours, [{ ...reference, values: [2] }], "vsftpd"), 2);
});
