import { assertEquals, assertStringIncludes } from "@std/assert";
import { slope } from "./figures.ts";
import { toJson } from "./json.ts";
import { LOOP, OURS } from "./names.ts";
import { toMarkdown } from "./report.ts";
import { BEST_PEER, type Expected, type ServerMetric } from "./server_case.ts";
import { type ServerTable, tablesOf } from "./server_tables.ts";
import { verdictsOf } from "./server_verdicts.ts";

/** A metric in a group of its table. */
function metricOf(value: string, ...expected: Expected[]): ServerMetric {
  const group = { head: "sessions", value };
  return { title: "Waiting", unit: "ms", better: "less", group, expected };
}

/** Rows of servers with one value each. */
function rowsOf(values: Record<string, number>) {
  return Object.entries(values).map(([name, value]) => {
    return { name, values: [value] };
  });
}

function linesOf(tables: ServerTable[]): string[] {
  return verdictsOf(tables).filter((line) => line.startsWith("-"));
}

Deno.test("tablesOf() puts metrics with one title into one table", () => {
  const tables = tablesOf([
    { metric: metricOf("1"), rows: rowsOf({ [OURS]: 2, vsftpd: 1 }) },
    {
      metric: { title: "Speed", unit: "GB/s", better: "more" },
      rows: rowsOf({ [OURS]: 5 }),
    },
    { metric: metricOf("300"), rows: rowsOf({ [OURS]: 8, vsftpd: 2 }) },
  ]);
  assertEquals(tables.map(({ title }) => title), ["Waiting", "Speed"]);
  const text = toMarkdown({ facts: [], missing: [], tables, ending: [] });
  assertStringIncludes(text, "| sessions | server | median |");
  assertStringIncludes(text, `| 300 | ${OURS} | 8.00 | 8.00–8.00 | 4.00 |`);
});

Deno.test("tablesOf() leaves out a server that has nothing to say", () => {
  const rows = [
    ...rowsOf({ [OURS]: 1, vsftpd: NaN }),
    { name: "ProFTPD", values: [], failure: "it fell" },
  ];
  const [table] = tablesOf([{ metric: metricOf("1"), rows }]);
  assertEquals(table?.rows.map(({ name }) => name), [OURS, "ProFTPD"]);
});

Deno.test("verdictsOf() compares with the best peer, not with the loop", () => {
  const rows = rowsOf({ [OURS]: 3, vsftpd: 4, pyftpdlib: 2, [LOOP]: 1 });
  const metric = metricOf("1", { atMostTimes: 1, of: BEST_PEER });
  assertEquals(linesOf(tablesOf([{ metric, rows }])), [
    "- Waiting (sessions: 1): ≤ 1 × the best peer wanted, 1.50 × found, " +
    "**missed**",
  ]);
});

Deno.test("verdictsOf() takes the largest of peers where more is better", () => {
  const rows = rowsOf({ [OURS]: 6, vsftpd: 4, pyftpdlib: 2 });
  const expected = [{ times: 1.5, of: BEST_PEER }];
  const metric = { title: "Speed", unit: "GB/s", better: "more", expected };
  const [table] = tablesOf([{ metric: metric as ServerMetric, rows }]);
  assertEquals(linesOf([table!]), [
    "- Speed: ≥ 1.5 × the best peer wanted, 1.50 × found, met",
  ]);
});

Deno.test("verdictsOf() compares ours with ours in another group", () => {
  const wanted: Expected = { atMostTimes: 2, ofGroup: "none" };
  const tables = tablesOf([
    { metric: metricOf("none"), rows: rowsOf({ [OURS]: 1, vsftpd: 9 }) },
    { metric: metricOf("3,000", wanted), rows: rowsOf({ [OURS]: 2.5 }) },
  ]);
  assertEquals(linesOf(tables), [
    "- Waiting (sessions: 3,000): ≤ 2 × that of none wanted, 2.50 × found, " +
    "**missed**",
  ]);
});

Deno.test("verdictsOf() says nothing of a peer that was not there", () => {
  const metric = metricOf("1", { atMostTimes: 1, of: "vsftpd" });
  assertEquals(
    linesOf(tablesOf([{ metric, rows: rowsOf({ [OURS]: 1 }) }])),
    [],
  );
});

Deno.test("verdictsOf() knows limits from both sides", () => {
  const metric = metricOf("1", { atLeast: 2 }, { atMost: 2 });
  assertEquals(linesOf(tablesOf([{ metric, rows: rowsOf({ [OURS]: 3 }) }])), [
    "- Waiting (sessions: 1): ≥ 2 ms wanted, 3.00 ms found, met",
    "- Waiting (sessions: 1): ≤ 2 ms wanted, 3.00 ms found, **missed**",
  ]);
});

Deno.test("slope() goes through the middle of what it is given", () => {
  assertEquals(slope([[1, 12], [16, 42], [64, 138]]), 2);
  assertEquals(slope([[0, 0], [1, 3], [2, 0]]), 0);
});

Deno.test("toJson() keeps each value and what follows from it", () => {
  const rows = [
    { name: OURS, values: [2, 4, 3] },
    { name: "vsftpd", values: [2] },
    { name: "ProFTPD", values: [], failure: "it fell" },
  ];
  const tables = tablesOf([{ metric: metricOf("1"), rows }]);
  const facts = ["Machine: an abacus"];
  const programs = [{ name: "vsftpd", version: "3" }];
  const findings = { facts, programs, missing: [], tables, ending: [] };
  const { server } = JSON.parse(toJson({ server: findings })).benches;
  assertEquals(server.facts, facts);
  assertEquals(server.programs, programs);
  const [ours, , broken] = server.tables[0].rows;
  assertEquals(ours, {
    group: "1",
    name: OURS,
    values: [2, 4, 3],
    median: 3,
    min: 2,
    max: 4,
    spread: 2 / 3,
    ratio: 1.5,
  });
  assertEquals(broken.failure, "it fell");
  assertEquals(broken.median, null);
});
