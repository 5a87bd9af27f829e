import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { summaryOf } from "./client_summary.ts";
import { replaced } from "./document.ts";
import { median } from "./figures.ts";
import { type Row, type Table, toMarkdown } from "./report.ts";
import { verdictsOf } from "./server_verdicts.ts";
import { joined } from "./tls_bench.ts";

function tableOf(vsftpd: number[], ours: number[]): Table {
  return {
    title: "RETR",
    unit: "GB/s",
    better: "more",
    heads: ["server"],
    reference: "vsftpd",
    rows: [
      { name: "vsftpd", values: vsftpd },
      { name: "Wharf ftpd", values: ours },
      { name: "Pure-FTPd", values: [], failure: "no greeting" },
    ],
  };
}

function markdownOf(...tables: Table[]): string {
  const missing = [{ name: "pyftpdlib", reason: "install it" }];
  const facts = ["Machine: an abacus"];
  return toMarkdown({ facts, missing, tables, ending: ["The end."] });
}

/** A table of clients: on each server lftp, ours, and a faster curl. */
function clientRows(): Row[] {
  return ["vsftpd", "Wharf ftpd"].flatMap((group, index) => [
    { group, name: "Wharf ftp", values: [3 + index] },
    { group, name: "Wharf ftp mget", values: [99] },
    { group, name: "lftp", values: [2] },
    { group, name: "curl", values: [4] },
    { group, name: "ncftp", values: [], failure: "it fell" },
  ]);
}

function clientTable(): Table {
  const heads = ["server", "client"];
  const metric = { title: "Down", unit: "files/s", better: "more" } as const;
  return { ...metric, heads, reference: "lftp", rows: clientRows() };
}

Deno.test("median() takes the middle of values in any order", () => {
  assertEquals(median([9, 1, 5]), 5);
});

Deno.test("median() takes the mean of the middle two when even", () => {
  assertEquals(median([4, 1, 100, 2]), 3);
});

Deno.test("median() has no answer when there are no values", () => {
  assertEquals(median([]), NaN);
});

Deno.test("toMarkdown() compares medians with those of the reference", () => {
  const text = markdownOf(tableOf([1, 2, 3], [2, 3, 9]));
  assertStringIncludes(text, "| Wharf ftpd | 3.00 | 2.00–9.00 | 1.50 |");
});

Deno.test("toMarkdown() compares only within a group", () => {
  const rows = clientRows().map((row) =>
    row.group === "vsftpd" ? row : { ...row, values: [10] }
  );
  const text = markdownOf({ ...clientTable(), rows });
  assertStringIncludes(text, "| vsftpd | curl | 4.00 | 4.00–4.00 | 2.00 |");
  assertStringIncludes(text, "| Wharf ftpd | curl | 10.0 | 10.0–10.0 | 1.00 |");
});

Deno.test("toMarkdown() names programs that are missing or failed", () => {
  const text = markdownOf(tableOf([2], [2]));
  assertStringIncludes(text, "- pyftpdlib is left out: install it");
  assertStringIncludes(text, "| Pure-FTPd | failed: no greeting | – | – |");
});

Deno.test("verdictsOf() says whether an expectation is met", () => {
  const expected = [{ wanted: { times: 1.2, of: "vsftpd" } }];
  const text = verdictsOf([
    { ...tableOf([2], [3]), expected },
    { ...tableOf([2], [2.2]), expected },
    { ...tableOf([2], [130]), expected: [{ wanted: { atMost: 120 } }] },
  ]).join("\n");
  assertStringIncludes(text, "1.50 × found, met");
  assertStringIncludes(text, "1.10 × found, **missed**");
  assertStringIncludes(text, "130 GB/s found, **missed**");
});

Deno.test("verdictsOf() compares with any row that is named", () => {
  const ours = { name: "Wharf ftpd", values: [2] };
  const plain = { name: "plain", values: [4] };
  const expected = [
    { wanted: { times: 0.6, of: "plain" } },
    { wanted: { times: 1, of: "vsftpd" } },
    { wanted: { times: 1, of: "nobody" } },
  ];
  const vsftpd = { name: "vsftpd", values: [1] };
  const table = { ...tableOf([], []), rows: [ours, plain, vsftpd], expected };
  const lines = verdictsOf([table]).filter((line) => line.startsWith("-"));
  assertEquals(lines, [
    "- RETR: ≥ 0.6 × plain wanted, 0.500 × found, **missed**",
    "- RETR: ≥ 1 × vsftpd wanted, 2.00 × found, met",
  ]);
});

Deno.test("joined() says once what servers and clients both say", () => {
  const missing = [{ name: "vsftpd", reason: "install it" }];
  const one = { facts: ["a", "b"], missing, tables: [], ending: ["x"] };
  const other = { facts: ["a", "c"], missing, tables: [], ending: ["y"] };
  assertEquals(joined([one, other]), {
    facts: ["a", "b", "c"],
    programs: [],
    missing,
    tables: [],
    ending: ["x", "y"],
  });
});

Deno.test("summaryOf() compares ours with lftp and with the fastest", () => {
  const wanted = { times: 1.5, of: "lftp" } as const;
  const text = summaryOf([{ ...clientTable(), wanted }]).join("\n");
  const met = "≥ 1.5 × lftp: met";
  assertStringIncludes(
    text,
    `| Down | vsftpd | 1.50 | 0.750 (curl) | ${met} |`,
  );
  assertStringIncludes(
    text,
    `| Down | Wharf ftpd | 2.00 | 1.00 (curl) | ${met} |`,
  );
});

Deno.test("summaryOf() says when ours is slower than the fastest", () => {
  const wanted = { times: 1, of: "fastest" } as const;
  const text = summaryOf([{ ...clientTable(), wanted }]).join("\n");
  assertStringIncludes(text, "≥ 1 × the fastest: **missed**");
});

Deno.test("replaced() changes what stands between its own marks only", () => {
  const marks = (name: string, text: string) =>
    `<!-- ${name}: written by deno task bench ${name} -->${text}` +
    `<!-- end of ${name} -->`;
  const text = `a${marks("server", "b")}c${marks("client", "d")}e`;
  assertEquals(
    replaced(text, "client", "new"),
    `a${marks("server", "b")}c${marks("client", "\n\nnew\n")}e`,
  );
  assertThrows(() => replaced("nothing", "client", "new"), Error, "marks");
});
