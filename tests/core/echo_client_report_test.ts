import { assert, assertEquals } from "@std/assert";
import { bars } from "../../client/echo/bars.ts";
import type { ReplyEvent } from "../../client/echo/events.ts";
import { Histogram } from "../../client/echo/histogram.ts";
import {
  milliseconds,
  percent,
  plainMilliseconds,
  rate,
} from "../../client/echo/numbers.ts";
import { CSV_HEADER, csvLine, jsonResult } from "../../client/echo/records.ts";
import {
  eventLine,
  interimLine,
  summaryLines,
} from "../../client/echo/report.ts";
import type { PingResult } from "../../client/echo/result.ts";
import { ServiceError } from "../../client/service/errors.ts";
import { scriptedPing } from "./echo_client_harness.ts";

const REPLY: ReplyEvent = {
  kind: "reply",
  sequence: 3,
  size: 56,
  length: 56,
  time: 0.1234,
  status: "received",
  isReordered: false,
  wrongAt: null,
};
const AT = { remote: "127.0.0.1:7", timeout: 2000 };
const PLAIN = { histogram: false, isSweep: false };

/** A run of which a tenth is lost. */
async function someResult(): Promise<PingResult> {
  const { result } = await scriptedPing(
    (_probe, n) => n === 4 ? [] : [{ after: 1 + n }],
    { count: 10, interval: 10, timeout: 100 },
  );
  return result;
}

Deno.test("eventLine() tells what is special about a reply, and only that", () => {
  const line = (change: Partial<ReplyEvent>) =>
    eventLine({ ...REPLY, ...change }, AT);
  const start = "56 bytes from 127.0.0.1:7: seq=3 time=0.123 ms";
  assertEquals(line({}), start);
  assertEquals(line({ status: "duplicate" }), `${start} (duplicate)`);
  assertEquals(
    line({ status: "late", isReordered: true }),
    `${start} (late, out of order)`,
  );
  assertEquals(line({ wrongAt: 17 }), `${start} (wrong from offset 17 on)`);
  assertEquals(line({ size: 4096 }), `${start} (cut from 4096 bytes)`);
});

Deno.test("eventLine() tells a loss, and why a probe was not sent", () => {
  const lost = { kind: "lost", sequence: 4, size: 56, error: null } as const;
  assertEquals(
    eventLine(lost, { ...AT, timeout: 1500 }),
    "no reply to seq=4 in 1.5 s",
  );
  assertEquals(
    eventLine({ ...lost, error: "no route" }, AT),
    "seq=4 not sent: no route",
  );
});

Deno.test("summaryLines() adds up in five lines", async () => {
  assertEquals(summaryLines(await someResult(), PLAIN), [
    "--- 192.0.2.7:7 (udp) ---",
    "10 sent, 9 received, 1 lost (10%), 0 duplicates, 0 reordered, 0 corrupted, 0 late, 0 truncated",
    "rtt min/avg/median/p90/p99/p99.9/max/mdev = 1.000/5.556/6.000/10.00/10.00/10.00/10.00/3.023 ms",
    "jitter 0.452 ms (RFC 3550), neighbours differ by 1.000 ms",
    "0.15 s, 100 probes/s, 4.9 KiB/s came back",
  ]);
});

Deno.test("summaryLines() tells of what is out of the ordinary", async () => {
  const side = { unexpected: 1, otherSource: 2, sendErrors: 3, unfinished: 4 };
  const result = { ...await someResult(), ...side, connectTime: 0.5 };
  const text = summaryLines(result, PLAIN).join("\n");
  for (
    const line of [
      "replies to nothing that was sent: 1",
      "datagrams from elsewhere: 2",
      "probes not sent: 3",
      "still under way, and not counted: 4",
      "connected in 0.500 ms",
    ]
  ) assert(text.includes(line), line);
});

Deno.test("summaryLines() says how a sweep ended", async () => {
  const result = await someResult();
  const last = (largestWhole: number | null, smallestBroken: number | null) =>
    summaryLines({ ...result, largestWhole, smallestBroken }, {
      ...PLAIN,
      isSweep: true,
    }).at(-1);
  assertEquals(
    last(2048, 2049),
    "the longest that came back whole had 2048 bytes, the shortest that did not 2049",
  );
  assertEquals(
    last(9000, null),
    "the longest that came back whole had 9000 bytes, and none failed",
  );
  assertEquals(last(null, 1), "no length came back whole");
});

Deno.test("summaryLines() has no times where no reply came", async () => {
  const { result } = await scriptedPing(() => [], { count: 2, interval: 1 });
  const lines = summaryLines(result, { histogram: true, isSweep: false });
  assertEquals(lines.length, 3);
  assert(!lines.join().includes("NaN"));
});

Deno.test("interimLine() is one line", async () => {
  assertEquals(
    interimLine(await someResult()),
    "10 sent, 9 received, 10% lost, min/avg/p99/max = 1.000/5.556/10.00/10.00 ms",
  );
});

Deno.test("csvLine() has as many columns as its header", () => {
  const lines = [
    csvLine(REPLY),
    csvLine({ ...REPLY, status: "late", isReordered: true, wrongAt: 0 }),
    csvLine({ kind: "lost", sequence: 1, size: 2, error: null }),
    csvLine({ kind: "lost", sequence: 1, size: 2, error: "why, that's" }),
  ];
  assertEquals(lines, [
    "3,56,56,0.1234,received,0,",
    "3,56,56,0.1234,late,1,0",
    "1,2,,,lost,,",
    "1,2,,,unsent,,",
  ]);
  for (const line of lines) {
    assertEquals(line.split(",").length, CSV_HEADER.split(",").length);
  }
});

Deno.test("jsonResult() begins with exactly what is promised", async () => {
  const parsed = JSON.parse(jsonResult(await someResult()));
  assertEquals(Object.keys(parsed).slice(0, 9), [
    ...["sent", "received", "lost", "duplicates", "reordered"],
    ...["corrupted", "late", "truncated", "rtt"],
  ]);
  assertEquals(Object.keys(parsed.rtt), [
    ...["min", "avg", "p50", "p90", "p99", "p999", "max", "mdev"],
  ]);
  assertEquals([parsed.sent, parsed.received, parsed.lost], [10, 9, 1]);
  assertEquals([parsed.rtt.min, parsed.rtt.avg], [1, 5.555556]);
  assertEquals(parsed.failure, null);
});

Deno.test("jsonResult() has null where there is no number", async () => {
  const { result } = await scriptedPing(() => [], { count: 1, timeout: 10 });
  const failure = new ServiceError("closed", "gone");
  const parsed = JSON.parse(jsonResult({ ...result, failure }));
  assertEquals(new Set(Object.values(parsed.rtt)), new Set([null]));
  assertEquals(parsed.failure, "gone");
});

Deno.test("bars() counts every time in one row", () => {
  const histogram = new Histogram();
  for (let n = 1; n <= 1000; n++) histogram.add(0.05 + n * n / 1e5);
  const rows = bars(histogram);
  const sum = rows.map((row) => Number(/ (\d+) \S+$/.exec(row)?.[1]))
    .reduce((sum, count) => sum + count);
  assertEquals(sum, 1000);
  assert(rows.length <= 16);
  assert(rows.some((row) => row.includes("#".repeat(40))), "the longest bar");
});

Deno.test("bars() is one row for one time, and none for none", () => {
  const histogram = new Histogram();
  assertEquals(bars(histogram), []);
  histogram.add(3);
  assertEquals(bars(histogram).length, 1);
  for (let n = 0; n < 9; n++) histogram.add(3.01);
  assertEquals(bars(histogram).length, 1, "1 % apart is the same");
});

Deno.test("numbers have as many digits as they mean", () => {
  const times = [0, 0.00049, 1.23456, 12.3456, 123.456, 1234.56, null];
  assertEquals(times.map(plainMilliseconds), [
    "0.000",
    "0.000",
    "1.235",
    "12.35",
    "123.5",
    "1235",
    "-",
  ]);
  assertEquals([milliseconds(1), milliseconds(null)], ["1.000 ms", "-"]);
  assertEquals([0, 0.0123, 12.345, 33.3333, 100].map(percent), [
    "0%",
    "0.0123%",
    "12.3%",
    "33.3%",
    "100%",
  ]);
  assertEquals([99.5, 99.99, 99.9996].map(percent), [
    "99.5%",
    "99.99%",
    "99.9996%",
  ]);
  assertEquals([0, 0.5, 9.876, 123.4, 9681.7].map(rate), [
    "0",
    "0.5",
    "9.88",
    "123",
    "9682",
  ]);
});
