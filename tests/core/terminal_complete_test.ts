import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  type Completer,
  createHistory,
  createLineEditor,
} from "../../lib/terminal/mod.ts";
import { type Fake, fakeTerminal } from "./terminal_harness.ts";

/** Completes the last word of a line out of these. */
function wordsOf(...words: readonly string[]): Completer {
  return (line, cursor) => {
    const from = line.lastIndexOf(" ", cursor - 1) + 1;
    const typed = line.slice(from, cursor);
    const fit = words.filter((word) => word.startsWith(typed));
    return { from, candidates: fit.map((value) => ({ value })) };
  };
}

function reading(fake: Fake, complete: Completer, signal?: AbortSignal) {
  return createLineEditor(fake.terminal, { complete }).read("> ", { signal });
}

Deno.test("Tab adds the only word and a space", async () => {
  const fake = fakeTerminal();
  const line = reading(fake, wordsOf("get", "put"));
  await fake.type("g\tx\r");
  assertEquals(await line, "get x");
});

Deno.test("Tab adds the suffix that the word has", async () => {
  const fake = fakeTerminal();
  const line = reading(fake, () => ({
    from: 0,
    candidates: [{ value: "pub/", suffix: "" }],
  }));
  await fake.type("p\tx\r");
  assertEquals(await line, "pub/x");
});

Deno.test("Tab completes in the middle of a line", async () => {
  const fake = fakeTerminal();
  const line = reading(fake, wordsOf("alpha"));
  await fake.type("get a c\x1b[D\x1b[D\t\r");
  assertEquals(await line, "get alpha  c");
});

Deno.test("Tab adds what all words begin with, in whole characters", async () => {
  const fake = fakeTerminal();
  const words = wordsOf("file日1", "file日2", "fi");
  const line = reading(fake, words);
  await fake.type("file\t");
  assertEquals(fake.screen.rows(), ["> file日"]);
  await fake.type("\x15f\t\r");
  assertEquals(await line, "fi");
  const flags = reading(fake, wordsOf("e\u0301", "e\u0302"));
  await fake.type("\t\r");
  assertEquals(await flags, "");
});

Deno.test("Tab lists the words when it is pressed again", async () => {
  const fake = fakeTerminal({ columns: 30 });
  const line = reading(fake, wordsOf("file1", "file2", "file3\x1b[2J"));
  await fake.type("get f\t");
  assertEquals(fake.screen.rows(), ["> get file"]);
  await fake.type("\t");
  assertEquals(fake.screen.bells, 1);
  await fake.type("\t");
  assertEquals(fake.screen.rows(), [
    "> get file",
    "file1  file2  file3\\x1b[2J",
    "> get file",
  ]);
  await fake.type("2\r");
  assertEquals(await line, "get file2");
});

Deno.test("Tab shows labels where words have them", async () => {
  const fake = fakeTerminal();
  const candidates = ["a", "b"]
    .map((name) => ({ value: `"dir/${name}"`, label: name }));
  const line = reading(fake, () => ({ from: 0, candidates }));
  await fake.type("\t\t\t");
  assertEquals(fake.screen.rows(), ['> "dir/', "a  b", '> "dir/']);
  await fake.type("\x03");
  await line;
});

Deno.test("Tab asks before it lists more than 100 words", async () => {
  const words = Array.from({ length: 101 }, (_, at) => `w${1000 + at}`);
  const question = "Display all 101 possibilities? (y or n)";
  for (const [answer, rows] of [["n", 3], ["y", 20]] as const) {
    const fake = fakeTerminal();
    const line = reading(fake, wordsOf(...words));
    await fake.type("w1\t\t");
    assertEquals(fake.screen.rows(), ["> w1", question]);
    await fake.type(answer);
    assertEquals(fake.screen.rows()[1], question);
    assertEquals(fake.screen.rows().at(-1), "> w1");
    assert(fake.screen.rows().length >= rows);
    await fake.type("\r");
    assertEquals(await line, "w1");
  }
});

Deno.test("Tab sounds the bell where nothing fits", async () => {
  const fake = fakeTerminal();
  const line = reading(fake, wordsOf());
  await fake.type("x\t\t");
  assertEquals(fake.screen.bells, 2);
  assertEquals(fake.screen.rows(), ["> x"]);
  await fake.type("\r");
  assertEquals(await line, "x");
});

Deno.test("Tab takes an error for nothing", async () => {
  const fake = fakeTerminal();
  const line = reading(
    fake,
    () => Promise.reject(new Error("connection lost")),
  );
  await fake.type("x\t\r");
  assertEquals(await line, "x");
  assertEquals(fake.screen.bells, 1);
});

Deno.test("keys wait while a completion is looked for", async () => {
  const fake = fakeTerminal();
  const answer = Promise.withResolvers<void>();
  const line = reading(fake, async (text, cursor, signal) => {
    await answer.promise;
    return await wordsOf("alpha")(text, cursor, signal);
  });
  await fake.type("get a\tb\r");
  assertEquals(fake.screen.rows(), ["> get a"]);
  answer.resolve();
  assertEquals(await line, "get alpha b");
});

Deno.test("Ctrl-C does not wait for a completion", async () => {
  const fake = fakeTerminal();
  let asked: AbortSignal | undefined;
  const line = reading(fake, (_text, _cursor, signal) => {
    asked = signal;
    return new Promise(() => {});
  });
  await fake.type("get a\tb");
  await fake.type("\x03");
  assertEquals(await line, "");
  assertEquals(asked?.aborted, true);
  assertEquals(fake.clock.sleeping, 0);
});

Deno.test("a completion that takes too long is given up", async () => {
  const fake = fakeTerminal();
  const line = reading(fake, () => new Promise(() => {}));
  await fake.type("a\tb\r");
  await fake.clock.advance(10_000);
  assertEquals(await line, "ab");
});

Deno.test("the signal ends a completion too", async () => {
  const fake = fakeTerminal();
  const stop = new AbortController();
  const line = reading(fake, () => new Promise(() => {}), stop.signal);
  await fake.type("a\t");
  stop.abort(new Error("enough"));
  await assertRejects(() => line, Error, "enough");
  assertEquals([fake.raw, fake.clock.sleeping], [false, 0]);
});

/** An editor with these lines in its history. */
function withHistory(fake: Fake, ...lines: readonly string[]) {
  const history = createHistory();
  for (const line of lines) history.add(line);
  return { history, editor: createLineEditor(fake.terminal, { history }) };
}

Deno.test("Up and Down go through the history and keep what was typed", async () => {
  const fake = fakeTerminal();
  const { editor, history } = withHistory(fake, "one", "two");
  const line = editor.read("> ");
  const seen: string[] = [];
  await fake.type("new");
  for (
    const key of ["\x1b[A", "\x10", "\x1bOA", "!", "\x0e", "\x1b[B", "\x10"]
  ) {
    await fake.type(key);
    seen.push(fake.screen.rows().join().slice(2));
  }
  assertEquals(seen, ["two", "one", "one", "one!", "two", "new", "two"]);
  await fake.type("\x1b[A\r");
  assertEquals(await line, "one!");
  assertEquals(history.lines, ["one", "two", "one!"]);
});

Deno.test("Ctrl-R finds lines while their text is typed", async () => {
  const fake = fakeTerminal({ columns: 60 });
  const { editor } = withHistory(fake, "get alpha", "put beta", "get gamma");
  const line = editor.read("> ");
  const seen: string[] = [];
  for (const key of ["\x12", "g", "et", "\x12", "\x12", "\x13", "\x7f"]) {
    await fake.type(key);
    seen.push(fake.screen.rows().join());
  }
  assertEquals(seen, [
    "(search)'':",
    "(search)'g': get gamma",
    "(search)'get': get gamma",
    "(search)'get': get alpha",
    "(failed search)'get': get alpha",
    "(search)'get': get gamma",
    "(search)'ge': get gamma",
  ]);
  await fake.type("\r");
  assertEquals(await line, "get gamma");
});

Deno.test("Ctrl-R gives the line back when the search is given up", async () => {
  for (const key of ["\x07", "\x03"]) {
    const fake = fakeTerminal();
    const { editor } = withHistory(fake, "get alpha");
    const line = editor.read("> ");
    await fake.type(`mine\x12get${key}`);
    assertEquals(fake.screen.rows(), ["> mine"]);
    await fake.type("\r");
    assertEquals(await line, "mine");
  }
});

Deno.test("any other key takes the line that Ctrl-R found", async () => {
  const fake = fakeTerminal();
  const { editor } = withHistory(fake, "get alpha");
  const line = editor.read("> ");
  await fake.type("\x12alp\x05!\r");
  assertEquals(await line, "get alpha!");
});
