import { assertEquals, assertStringIncludes } from "@std/assert";
import { type EchoCase, echoCases } from "./echo_cases.ts";
import { type Measured, toRow, toTable, valuesOf } from "./echo_rows.ts";
import { echoSummaryOf } from "./echo_summary.ts";
import { toMarkdown } from "./report.ts";
import { casesFor } from "./server_case.ts";

const HUNDRED = casesFor(echoCases, ["tcp-100-16"])[0]!;
const WINDOW = casesFor(echoCases, ["udp-16-16"])[0]!;

function measured(rate: number, more: Partial<Measured> = {}): number[] {
  return valuesOf({
    messages: rate,
    rate,
    p50: 50,
    p99: 99,
    lost: 0,
    stray: 0,
    busy: 0.5,
    processor: 5,
    ...more,
  });
}

/** A row of the server `name` at the given rate. */
function row(name: string, rate: number, more: Partial<Measured> = {}) {
  return toRow(HUNDRED, name, [measured(rate, more)], undefined);
}

function markdownOf(each: EchoCase, rows: ReturnType<typeof row>[]): string {
  const tables = [toTable(each.table, rows)];
  return toMarkdown({ facts: [], missing: [], tables, ending: [] });
}

function summary(...rows: ReturnType<typeof row>[]): string {
  return echoSummaryOf(new Map([[HUNDRED.table, rows]]), [HUNDRED]).join("\n");
}

Deno.test("every echo case has a name of its own", () => {
  const names = new Set(echoCases.map(({ name }) => name));
  assertEquals(names.size, echoCases.length);
});

Deno.test("a row of an echo server holds the medians of its runs", () => {
  const runs = [measured(3), measured(1, { p99: 7 }), measured(2, { p99: 8 })];
  const { values, medians } = toRow(HUNDRED, "C epoll", runs, undefined);
  assertEquals(values, [3, 1, 2]);
  assertEquals([medians.rate, medians.p99], [2, 8]);
});

Deno.test("a table of echo servers says whose core was full", () => {
  const text = markdownOf(HUNDRED, [
    row("a", 100_000, { processor: 10, busy: 1 }),
    row("b", 50_000, { processor: 10, busy: 0.99 }),
    row("c", 50_000, { processor: 10, busy: 0.2 }),
  ]);
  assertStringIncludes(text, "| 100 / 100 | server |");
  assertStringIncludes(text, "| 50 / 99 | **generator** |");
  assertStringIncludes(text, "| 50 / 20 | waking |");
});

Deno.test("a table of echo servers tells losses where there were some", () => {
  const none = markdownOf(WINDOW, [row("a", 10)]);
  assertEquals(none.includes("lost"), false);
  const some = markdownOf(WINDOW, [
    row("a", 10),
    row("b", 75, { messages: 75, lost: 25 }),
  ]);
  assertStringIncludes(some, "| lost, % |");
  assertStringIncludes(some, "| 25.0 |");
});

Deno.test("echoSummaryOf() finds ours ahead, and near enough to C", () => {
  const text = summary(
    row("C epoll", 100),
    row("Wharf echod", 95, { processor: 6 }),
    row("Node", 50),
    row("Python asyncio", 60),
    row("Python uvloop", 70),
  );
  assertStringIncludes(text, "| TCP 100 × 16 B | 0.950 | 1.90 |");
  assertStringIncludes(
    text,
    "| 1.20 | ≥ 0.9 × C epoll: met; ahead of Node and Python: met |",
  );
});

Deno.test("echoSummaryOf() says by whom ours was missed", () => {
  const text = summary(
    row("C epoll", 100),
    row("Wharf echod", 60),
    row("Node", 50),
    row("Python uvloop", 61),
  );
  assertStringIncludes(text, "≥ 0.9 × C epoll: **missed**");
  assertStringIncludes(text, "**missed** (Python uvloop)");
});

Deno.test("echoSummaryOf() takes the sources where nothing is compiled", () => {
  const text = summary(row("C epoll", 100), row("Wharf echod, source", 95));
  assertStringIncludes(text, "| 0.950 | – |");
});

Deno.test("echoSummaryOf() says nothing without ours", () => {
  assertEquals(summary(row("C epoll", 100)), "");
});
