import { assertEquals, assertFalse, assertRejects } from "@std/assert";
import { askSecret, askText, askYesNo } from "../../lib/terminal/mod.ts";
import { fakeTerminal } from "./terminal_harness.ts";

/** Keys and the secret they make. */
const SECRETS: readonly (readonly [string, string | null])[] = [
  ["pässword\r", "pässword"],
  ["ab\x7f\x7f\x7fc\r", "c"],
  ["wrong\x15right\n", "right"],
  ["日\x08x\r", "x"],
  ["a\x1b[D\x1b[F\x1bb\x1b[99~b\r", "ab"],
  ["a\x04b\r", "ab"],
  ["\x1b[200~pasted\r\nrest\x1b[201~!\r", "pasted!"],
  ["\r", ""],
  ["\x04", null],
];

Deno.test("askSecret() shows nothing of what is typed", async () => {
  for (const [keys, secret] of SECRETS) {
    const fake = fakeTerminal();
    const asked = askSecret(fake.terminal, "Password: ");
    await fake.type(keys);
    assertEquals(await asked, secret, JSON.stringify(keys));
    assertEquals(fake.screen.rows(), ["Password:"]);
    assertEquals(fake.screen.cursor(), { row: 1, column: 0 });
    assertFalse(fake.raw);
  }
});

Deno.test("askSecret() rejects at Ctrl-C and when the signal aborts", async () => {
  const fake = fakeTerminal();
  const asked = askSecret(fake.terminal, "Password: ");
  const rejected = assertRejects(() => asked, DOMException, "Ctrl-C");
  await fake.type("ab\x03");
  const error = await rejected;
  assertEquals(error.name, "AbortError");
  const stop = new AbortController();
  const other = askSecret(fake.terminal, "Password: ", {
    signal: stop.signal,
  });
  stop.abort(new Error("enough"));
  await assertRejects(() => other, Error, "enough");
  assertFalse(fake.raw);
});

Deno.test("askSecret() ends with the input", async () => {
  const fake = fakeTerminal();
  const asked = askSecret(fake.terminal, "Password: ");
  await fake.type("ab");
  fake.send(null);
  assertEquals(await asked, null);
});

Deno.test("askSecret() hides on a dumb terminal too, and asks nothing of a pipe", async () => {
  const dumb = fakeTerminal({ display: "plain" });
  const asked = askSecret(dumb.terminal, "Password: ");
  await dumb.type("ab\r");
  assertEquals(await asked, "ab");
  assertEquals(dumb.screen.rows(), ["Password:"]);
  const pipe = fakeTerminal({ keyboard: false });
  pipe.send("secret\n");
  assertEquals(await askSecret(pipe.terminal, "Password: "), "secret");
  assertEquals(pipe.written, "");
});

Deno.test("askSecret() leaves what follows for the next question", async () => {
  const fake = fakeTerminal();
  fake.send("secret\ranswer\r");
  assertEquals(await askSecret(fake.terminal, "Password: "), "secret");
  assertEquals(await askText(fake.terminal, "Name: "), "answer");
});

Deno.test("askText() edits an answer", async () => {
  const fake = fakeTerminal();
  const asked = askText(fake.terminal, "Name: ", { initial: "anonymous" });
  await fake.type("\x15me\r");
  assertEquals(await asked, "me");
  assertEquals(fake.screen.rows(), ["Name: me"]);
});

Deno.test("askText() is null at Ctrl-D and rejects at Ctrl-C", async () => {
  const fake = fakeTerminal();
  const ended = askText(fake.terminal, "Name: ");
  await fake.type("\x04");
  assertEquals(await ended, null);
  const cancelled = askText(fake.terminal, "Name: ");
  const rejected = assertRejects(() => cancelled, DOMException, "Ctrl-C");
  await fake.type("x\x03");
  await rejected;
});

Deno.test("askYesNo() asks until the answer is yes or no", async () => {
  const fake = fakeTerminal({ columns: 60 });
  const asked = askYesNo(fake.terminal, "Delete a\x1b[2J?");
  await fake.type("perhaps\rYES\r");
  assertEquals(await asked, true);
  assertEquals(fake.screen.rows(), [
    "Delete a\\x1b[2J? [y/N] perhaps",
    "Delete a\\x1b[2J? [y/N] YES",
  ]);
});

Deno.test("askYesNo() shows all of a long question", async () => {
  const fake = fakeTerminal({ columns: 20 });
  const asked = askYesNo(fake.terminal, "Delete everything that is here?");
  await fake.type("n\r");
  assertEquals(await asked, false);
  assertEquals(fake.screen.rows(), [
    "Delete everything th",
    "at is here?",
    "[y/N] n",
  ]);
});

Deno.test("askYesNo() takes the default for an empty answer and for none", async () => {
  for (const otherwise of [true, false]) {
    for (const keys of ["\r", "\x04"]) {
      const fake = fakeTerminal();
      const asked = askYesNo(fake.terminal, "Go?", { default: otherwise });
      await fake.type(keys);
      assertEquals(await asked, otherwise);
    }
  }
});
