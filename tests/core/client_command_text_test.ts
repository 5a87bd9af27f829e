import { assertEquals, assertThrows } from "@std/assert";
import {
  commandBytes,
  MAX_COMMAND,
  pathArgument,
  shownCommand,
} from "../../client/ftp/command_text.ts";
import { textOf } from "./byte_cases.ts";

Deno.test("commandBytes() writes verb, space, argument and CRLF", () => {
  const bytes = commandBytes({ verb: "STOR", argument: " ä ->b" }, "utf-8");
  assertEquals(textOf(bytes), "STOR  ä ->b\r\n");
  assertEquals(textOf(commandBytes({ verb: "NOOP" }, "utf-8")), "NOOP\r\n");
});

Deno.test("commandBytes() refuses every control character, wherever it is", () => {
  const codes = [...Array.from({ length: 32 }, (_, n) => n), 127];
  for (const code of codes) {
    const char = String.fromCharCode(code);
    for (const argument of [char, `${char}a`, `a${char}`, `a${char}DELE b`]) {
      for (const verb of ["RETR", "PASS", "MKD", "ACCT", "SITE"]) {
        assertThrows(
          () => commandBytes({ verb, argument }, "utf-8"),
          TypeError,
          "control character",
        );
      }
    }
    assertThrows(
      () => commandBytes({ verb: `NOOP${char}` }, "utf-8"),
      TypeError,
    );
  }
});

Deno.test("commandBytes() refuses without showing the password", () => {
  const error = assertThrows(
    () => commandBytes({ verb: "PASS", argument: "hush\r\nDELE a" }, "utf-8"),
    TypeError,
  );
  assertEquals(error.message.includes("hush"), false);
});

Deno.test("commandBytes() refuses what the charset has no bytes for", () => {
  const argument = "€";
  assertThrows(
    () => commandBytes({ verb: "RETR", argument }, "latin1"),
    TypeError,
  );
  const lone = "\ud800";
  assertThrows(
    () => commandBytes({ verb: "RETR", argument: lone }, "utf-8"),
    TypeError,
  );
  assertThrows(
    () => commandBytes({ verb: "RETR", argument: "ÿ" }, "latin1"),
    TypeError,
    "Telnet",
  );
});

Deno.test("commandBytes() refuses empty and endless arguments", () => {
  assertThrows(() => commandBytes({ verb: "DELE", argument: "" }, "utf-8"));
  assertEquals(
    textOf(commandBytes({ verb: "PASS", argument: "" }, "utf-8")),
    "PASS \r\n",
  );
  const longest = "x".repeat(MAX_COMMAND - 5);
  commandBytes({ verb: "RETR", argument: longest }, "utf-8");
  assertThrows(
    () => commandBytes({ verb: "RETR", argument: `${longest}x` }, "utf-8"),
    TypeError,
    "4096",
  );
});

Deno.test("pathArgument() keeps names from being options", () => {
  const names = ["-rf", " a", "a b", "/-x", "|touch x", "~", "a/-b"];
  assertEquals(names.map(pathArgument), [
    "./-rf",
    "./ a",
    "a b",
    "/-x",
    "|touch x",
    "~",
    "a/-b",
  ]);
});

Deno.test("shownCommand() hides what is secret", () => {
  assertEquals(shownCommand({ verb: "PASS", argument: "x" }), "PASS ****");
  assertEquals(shownCommand({ verb: "ACCT", argument: "x" }), "ACCT ****");
  assertEquals(shownCommand({ verb: "USER", argument: "x" }), "USER x");
});
