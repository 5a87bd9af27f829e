import { assertEquals, assertThrows } from "@std/assert";
import {
  createFilter,
  type FilterOptions,
} from "../../client/ftp/mirror/filter.ts";

/** Options, a path (with `/` behind a folder's), and why it is left out. */
const CASES: readonly [FilterOptions, string, string | null][] = [
  [{}, "a/b", null],
  [{}, "a/.b", null],
  [{ hidden: false }, "a/.b", "hidden"],
  [{ hidden: false }, ".git/", "hidden"],
  [{ hidden: false }, "a.b", null],
  [{ exclude: ["*.tmp"] }, "a/b/x.tmp", "excluded"],
  [{ exclude: ["*.tmp"] }, "x.tmp/", "excluded"],
  [{ exclude: ["*.tmp"] }, ".x.tmp", null],
  [{ exclude: ["*.tmp"] }, "x.tmp.gz", null],
  [{ exclude: ["build/"] }, "a/build/", "excluded"],
  [{ exclude: ["build/"] }, "a/build", null],
  [{ exclude: ["/build"] }, "build", "excluded"],
  [{ exclude: ["/build"] }, "a/build", null],
  [{ exclude: ["a/*"] }, "a/b", "excluded"],
  [{ exclude: ["a/*"] }, "a/b/c", null],
  [{ exclude: ["a/*"] }, "x/a/b", null],
  [{ exclude: ["a/**"] }, "a/b/c", "excluded"],
  [{ exclude: ["**/b"] }, "b", "excluded"],
  [{ exclude: ["**/b"] }, "a/.h/b", "excluded"],
  [{ exclude: ["a/**/z"] }, "a/z", "excluded"],
  [{ exclude: ["a/**/z"] }, "a/b/c/z", "excluded"],
  [{ exclude: ["a/**/z"] }, "a/b/c/zz", null],
  [{ exclude: ["**/a/**/b"] }, "a/x/a/y/b", "excluded"],
  [{ exclude: ["[ab]?"] }, "x/b1", "excluded"],
  [{ include: ["*.txt"] }, "a/b.txt", null],
  [{ include: ["*.txt"] }, "a/b.gif", "not included"],
  [{ include: ["*.txt"] }, "a/", null],
  [{ include: ["docs/"] }, "docs/a/b", null],
  [{ include: ["docs/"] }, "x/docs/b", null],
  [{ include: ["docs/"] }, "docs", "not included"],
  [{ include: ["/docs/"] }, "x/docs/b", "not included"],
  [{ include: ["docs/*"] }, "docs/a/b", null],
  [{ include: ["*.txt"], exclude: ["a*"] }, "ab.txt", "excluded"],
  [{ include: ["*.txt"], exclude: ["a*"] }, "b.txt", null],
];

Deno.test("createFilter() leaves out what its patterns say", () => {
  for (const [options, path, expected] of CASES) {
    const isFolder = path.endsWith("/");
    const filter = createFilter(options);
    const said = filter(path.replace(/\/$/, ""), isFolder);
    assertEquals(said, expected, `${JSON.stringify(options)}: ${path}`);
  }
});

Deno.test("createFilter() takes no pattern without a name", () => {
  for (const pattern of ["", "/", "//"]) {
    assertThrows(() => createFilter({ exclude: [pattern] }), TypeError);
  }
});

Deno.test("createFilter() is quick with patterns made to be slow", () => {
  const pattern = `${"**/a/".repeat(30)}b`;
  const filter = createFilter({ exclude: [pattern] });
  assertEquals(filter("a/".repeat(2000) + "c", false), null);
});
