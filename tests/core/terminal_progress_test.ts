import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import {
  createProgressBoard,
  displayWidth,
  type ProgressBoardOptions,
} from "../../lib/terminal/mod.ts";
import { type FakeOptions, fakeTerminal } from "./terminal_harness.ts";
import { randomOf } from "./random.ts";

const MIB = 2 ** 20;

/** A board on a terminal in memory. */
function scene(options: FakeOptions = {}, board: ProgressBoardOptions = {}) {
  const fake = fakeTerminal({ columns: 80, rows: 24, ...options });
  const { clock, terminal } = fake;
  return {
    ...fake,
    fake,
    board: createProgressBoard(terminal, { clock, ...board }),
  };
}

Deno.test("a bar shows name, part, bytes, rate and time left", async () => {
  const { board, clock, screen } = scene();
  const bar = board.start({ name: "backup.tar", size: 100 * MIB });
  for (let second = 1; second <= 3; second++) {
    await clock.advance(1000);
    bar.update(second * 10 * MIB);
  }
  await clock.advance(250);
  assertEquals(screen.rows(), [
    "backup.tar               30% [#####--------------] 30.0 MiB  9.2 MiB/s     0:08",
  ]);
  board.close();
  assertEquals(screen.rows(), []);
});

Deno.test("a resumed transfer counts what was there, but not in its rate", async () => {
  const { board, clock, screen } = scene();
  const bar = board.start({
    name: "disc.iso",
    size: 100 * MIB,
    position: 50 * MIB,
  });
  await clock.advance(900);
  bar.update(51 * MIB);
  bar.resume(80 * MIB); // Another program has gone on in between.
  await clock.advance(100);
  const [row = ""] = screen.rows();
  assert(row.includes(" 80% ") && row.includes(" 1.0 MiB/s"), row);
  bar.done();
  board.close();
  assertEquals(screen.rows(), ["disc.iso: 80.0 MiB in 0:01 (1.0 MiB/s)"]);
});

Deno.test("the rate is that of the last five seconds and falls when nothing comes", async () => {
  const { board, clock, screen } = scene();
  const bar = board.start({ name: "a", size: 1000 * MIB });
  const rate = () => /\S+ .iB\/s|\S+ B\/s/.exec(screen.rows()[0]!)?.[0];
  for (let step = 1; step <= 100; step++) {
    await clock.advance(100);
    bar.update(step * MIB);
  }
  assertEquals(rate(), "10.0 MiB/s");
  await clock.advance(2500);
  assertEquals(rate()?.replace(/\.\d/, ""), "5 MiB/s");
  await clock.advance(3000);
  assertEquals(rate(), "0 B/s");
  assert(screen.rows()[0]!.endsWith("-:--"));
  board.close();
});

Deno.test("several bars have a line for all of them", async () => {
  const { board, clock, screen } = scene({ columns: 60 });
  board.total(3, 30 * MIB);
  const [a, b] = ["a", "b"]
    .map((name) => board.start({ name, size: 10 * MIB })) as [
      ReturnType<typeof board.start>,
      ReturnType<typeof board.start>,
    ];
  await clock.advance(1000);
  a.update(5 * MIB);
  b.update(5 * MIB);
  await clock.advance(1000);
  assertEquals(
    screen.rows(),
    [
      "a                          50% 5.0 MiB  2.5 MiB/s      0:02",
      "b                          50% 5.0 MiB  2.5 MiB/s      0:02",
      "Total: 0 of 3 files        33% 10.0 MiB  5.0 MiB/s     0:04",
    ].map(aligned),
  );
  a.update(10 * MIB);
  a.done("");
  await clock.advance(250);
  assertEquals(screen.rows().length, 2);
  assert(/^Total: 1 of 3 files +50% +15.0 MiB /.test(screen.rows()[1]!));
  board.close();
});

/** The same fields at the widths that a board of 60 columns has. */
function aligned(row: string): string {
  const [, name, ...fields] =
    /^(.+?) {2,}(\d+%) (\S+ MiB) +(\S+ MiB\/s) +(\S+)$/.exec(row)!;
  const widths = [5, 9, 11, 9];
  return name!.padEnd(25) +
    fields.map((field, at) => field.padStart(widths[at]!)).join("");
}

Deno.test("a transfer of unknown size shows bytes and rate only", async () => {
  const { board, clock, screen } = scene();
  const bar = board.start({ name: "listing" });
  await clock.advance(1000);
  bar.update(2048);
  await clock.advance(250);
  const [row = ""] = screen.rows();
  assert(/^listing +2\.0 KiB +1\.6 KiB\/s$/.test(row), row);
  bar.update(2048, 4096);
  await clock.advance(250);
  assert(screen.rows()[0]!.includes("50%"));
  board.close();
});

Deno.test("an empty file and one that grows are complete", async () => {
  const { board, clock, screen } = scene();
  const bar = board.start({ name: "empty", size: 0 });
  await clock.advance(250);
  assert(screen.rows()[0]!.includes("100%"));
  bar.update(10);
  await clock.advance(250);
  assert(screen.rows()[0]!.includes("100%"));
  board.close();
});

Deno.test("lines that end are printed above the bars", async () => {
  const { board, clock, screen } = scene();
  const [a, b, c] = ["a", "b\x1b[2J", "c"]
    .map((name) => board.start({ name, size: 1024 }));
  await clock.advance(1000);
  a!.update(1024);
  a!.done();
  b!.failed("no such file\x07");
  board.note("one\ntwo\x1b[2J");
  const rows = screen.rows();
  assertEquals(rows.slice(0, 4), [
    "a: 1.0 KiB in 0:01 (1.0 KiB/s)",
    "b\\x1b[2J: no such file\\x07",
    "one",
    "two\\x1b[2J",
  ]);
  assertEquals(rows.length, 6);
  assert(rows[4]!.startsWith("c ") && rows[5]!.startsWith("Total: 1 of 3 "));
  c!.done("");
  c!.done("twice");
  board.close();
  assertEquals(screen.rows().length, 4);
  assertEquals(screen.cursor(), { row: 4, column: 0 });
});

Deno.test("there are never more bars than rows", async () => {
  const { board, clock, screen } = scene({ rows: 6 });
  for (let at = 0; at < 9; at++) board.start({ name: `f${at}`, size: 10 });
  await clock.advance(250);
  const rows = screen.rows();
  assertEquals(rows.map((row) => row.slice(0, 14).trimEnd()), [
    "f0",
    "f1",
    "f2",
    "… and 6 more",
    "Total: 0 of 9",
  ]);
  board.close();
});

Deno.test("it is drawn at most ten times a second", async () => {
  const { board, clock, fake } = scene();
  const bar = board.start({ name: "a", size: 1000 });
  let [draws, before] = [0, fake.written.length];
  for (let ms = 1; ms <= 1000; ms++) {
    await clock.advance(1);
    bar.update(ms);
    if (fake.written.length > before) draws++;
    before = fake.written.length;
  }
  assertEquals(draws, 10);
  board.close();
});

Deno.test("bars fit into the columns, whatever the name", async () => {
  const random = randomOf(5);
  for (let columns = 2; columns <= 100; columns += 3) {
    const { board, clock, screen } = scene({ columns });
    const name = random.pick(["a", "日本語の名前", "long name "])
      .repeat(1 + random.below(10));
    const bar = board.start({ name, size: 5 * MIB });
    board.start({ name: "other" });
    await clock.advance(1000);
    bar.update(3 * MIB);
    await clock.advance(250);
    assertEquals(screen.rows().length <= 3, true);
    for (const row of screen.rows()) {
      assertLessOrEqual(displayWidth(row), Math.max(1, columns - 1), row);
    }
    board.close();
    assertEquals(screen.rows(), []);
  }
});

Deno.test("a new size leaves no rests of bars", async () => {
  const { board, clock, screen, resize } = scene();
  screen.write("before\r\n");
  const bar = board.start({ name: "a.tar", size: 100 });
  board.start({ name: "b.tar", size: 100 });
  for (const columns of [30, 77, 50, 120]) {
    resize(columns);
    bar.update(columns);
    await clock.advance(250);
    const rows = screen.rows();
    assertEquals(rows[0], "before");
    assertEquals(
      rows.slice(1).map((row) => row.slice(0, 5)),
      ["a.tar", "b.tar", "Total"],
    );
  }
  board.close();
  assertEquals(screen.rows(), ["before"]);
});

Deno.test("colours are used only where they are wanted", async () => {
  for (const color of [true, false]) {
    const { board, clock, fake } = scene({ color });
    board.start({ name: "a", size: 10 }).failed("gone");
    await clock.advance(250);
    assertEquals(fake.written.includes("\x1b[31ma: gone\x1b[39m"), color);
    board.close();
  }
});

Deno.test("where there is no screen, lines tell of ends and of long transfers", async () => {
  const { board, clock, fake } = scene({ display: "none" });
  board.total(3, 10 * MIB);
  const slow = board.start({ name: "slow", size: 4 * MIB, position: MIB });
  const quick = board.start({ name: "quick", size: 5 });
  assertEquals(fake.written, "");
  await clock.advance(1000);
  quick.update(5);
  quick.done();
  board.start({ name: "lost" }).failed("connection lost");
  board.note("retrying");
  for (let second = 1; second <= 19; second++) {
    slow.update(MIB + second * 65_536);
    await clock.advance(1000);
  }
  slow.update(4 * MIB);
  slow.done();
  board.close();
  assertEquals(fake.written.split("\n"), [
    "quick: 5 B in 0:01 (5 B/s)",
    "lost: connection lost",
    "retrying",
    "slow: 39% of 4.0 MiB, 64.0 KiB/s, 0:39 left",
    "slow: 54% of 4.0 MiB, 64.0 KiB/s, 0:29 left",
    "slow: 4.0 MiB in 0:20 (153 KiB/s)",
    "",
  ]);
});

Deno.test("a quiet board says nothing and has no timer", () => {
  for (const display of ["screen", "none"] as const) {
    const { board, clock, fake } = scene({ display }, { quiet: true });
    const bar = board.start({ name: "a", size: 10 });
    bar.update(5);
    board.note("note");
    bar.failed("gone");
    assertEquals([fake.written, clock.sleeping], ["", 0]);
    board.close();
    assertEquals(fake.written, "");
  }
});

Deno.test("a board has no timer when its last bar has gone or it is closed", async () => {
  const { board, clock } = scene();
  const bar = board.start({ name: "a" });
  await clock.advance(250);
  assertEquals(clock.sleeping, 1);
  await clock.advance(100);
  bar.done();
  await clock.advance(0);
  assertEquals(clock.sleeping, 0);
  board.start({ name: "b" });
  assertEquals(clock.sleeping, 1);
  board.close();
  board.close();
  assertEquals(clock.sleeping, 0);
});

Deno.test("many small files are printed in few writes", async () => {
  const { board, clock, fake, screen } = scene();
  let [writes, before] = [0, 0];
  for (let at = 0; at < 1000; at++) {
    const bar = board.start({ name: `f${at}`, size: 1 });
    bar.update(1);
    bar.done();
    if (at % 10 === 9) await clock.advance(10);
    if (fake.written.length > before) writes++;
    before = fake.written.length;
  }
  board.close();
  assertEquals(screen.rows().length, 1000);
  assertLessOrEqual(writes, 15);
});
