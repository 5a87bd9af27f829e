import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { nameProblem } from "../../server/services/drop/name.ts";
import { DropRefusal } from "../../server/services/drop/refusal.ts";
import { parseRequest } from "../../server/services/drop/request.ts";

Deno.test("parseRequest() takes a line that begins with no command as a name", () => {
  for (const name of ["a.txt", "a b.txt", "dir.txt", "getter x", "Grüße 😀"]) {
    assertEquals(parseRequest(name), { verb: "save", name, end: "stream" });
  }
});

Deno.test("parseRequest() knows every command, in any case of letters", () => {
  const cases = {
    "dir": { verb: "dir", exact: false },
    "DIR": { verb: "dir", exact: false },
    "dir ": { verb: "dir", exact: false },
    "list": { verb: "dir", exact: true },
    "get a b": { verb: "get", name: "a b", exact: false },
    "Fetch dir": { verb: "get", name: "dir", exact: true },
    "put quit": { verb: "save", name: "quit", end: "stream" },
    "put put a": { verb: "save", name: "put a", end: "stream" },
    "send 0 a": { verb: "save", name: "a", end: 0 },
    "send 12 34 a": { verb: "save", name: "34 a", end: 12 },
    "send - -": { verb: "save", name: "-", end: "chunks" },
    "help": { verb: "help" },
    "QUIT": { verb: "quit" },
  };
  for (const [line, request] of Object.entries(cases)) {
    assertEquals(parseRequest(line), request, line);
  }
});

Deno.test("parseRequest() refuses what it does not understand, and says what to do", () => {
  const cases = {
    "": /empty.*try help/,
    "get": /^get needs a name; a file called "get" is saved by "put get"$/,
    "put ": /put needs a name/,
    "quit smoking.txt": /a file called "quit smoking.txt" is saved by "put"/,
    "send": /send needs a size and a name/,
    "send a.txt": /send needs a size/,
    "send 5": /send needs a size/,
    "send -5 a": /send needs a size/,
    "send 0x5 a": /send needs a size/,
    [`send ${"9".repeat(16)} a`]: /send needs a size/,
    "send 5 ": /send needs a name/,
    "GET / HTTP/1.1": /"\/ HTTP\/1.1": a name has no \//,
  };
  for (const [line, message] of Object.entries(cases)) {
    assertMatch(
      assertThrows(() => parseRequest(line), DropRefusal).message,
      message,
    );
  }
});

Deno.test("nameProblem() takes names that are one file on every system", () => {
  for (
    const name of [
      ...[
        "a",
        "a b",
        "-rf",
        "100%",
        "x".repeat(255),
        "é".repeat(127),
        "👨\u200d👩",
      ],
      ...["a..b", "console", "com", "com10", "lpt.x", "nulls", "$HOME `x`"],
      ...["dir", "Grüße – 漢字 – 😀", "a:b", "*", "error", "Error: x"],
    ]
  ) {
    assertEquals(nameProblem(name), null, name);
  }
});

Deno.test("nameProblem() refuses names that lead elsewhere or show something else", () => {
  const cases: Record<string, string[]> = {
    "missing": [""],
    "no / and no \\": ["/etc/passwd", "../x", "a/b", "..\\x", "C:\\x", "/"],
    "control or invisible": [
      ...["a\0", "a\x1b[2J", "a\tb", "a\rb", "\x7f", "a\u202egpj.exe"],
      ...["a\u2028b", "a\u0085b", "\ufeffa", "a\u200bb"],
    ],
    "begin with a dot": [".", "..", "...", ".ssh", ".wharf-x.part"],
    "space at its ends": [" a", "a ", " ", "a\u00a0"],
    "end with a dot": ["a.", "a.."],
    'begin with "error:"': ["error:", "error: a"],
    "device": ["con", "NUL.txt", "com1", "LPT9.tar.gz", "aux .c", "COM¹"],
    "at most 255 bytes, not 256": ["x".repeat(256), "é".repeat(128)],
  };
  for (const [part, names] of Object.entries(cases)) {
    for (const name of names) {
      assertEquals(nameProblem(name)?.includes(part), true, name);
    }
  }
});
