import { assertEquals, assertStringIncludes } from "@std/assert";
import { median, type Results, toMarkdown } from "./report.ts";

function results(vsftpd: number[], ours: number[]): Results {
  return {
    date: "2026-01-31",
    machine: "an abacus",
    fileSystem: "tmpfs",
    runs: 3,
    ceiling: [3],
    disturbed: 0,
    servers: [{ name: "vsftpd", version: "3.0.3" }],
    missing: [{ name: "pyftpdlib", reason: "install it" }],
    tables: [{
      metric: {
        title: "RETR",
        unit: "GB/s",
        better: "more",
        expected: { timesVsftpd: 1.2 },
      },
      rows: [
        { server: "vsftpd", values: vsftpd },
        { server: "Wharf ftpd", values: ours },
        { server: "Pure-FTPd", values: [], failure: "no greeting" },
      ],
    }],
  };
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

Deno.test("toMarkdown() compares medians with vsftpd's", () => {
  const text = toMarkdown(results([1, 2, 3], [2, 3, 9]));
  assertStringIncludes(text, "| Wharf ftpd | 3.00 | 2.00–9.00 | 1.50 |");
  assertStringIncludes(text, "1.50 × found, met");
});

Deno.test("toMarkdown() says when an expectation is missed", () => {
  const text = toMarkdown(results([2], [2.2]));
  assertStringIncludes(text, "1.10 × found, **missed**");
});

Deno.test("toMarkdown() names servers that are missing or failed", () => {
  const text = toMarkdown(results([2], [2]));
  assertStringIncludes(text, "- pyftpdlib is left out: install it");
  assertStringIncludes(text, "| Pure-FTPd | failed: no greeting | – | – |");
});
