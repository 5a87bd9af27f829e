import { assert, assertEquals } from "@std/assert";
import {
  nameKey,
  nameProblem,
  type NameRules,
  sendingProblem,
} from "../../client/ftp/mirror/local_name.ts";

const ALL: readonly NameRules[] = ["posix", "darwin", "windows"];

Deno.test("nameProblem() refuses what could leave the folder, everywhere", () => {
  const names = [
    "..",
    ".",
    "../x",
    "/etc/x",
    "a/../../x",
    "a/b",
    "..\\x",
    "\\",
  ];
  for (const rules of ALL) {
    for (const name of names) {
      const why = `${name}, ${rules}`;
      assertEquals(
        nameProblem(name, rules),
        "name could leave the folder",
        why,
      );
    }
    for (const name of ["\0", "a\nb", "a\x1b[2J", "\x7f"]) {
      assertEquals(nameProblem(name, rules), "name with a control character");
    }
    assertEquals(nameProblem("", rules), "no name");
  }
});

Deno.test("nameProblem() has nothing against ordinary names", () => {
  const names = [
    "-rf",
    "$(x)",
    "`x`",
    "~",
    "a b",
    " a",
    ".x",
    "...",
    "ä",
    "x;y",
  ];
  for (const rules of ALL) {
    for (
      const name of names.filter((name) =>
        name !== "..." || rules !== "windows"
      )
    ) {
      assertEquals(nameProblem(name, rules), null, `${name}, ${rules}`);
    }
  }
  for (const name of ["|touch y", ">x", "C:x", "NUL", "a.", "a "]) {
    assertEquals(nameProblem(name, "posix"), null, name);
    assertEquals(nameProblem(name, "darwin"), null, name);
  }
});

Deno.test("nameProblem() refuses what Windows takes for something else", () => {
  const device = "name of a device";
  const cases: [string, string][] = [
    ["C:x", "name could leave the folder"],
    ["c:", "name could leave the folder"],
    ["NUL", device],
    ["con.txt", device],
    ["COM1", device],
    ["lpt9.tar.gz", device],
    ["COM\u00b9", device],
    ["AUX .x", device],
    ["CONIN$", device],
    ["a.", "name ends with a dot or space"],
    ["a ", "name ends with a dot or space"],
    ["...", "name ends with a dot or space"],
    ["file:stream", "no name for this system"],
    ["|touch y", "no name for this system"],
    ["a*", "no name for this system"],
  ];
  for (const [name, reason] of cases) {
    assertEquals(nameProblem(name, "windows"), reason, name);
  }
  for (const name of ["console", "COM", "com10", "nul1", "lpt", "xCON"]) {
    assertEquals(nameProblem(name, "windows"), null, name);
  }
});

Deno.test("sendingProblem() refuses what no command can say", () => {
  assertEquals(sendingProblem("a\r\nDELE b"), "name with a control character");
  assertEquals(sendingProblem("\ud800"), "name cannot be written in Unicode");
  assertEquals(sendingProblem("a\\b ~ -x"), null);
});

Deno.test("nameKey() is equal for what the system does not tell apart", () => {
  const same = (a: string, b: string, rules: NameRules) =>
    nameKey(a, rules) === nameKey(b, rules);
  assert(same("README", "readme", "windows"));
  assert(same("README", "readme", "darwin"));
  assert(!same("README", "readme", "posix"));
  assert(same("\u00e9", "e\u0301", "darwin"));
  assert(!same("\u00e9", "e\u0301", "windows"));
  assert(!same("\u00e9", "e\u0301", "posix"));
});
