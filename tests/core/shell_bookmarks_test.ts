import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import {
  checkedName,
  formatBookmarks,
  parseBookmarks,
} from "../../client/ftp/shell/bookmarks.ts";
import { UsageError } from "../../lib/cli.ts";
import { randomOf } from "./random.ts";

const FILES: readonly [text: string, urls: Record<string, string>][] = [
  ["", {}],
  ["\n  \n# nas ftp://nas\n", {}],
  ["nas ftp://nas", { nas: "ftp://nas" }],
  ["\ufeff nas\t ftp://nas/ \r\n", { nas: "ftp://nas/" }],
  ["b ftp://b\na ftp://a\n", { b: "ftp://b", a: "ftp://a" }],
  ["a ftp://a\na ftp://b", { a: "ftp://b" }],
  ["a ftp://a/x y #1?", { a: "ftp://a/x y #1?" }],
  ["ftp.example.org ftps://a:21", { "ftp.example.org": "ftps://a:21" }],
  ["__proto__ ftp://a", { ["__proto__"]: "ftp://a" }],
  ["Übung-1 ftp://ada@[::1]:5/%2F", { "Übung-1": "ftp://ada@[::1]:5/%2F" }],
];

for (const [text, urls] of FILES) {
  Deno.test(`parseBookmarks() reads ${JSON.stringify(text)}`, () => {
    const found = parseBookmarks(text);
    assertEquals([...found.urls], Object.entries(urls));
    assertEquals(found.problems, []);
  });
}

const BAD: readonly [line: string, why: string][] = [
  ["nas", "expected ftp://HOST/PATH"],
  ["nas nas", "expected ftp://HOST/PATH"],
  ["nas http://nas", "expected ftp://HOST/PATH"],
  ["nas ftp://ada:S3CRET@/", "host is missing"],
  ["nas ftp://nas/%0a", "control character"],
  ["nas ftp://nas/a\x1bb", "control character"],
  ["ftp://ada:S3CRET@nas", "name of a bookmark"],
  ["a/b ftp://nas", "name of a bookmark"],
  ["-a ftp://nas", "name of a bookmark"],
  [".a ftp://nas", "name of a bookmark"],
  ["a\x1bb ftp://nas", "name of a bookmark"],
  [`${"a".repeat(65)} ftp://nas`, "name of a bookmark"],
];

for (const [line, why] of BAD) {
  Deno.test(`parseBookmarks() leaves out ${JSON.stringify(line)}`, () => {
    const { urls, problems } = parseBookmarks(`\n${line}\nok ftp://ok`);
    assertEquals([...urls.keys()], ["ok"]);
    assertEquals(problems.length, 1);
    const [problem = ""] = problems;
    assert(problem.startsWith("line 2: ") && problem.includes(why), problem);
    assertFalse(/S3CRET|\p{Cc}/u.test(problem), problem);
  });
}

Deno.test("parseBookmarks() keeps no password, and says so", () => {
  const text = "nas ftp://ada:S3CRET@nas:5/a b";
  assertEquals(parseBookmarks(text), {
    urls: new Map([["nas", "ftp://ada@nas:5/a%20b"]]),
    problems: ["line 1: a password is not kept here"],
  });
});

Deno.test("formatBookmarks() keeps comments, order and unknown lines", () => {
  const before = [
    "\ufeff# Mine",
    "b   ftp://old",
    "",
    "gone ftp://gone",
    "what is ftp://ada:S3CRET@this",
    "a ftp://a",
    "a ftp://twice",
    "",
    "",
  ].join("\r\n");
  const urls = new Map([
    ["a", "ftp://a"],
    ["b", "ftp://ada:S3CRET@b/c d"],
    ["z", "ftp://z/ "],
  ]);
  assertEquals(
    formatBookmarks(urls, before),
    "# Mine\nb ftp://ada@b/c%20d\n\n# what is ftp://ada:****@this\na ftp://a\n" +
      "z ftp://z/%20\n",
  );
  assertEquals(formatBookmarks(new Map()), "");
  assertEquals(formatBookmarks(new Map(), "# a\n"), "# a\n");
});

Deno.test("formatBookmarks() refuses what it could not read again", () => {
  const rows: readonly [name: string, url: string][] = [
    ["a b", "ftp://a"],
    ["#a", "ftp://a"],
    ["", "ftp://a"],
    ["a", "a"],
    ["a", "ftp://a\nb ftp://b"],
    ["a", "ftp://a/%0d"],
  ];
  for (const row of rows) {
    assertThrows(() => formatBookmarks(new Map([row])), UsageError);
  }
  assertThrows(() => checkedName("a\nb"), UsageError);
  assertEquals(checkedName("a"), "a");
});

const PIECES = [
  ..." \t\r\n#:/@%.-_aä\x1b\ud800\u2028",
  "ftp://",
  "nas",
  "S3CRET",
];

for (let seed = 1; seed <= 4; seed++) {
  Deno.test(`formatBookmarks() keeps what parseBookmarks() reads (seed ${seed})`, () => {
    const random = randomOf(seed);
    for (let round = 0; round < 2000; round++) {
      const [start] = random.pick([...FILES, ...BAD]);
      const at = random.below(start.length + 1);
      let text = start.slice(0, at);
      for (let more = random.below(8); more > 0; more--) {
        text += random.pick(PIECES);
      }
      text += start.slice(at);
      const { urls } = parseBookmarks(text);
      for (const before of ["", text]) {
        const again = formatBookmarks(urls, before);
        const found = parseBookmarks(again);
        const sorted = (map: Map<string, string>) => [...map].sort();
        assertEquals(sorted(found.urls), sorted(urls), JSON.stringify(text));
        assertEquals(found.problems, []);
      }
    }
  });
}
