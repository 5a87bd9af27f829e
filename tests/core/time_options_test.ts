/**
 * The command lines of `timec` and of the test clock of `timed`, and what
 * `timec` prints.
 *
 * @module
 */

import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import type { Finding } from "../../client/time/finding.ts";
import { type Inquiry, readRequest } from "../../client/time/options.ts";
import {
  agreementJson,
  agreementLine,
  failureJson,
  findingJson,
  findingLine,
  hasteNotes,
  offsetText,
} from "../../client/time/report.ts";
import { UsageError } from "../../lib/cli.ts";
import { parseDaytime } from "../../lib/time/parse_daytime.ts";
import { UTC } from "../../lib/time/zone.ts";
import { readZone } from "../../lib/time/zone_option.ts";
import { readClock } from "../../server/services/clock_options.ts";

function only(...args: string[]): Inquiry {
  const { inquiries } = readRequest(args);
  assertEquals(inquiries.length, 1);
  return inquiries[0]!;
}

Deno.test("timec asks by RFC 868 at the port of timed, over TCP", () => {
  assertEquals(only("a.example").target, {
    transport: "tcp",
    hostname: "a.example",
    port: 8837,
  });
  assertEquals(only("a.example").protocol, "time");
});

Deno.test("timec asks by RFC 867 when the port says so, or the user", () => {
  const protocols = (...hosts: string[]) =>
    hosts.map((host) => only("--udp", host).protocol);
  assertEquals(protocols("h:13", "h:8888", "h:daytime", "[::1]:13"), [
    ...["daytime", "daytime", "daytime", "daytime"],
  ]);
  assertEquals(protocols("h:37", "h:8837", "h:time", "h:5000"), [
    ...["time", "time", "time", "time"],
  ]);
  const asked = only("--daytime", "h");
  assertEquals(asked.protocol, "daytime");
  assertEquals(asked.target, { transport: "tcp", hostname: "h", port: 8888 });
  assertEquals(only("--daytime", "h:37").protocol, "daytime");
  assertEquals(only("--daytime", "--unix", "/run/t").protocol, "daytime");
});

Deno.test("timec measures when it is asked to, and several servers always", () => {
  const measured = (...args: string[]) => readRequest(args).measure;
  assertEquals(measured("h"), null);
  assertEquals(measured("h", "i"), { samples: 1 });
  assertEquals(measured("-n", "5", "h"), { samples: 5 });
  assertEquals(measured("--precise", "h"), "precise");
});

Deno.test("timec waits longer between questions to other machines", () => {
  const interval = (...args: string[]) => only(...args).interval;
  assertEquals(interval("127.0.0.1"), 1000);
  assertEquals(interval("localhost"), 1000);
  assertEquals(interval("[::1]:37"), 1000);
  assertEquals(interval("192.0.2.1"), 4000);
  assertEquals(interval("-n", "2", "-i", "0.5", "192.0.2.1"), 500);
});

Deno.test("timec refuses command lines that make no sense", () => {
  const cases: readonly (readonly [string[], string])[] = [
    [[], "which server?"],
    [["--precise", "-n", "3", "h"], "--precise and --samples: choose one"],
    [["--utc", "--zone", "UTC", "h"], "--utc and --zone: choose one"],
    [["--zone", "Mars/Olympus", "h"], "there is no time zone"],
    [["--era", "x", "h"], "--era: expected 0"],
    [["--era", "1", "h:13", "h:8888"], "--era is for RFC 868"],
    [["-n", "0", "h"], "--samples: expected a whole number"],
    [["-i", "3", "h"], "--interval is the time between --samples"],
    [["--precise", "-i", "3", "h"], "--interval is the time between"],
    [["h:99999"], "a port is a number from 1 to 65535"],
  ];
  for (const [args, message] of cases) {
    assertThrows(() => readRequest(args), UsageError, message);
  }
});

Deno.test("readZone() says what a mistyped zone meant", () => {
  const complaint = (zone: string) =>
    assertThrows(() => readZone({ utc: false, zone }), UsageError).message;
  assertStringIncludes(complaint("Europe/Berln"), "mean Europe/Berlin?");
  assertStringIncludes(complaint("New York"), "mean America/New_York?");
  assertStringIncludes(complaint("Q"), "a name such as Europe/Berlin");
  assertEquals(readZone({ utc: true }), UTC);
  assertEquals(readZone({ utc: false, zone: "etc/utc" }).offsetAt(0), 0);
});

Deno.test("readClock() reads offsets with a sign and a unit", () => {
  const offset = (text: string) => readClock({ offset: text }, UTC).offset;
  assertEquals(["90", "+90s", "1.5", "-0.25"].map(offset), [
    ...[90_000, 90_000, 1500, -250],
  ]);
  assertEquals(["250ms", "-2m", "3h", "-1d"].map(offset), [
    ...[250, -120_000, 10_800_000, -86_400_000],
  ]);
  assertEquals(readClock({}, UTC), { offset: 0, freeze: undefined });
});

Deno.test("readClock() reads the time to stand still at", () => {
  const freeze = (text: string) => {
    const { freeze } = readClock({ freeze: text }, UTC);
    return new Date(freeze!).toISOString();
  };
  assertEquals(freeze("@0"), "1970-01-01T00:00:00.000Z");
  assertEquals(freeze("@-1.5"), "1969-12-31T23:59:58.500Z");
  assertEquals(freeze("2036-02-07T06:28:15Z"), "2036-02-07T06:28:15.000Z");
  assertEquals(freeze("2036-02-07 06:28:15"), "2036-02-07T06:28:15.000Z");
  assertEquals(freeze("Thu Feb  7 06:28:15 2036"), "2036-02-07T06:28:15.000Z");
});

Deno.test("readClock() refuses what is no offset or no time", () => {
  for (const offset of ["", "x", "1w", "--1", "1e3", "36526d", "1 s"]) {
    assertThrows(() => readClock({ offset }, UTC), UsageError, "--offset: ");
  }
  for (const freeze of ["", "x", "2036", "@", "@x", "1899-12-31T23:59:59Z"]) {
    assertThrows(() => readClock({ freeze }, UTC), UsageError, "--freeze: ");
  }
});

const FINDING: Finding = {
  target: { transport: "udp", hostname: "::1", port: 37 },
  protocol: "time",
  time: 0,
  era: 0,
  offset: { low: -1.5, high: 2.25 },
  samples: 4,
  agreed: 3,
  warnings: ["odd"],
};

Deno.test("offsetText() rounds the bound up, never down", () => {
  const text = (low: number, high: number) => offsetText({ low, high });
  assertEquals(text(-1, 2), "offset +0.0005 s ±0.0015 s");
  assertEquals(text(-3_600_001, -3_599_999), "offset -3600.0000 s ±0.0010 s");
  assertEquals(text(0.1, 0.31), "offset +0.0002 s ±0.0002 s");
});

Deno.test("findingLine() shows the time, or the server's own line", () => {
  const plain = { zone: UTC, isMeasured: false, nameWidth: 0 };
  assertEquals(findingLine(FINDING, plain), "1970-01-01T00:00:00Z");
  assertEquals(
    findingLine(FINDING, { zone: UTC, isMeasured: true, nameWidth: 16 }),
    "[::1]:37 (udp)    1970-01-01T00:00:00Z  offset +0.0004 s ±0.0019 s",
  );
  const line = "\x1b[2Jnow";
  const unread = { ...FINDING, line, time: null, offset: null };
  assertEquals(
    findingLine(unread, { ...plain, isMeasured: true }),
    "\\x1b[2Jnow",
  );
});

Deno.test("findingJson() holds everything, offsets in milliseconds", () => {
  assertEquals(JSON.parse(findingJson(FINDING)), {
    host: "[::1]:37",
    transport: "udp",
    protocol: "time",
    time: "1970-01-01T00:00:00.000Z",
    era: 0,
    offset: { low: -1.5, high: 2.25, estimate: 0.375, error: 1.875 },
    samples: 4,
    agreed: 3,
    warnings: ["odd"],
  });
  const line = "Thu Jan  1 00:00:00 1970";
  const daytime = parseDaytime(line, { zone: UTC })!;
  const told = JSON.parse(findingJson({ ...FINDING, line, daytime }));
  assertEquals(
    [told.line, told.format, told.zone, told.zoneAssumed],
    [line, "ctime", "UTC", true],
  );
  const unread = { ...FINDING, line: "\u009b", time: null, offset: null };
  assertStringIncludes(findingJson(unread), '"line":"\\u009b"');
  assertEquals(JSON.parse(findingJson(unread)).offset, null);
});

Deno.test("failures and agreements have their lines, too", () => {
  const { target } = FINDING;
  assertEquals(
    failureJson(target, "no reply"),
    '{"host":"[::1]:37","transport":"udp","error":"no reply"}',
  );
  const interval = { low: 0, high: 1 };
  assertEquals(
    agreementLine({ interval, count: 2 }, 3),
    "2 of 3 servers agree: offset +0.0005 s ±0.0005 s",
  );
  assertEquals(
    agreementLine({ interval, count: 1 }, 3),
    "no two of the 3 servers agree",
  );
  assertEquals(JSON.parse(agreementJson({ interval, count: 2 }, 3)), {
    servers: 3,
    agreed: 2,
    offset: { low: 0, high: 1, estimate: 0.5, error: 0.5 },
  });
});

Deno.test("timec --precise says so when it goes to other machines", () => {
  const notes = (...args: string[]) => hasteNotes(readRequest(args));
  assertEquals(notes("--precise", "127.0.0.1", "time.example"), [
    "note: up to 50 questions in 2 s go to time.example:8837 (tcp); " +
    "ask other people's servers with -n 10",
  ]);
  assertEquals(notes("--precise", "localhost"), []);
  assertEquals(notes("-n", "10", "time.example"), []);
  assertEquals(notes("--precise", "--quiet", "time.example"), []);
});
