import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  changingLog,
  createLog,
  type Log,
  type LogOptions,
} from "../../lib/log.ts";

const TIME = "2026-11-21T10:00:00.123Z";

/** What `use` makes the log write, without the time. */
function linesOf(
  options: Partial<LogOptions>,
  use: (log: Log) => void,
): string[] {
  const lines: string[] = [];
  use(createLog({
    format: "text",
    write: (line) => lines.push(line),
    now: () => new Date(TIME),
    ...options,
  }));
  return lines;
}

Deno.test("createLog() writes a text line with time, event and fields", () => {
  const lines = linesOf({}, (log) => {
    log.info("login", { user: "alice", address: "127.0.0.1", port: 21 });
  });
  assertEquals(lines, [
    `${TIME} login user=alice address=127.0.0.1 port=21\n`,
  ]);
});

Deno.test("createLog() shows the level of what is worse than information", () => {
  const lines = linesOf({}, (log) => {
    log.warn("slow");
    log.error("broken", { why: null });
  });
  assertEquals(lines, [
    `${TIME} WARN slow\n`,
    `${TIME} ERROR broken why=null\n`,
  ]);
});

Deno.test("createLog() leaves information out when quiet", () => {
  const lines = linesOf({ quiet: true }, (log) => {
    log.info("a");
    log.warn("b");
    log.with({ x: 1 }).info("c");
    log.error("d");
  });
  assertEquals(lines, [`${TIME} WARN b\n`, `${TIME} ERROR d\n`]);
});

const QUOTING: readonly (readonly [value: string | string[], text: string])[] =
  [
    ["a b", '"a b"'],
    ["", '""'],
    ['say "hi"', '"say \\"hi\\""'],
    ["a=b", '"a=b"'],
    ["a\\b", '"a\\\\b"'],
    ["x\nroot=1", '"x\\nroot=1"'],
    ["\x1b[2J", '"\\x1b[2J"'],
    ["\u202e", '"\\u202e"'],
    ["a\u00a0b", '"a\u00a0b"'],
    ["/pub/ü.txt", "/pub/ü.txt"],
    [["a", "b"], "a,b"],
  ];

for (const [value, text] of QUOTING) {
  Deno.test(`createLog() writes a text value as ${text}`, () => {
    assertEquals(
      linesOf({}, (log) => log.info("e", { value })),
      [`${TIME} e value=${text}\n`],
    );
  });
}

Deno.test("createLog() keeps event and field names from the terminal, too", () => {
  const lines = linesOf({}, (log) => log.info("a\nb", { "c\x07": 1 }));
  assertEquals(lines, [`${TIME} a\\nb c\\x07=1\n`]);
});

Deno.test("createLog() writes one JSON object a line", () => {
  const lines = linesOf({ format: "json" }, (log) => {
    log.info("login", {
      user: "a\nb",
      n: 1,
      ok: true,
      gone: undefined,
      grants: ["net", "read"],
    });
  });
  assertEquals(lines.length, 1);
  assertEquals(lines[0]?.indexOf("\n"), (lines[0]?.length ?? 0) - 1);
  assertEquals(JSON.parse(lines[0] ?? ""), {
    time: TIME,
    level: "info",
    event: "login",
    user: "a\nb",
    n: 1,
    ok: true,
    grants: ["net", "read"],
  });
});

Deno.test("createLog() does not let fields overwrite what every JSON line has", () => {
  const [line] = linesOf({ format: "json" }, (log) => {
    log.warn("e", { time: "t", level: "l", event: "v", __proto__: null });
  });
  assertEquals(JSON.parse(line ?? ""), {
    time: TIME,
    level: "warn",
    event: "e",
    time_: "t",
    level_: "l",
    event_: "v",
  });
});

Deno.test("createLog() keeps control characters out of JSON lines", () => {
  const [line] = linesOf({ format: "json" }, (log) => {
    log.info("e", { name: "\x7f\x9b\u202e" });
  });
  assertStringIncludes(line ?? "", '"name":"\\u007f\\u009b\\u202e"');
});

Deno.test("Log.with() adds its fields to every line, the nearest one wins", () => {
  const lines = linesOf({}, (log) => {
    const session = log.with({ session: 7, user: "?" });
    session.info("login", { user: "bob" });
    session.with({ user: "eve" }).info("quit");
    log.info("end");
  });
  assertEquals(lines, [
    `${TIME} login session=7 user=bob\n`,
    `${TIME} quit session=7 user=eve\n`,
    `${TIME} end\n`,
  ]);
});

Deno.test("createLog() never throws, even when nothing can be written", () => {
  let calls = 0;
  const lines = linesOf({
    write: () => {
      calls++;
      throw new Error("closed");
    },
  }, (log) => {
    log.info("a");
    log.error("b");
  });
  assertEquals(lines, []);
  assertEquals(calls, 2);
});

Deno.test("changingLog() goes on with another log, and so do those made of it", () => {
  const written: string[] = [];
  const logTo = (name: string) =>
    createLog({
      format: "text",
      write: (line) => written.push(`${name}:${line.split(" ").slice(1)}`),
    });
  let current = logTo("a");
  const log = changingLog(() => current);
  const session = log.with({ session: 1 }).with({ user: "x" });
  session.info("one");
  current = logTo("b");
  session.warn("two");
  log.error("three");
  assertEquals(written, [
    ...["a:one,session=1,user=x\n", "b:WARN,two,session=1,user=x\n"],
    "b:ERROR,three\n",
  ]);
});
