import { assert, assertEquals, assertThrows } from "@std/assert";
import { type Gates, problemsOf, readGates } from "../../client/echo/gates.ts";
import { isPing, PING_OPTIONS, readPing } from "../../client/echo/options.ts";
import { CLIENT_OPTIONS } from "../../client/service/options.ts";
import { defineTool, UsageError } from "../../lib/cli.ts";
import { parseOptions } from "../../lib/cli/parse.ts";

const TOOL = defineTool({
  name: "echoc",
  summary: "",
  usage: "",
  examples: [],
  options: { ...CLIENT_OPTIONS, ...PING_OPTIONS },
});

/** What a command line means. */
function settings(...args: string[]) {
  const { options, given } = parseOptions(TOOL, args);
  return readPing(options, given, options.udp ? "udp" : "tcp");
}

function refusal(...args: string[]): string {
  return (assertThrows(() => settings(...args), UsageError) as Error).message;
}

const USUAL = { interval: 1000, size: 56, timeout: 2000, connections: 1 };

Deno.test("readPing() knows the letters of ping", () => {
  assertEquals(settings(), USUAL);
  assertEquals(
    settings("-c", "5", "-i", "0.2", "-s", "100", "-W", "0.5", "-w", "3"),
    {
      ...USUAL,
      count: 5,
      interval: 200,
      size: 100,
      timeout: 500,
      deadline: 3000,
    },
  );
});

Deno.test("readPing() reads intervals down to microseconds", () => {
  const intervals = ["1", "0.2", ".5", "20ms", "1.5ms", "500us", "10us", "2s"];
  assertEquals(
    intervals.map((text) => settings("-i", text).interval),
    [1000, 200, 500, 20, 1.5, 0.5, 0.01, 2000],
  );
  for (const text of ["0", "9us", "1m", "x", "1e3", "86401"]) {
    assert(
      refusal("-i", text).startsWith("--interval: expected seconds"),
      text,
    );
  }
});

Deno.test("readPing() floods with a window, and keeps no other limit", () => {
  assertEquals(settings("-f"), { ...USUAL, interval: 0, window: 1 });
  const flood = settings("-f", "--window", "16", "-c", "100");
  assertEquals(flood, { ...USUAL, interval: 0, window: 16, count: 100 });
  assertEquals(settings("-i", "0.1", "--window", "4").window, 4);
});

Deno.test("readPing() loads for 10 s unless something else ends it", () => {
  assertEquals(settings("--load", "500"), {
    ...USUAL,
    interval: 2,
    duration: 10_000,
  });
  assertEquals(settings("--load", "500", "-c", "9").duration, undefined);
  assertEquals(settings("--load", "0.5", "--duration", "4").duration, 4000);
  assertEquals(settings("--load", "1000", "-w", "4").duration, undefined);
  for (const text of ["0", "-1", "100001", "fast"]) {
    assert(
      refusal(`--load=${text}`).startsWith("--load: expected probes a second"),
    );
  }
});

Deno.test("readPing() sweeps as fast as replies come, unless told otherwise", () => {
  const size = { from: 0, to: 1500 };
  assertEquals(settings("--sweep", "0..1500"), {
    ...USUAL,
    size,
    interval: 0,
    window: 1,
  });
  assertEquals(settings("--sweep", "0..1500", "-i", "0.1").interval, 100);
  const gapOf = (...args: string[]) => settings("--udp", ...args).gap;
  assertEquals(gapOf("--sweep", "0..1500"), 2);
  assertEquals(gapOf("--sweep", "0..1500", "--flood"), undefined);
  assertEquals(gapOf("--sweep", "0..1500", "-i", "1"), undefined);
  assertEquals(gapOf("--flood"), undefined);
  for (const text of ["10", "9..3", "0..16777217", "a..b", "1...5", "-1..5"]) {
    assert(
      refusal(`--sweep=${text}`).startsWith("--sweep: expected A..B"),
      text,
    );
  }
});

Deno.test("readPing() refuses options that contradict each other", () => {
  assertEquals(refusal("-f", "-i", "1"), "--interval and --flood: choose one");
  assertEquals(refusal("--load", "9", "-f"), "--flood and --load: choose one");
  assertEquals(
    refusal("--sweep", "1..2", "-s", "3"),
    "--size and --sweep: choose one",
  );
  for (
    const [first, second] of [
      ["--json", "--csv"],
      ["--json", "--timestamps"],
      ["--json", "--histogram"],
      ["--csv", "--timestamps"],
      ["--csv", "--brief"],
    ] as const
  ) {
    assert(refusal(first, second).endsWith(": choose one"), second);
  }
});

Deno.test("isPing() knows a ping from a message by its options", () => {
  const given = (...args: string[]) => isPing(parseOptions(TOOL, args).given);
  for (
    const args of [["-c1"], ["-f"], ["-D"], ["--sweep=1..2"], ["--max-loss=1"]]
  ) {
    assert(
      given(...args.flatMap((arg) => arg === "-c1" ? ["-c", "1"] : [arg])),
    );
  }
  for (const args of [[], ["-q"], ["--udp"], ["--json"], ["-W", "1"]]) {
    assert(!given(...args));
  }
});

Deno.test("readGates() reads percents and milliseconds", () => {
  const gates = (loss?: string, p99?: string): Gates =>
    readGates({ "max-loss": loss, "max-p99": p99 });
  assertEquals(gates(), {});
  assertEquals(gates("0.5", "20"), { maxLoss: 0.5, maxP99: 20 });
  for (
    const [loss, p99] of [["101", "1"], ["x", "1"], ["1", "-1"], ["1", ""]]
  ) {
    assertThrows(() => gates(loss, p99), UsageError);
  }
});

/** A result with as many lost of 1000 as told. */
function lossy(lost: number, other: Record<string, number> = {}, p99 = 5) {
  const counts = { sent: 1000, received: 1000 - lost, lost };
  return { ...counts, corrupted: 0, truncated: 0, ...other, rtt: { p99 } };
}

Deno.test("problemsOf() finds nothing wrong with what is good enough", () => {
  assertEquals(problemsOf(lossy(0), {}), []);
  assertEquals(problemsOf(lossy(999), {}), []);
  assertEquals(problemsOf(lossy(10), { maxLoss: 1 }), []);
  assertEquals(problemsOf(lossy(0), { maxP99: 5, count: 1000 }), []);
  assertEquals(problemsOf(lossy(0), { maxLoss: 0 }), []);
  // 70 / 1000 * 100 is a hair above 7.
  for (const percent of [0.1, 0.3, 2.9, 5.7, 7, 14, 28, 29, 55.6, 57, 58]) {
    const result = lossy(Math.round(percent * 10));
    assertEquals(problemsOf(result, { maxLoss: percent }), [], `${percent} %`);
    assertEquals(
      problemsOf(result, { maxLoss: percent, count: 1000 }),
      [],
      `${percent} %, and a deadline`,
    );
  }
});

Deno.test("problemsOf() says what is not good enough", () => {
  assertEquals(problemsOf(lossy(1000), { maxLoss: 100 }), ["no reply"]);
  assertEquals(problemsOf(lossy(11), { maxLoss: 1 }), [
    "1.1% lost, more than --max-loss 1",
  ]);
  assertEquals(problemsOf(lossy(1), { maxLoss: 0 }), [
    "0.1% lost, more than --max-loss 0",
  ]);
  assertEquals(problemsOf(lossy(1), { count: 1000 }), [
    "only 999 of 1000 replies came in time",
  ]);
  assertEquals(problemsOf(lossy(0), { maxLoss: 5, count: 2000 }), [
    "only 1000 of 2000 replies came in time",
  ]);
  assertEquals(problemsOf(lossy(0), { maxP99: 4.9 }), [
    "p99 is 5.000 ms, more than --max-p99 4.9",
  ]);
  assertEquals(problemsOf(lossy(0, { corrupted: 2, truncated: 3 }), {}), [
    "2 replies came back changed",
    "3 replies came back cut short",
  ]);
});
