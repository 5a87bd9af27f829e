import { assert, assertEquals } from "@std/assert";
import {
  baseName,
  joinPath,
  parentPath,
  quotePath,
  resolvePath,
} from "../../lib/ftp/path.ts";

const PATHS: readonly [directory: string, argument: string, path: string][] = [
  ["/", "", "/"],
  ["/a", "", "/a"],
  ["/", "a", "/a"],
  ["/a", "b", "/a/b"],
  ["/a", "/b", "/b"],
  ["/a", "b/", "/a/b"],
  ["/a", "b///", "/a/b"],
  ["/a", "//b", "/b"],
  ["/a", "b//c", "/a/b/c"],
  ["/a", ".", "/a"],
  ["/a", "./b/.", "/a/b"],
  ["/a/b", "..", "/a"],
  ["/a/b", "../", "/a"],
  ["/a/b", "../..", "/"],
  ["/a/b", "../../..", "/"],
  ["/", "..", "/"],
  ["/", "../../../etc/passwd", "/etc/passwd"],
  ["/a", "/..//../etc/", "/etc"],
  ["/a", "b/../c", "/a/c"],
  ["/a", "b/../../../c", "/c"],
  ["/a", "...", "/a/..."],
  ["/a", "..b", "/a/..b"],
  ["/a", "b..", "/a/b.."],
  ["/a", ".b", "/a/.b"],
  ["/a", " ", "/a/ "],
  ["/a", " b ", "/a/ b "],
  ["/a", " / ", "/a/ / "],
  ["/a", ". .", "/a/. ."],
  ["/a", "..\\..\\b", "/a/..\\..\\b"],
  ["/a", "C:\\b", "/a/C:\\b"],
  ["/a", "~", "/a/~"],
  ["/a", "~root/b", "/a/~root/b"],
  ["/a", "%2e%2e/b", "/a/%2e%2e/b"],
  ["/a", "..;/b", "/a/..;/b"],
  ["/a", "．．/b", "/a/．．/b"],
  ["/a", "ä/😀", "/a/ä/😀"],
  ["/a", 'say "hi"', '/a/say "hi"'],
  ["/a", "*?[", "/a/*?["],
];

for (const [directory, argument, path] of PATHS) {
  Deno.test(`resolvePath() reads ${JSON.stringify(argument)} in ${directory}`, () => {
    assertEquals(resolvePath(directory, argument), path);
  });
}

Deno.test("resolvePath() always gives a normal path, and gives it back", () => {
  const parts = ["..", ".", "", "a", "b c", "...", "..a", "\\"];
  for (const one of parts) {
    for (const two of parts) {
      for (const three of parts) {
        for (const directory of ["/", "/x", "/x/y"]) {
          const argument = [one, two, three].join("/");
          const path = resolvePath(directory, argument);
          assert(/^\/([^/]+(\/[^/]+)*)?$/.test(path), `${argument}: ${path}`);
          assert(!/(^|\/)\.{1,2}(\/|$)/.test(path), `${argument}: ${path}`);
          assertEquals(resolvePath("/z", path), path);
        }
      }
    }
  }
});

Deno.test("resolvePath() takes a line of nothing but dots and slashes", () => {
  assertEquals(resolvePath("/a/b", "../".repeat(1365)), "/");
  assertEquals(resolvePath("/a/b", "/".repeat(4096)), "/");
  assertEquals(resolvePath("/", "a/".repeat(2048)).length, 4096);
});

Deno.test("parentPath(), baseName() and joinPath() take a path apart and together", () => {
  const cases: [path: string, parent: string, name: string][] = [
    ["/a", "/", "a"],
    ["/a/b", "/a", "b"],
    ["/a b/ c ", "/a b", " c "],
    ["/ä/😀", "/ä", "😀"],
  ];
  for (const [path, parent, name] of cases) {
    assertEquals(parentPath(path), parent);
    assertEquals(baseName(path), name);
    assertEquals(joinPath(parent, name), path);
  }
  assertEquals(parentPath("/"), "/");
  assertEquals(baseName("/"), "");
});

Deno.test("quotePath() doubles quotes and nothing else", () => {
  assertEquals(quotePath("/"), '"/"');
  assertEquals(quotePath("/a b"), '"/a b"');
  assertEquals(quotePath('/"'), '"/"""');
  assertEquals(quotePath('/""a"'), '"/""""a"""');
  assertEquals(quotePath("/a\\'"), '"/a\\\'"');
});
