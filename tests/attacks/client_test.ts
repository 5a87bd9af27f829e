/**
 * Classes C03, C10 and C11 of docs/security.md, as far as no other test has
 * them: what a hostile server does to `ftp`.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { eachOf, HASTY, treeOf, withHostile } from "../interop/hostile.ts";
import type { Script } from "../interop/hostile_server.ts";

/** Names that objects of JavaScript have by themselves. */
const MEMBERS = [
  ...["__proto__", "constructor", "prototype", "toString", "valueOf"],
  ...["hasOwnProperty", "then", "length", "__defineGetter__"],
];

Deno.test("Attack C11 parsers: names that objects have by themselves are names, facts and features like any other", () => {
  const facts = MEMBERS.map((name) => `${name}=x;`).join("");
  const listing = MEMBERS.map((name) => `type=file;size=5;${facts} ${name}\r\n`)
    .join("");
  return withHostile({
    FEAT: `211-\r\n ${
      MEMBERS.join("\r\n ")
    }\r\n MLST type*;${facts}\r\n211 End`,
    MLSD: (peer) => peer.serve(listing),
    RETR: (peer) => peer.serve("HELLO"),
  }, async ({ run, url, local }) => {
    const ls = await run(["ls", "--json", url, ...HASTY]);
    assertEquals(ls.code, 0, ls.report);
    const names = ls.out.trimEnd().split("\n").map((line) =>
      JSON.parse(line).name
    );
    assertEquals(names.sort(), [...MEMBERS].sort());
    const mirror = await run(["mirror", url, "here", ...HASTY]);
    assertEquals(mirror.code, 0, mirror.report);
    const here = MEMBERS.map((name) => `here/${name} = HELLO`);
    assertEquals(await treeOf(local), ["here/", ...here].sort());
  });
});

/** Lines on which a parser that tries every way would not end. */
const SLOW_LINES = [
  "*".repeat(8000) + "x",
  "-rw-r--r-- 1 a b 5 " + "1 ".repeat(4000),
  "-rw-r--r--" + " ".repeat(8000) + "x",
  "d".repeat(8000),
  "1".repeat(8000) + "M",
  `${"1,".repeat(4000)}x`,
  `${"01-01-20  ".repeat(800)}x`,
  `VOL ${"*".repeat(7900)} x`,
  `+${"r,".repeat(3900)}\t`,
  `a=b;${"a=b;".repeat(1900)}`,
  `${"[".repeat(4000)}${"]".repeat(4000)}`,
  `NAME.TXT;1 ${"(".repeat(7000)}`,
];

Deno.test("Attack C10 regular expressions: listings that are made to be slow are read at once", () => {
  const listing = SLOW_LINES.map((line) => `${line.slice(0, 8100)}\r\n`)
    .join("").repeat(20);
  return withHostile({
    FEAT: "500 No.",
    LIST: (peer) => peer.serve(listing),
  }, async ({ run, url }) => {
    const ended = await run(["ls", url, "--timeout", "5", "--retries", "0"]);
    // 240 such lines took 5 s when a pattern was quadratic, on an idle machine.
    assert(ended.ms < 15_000, ended.report.slice(-200));
    assert([0, 1].includes(ended.code), ended.report.slice(-200));
  });
});

/** Sizes that are none, and what SIZE, the 150 and a listing say of them. */
const SIZES = ["9223372036854775808", "-1", "18446744073709551616", "1e9", "٣"];

Deno.test("Attack C10 numbers: a size that is none is no size, wherever it is said", () =>
  eachOf(SIZES, (size) => {
    const script: Script = {
      SIZE: `213 ${size}`,
      MLST: "500 No.",
      MLSD: (peer) => peer.serve(`type=file;size=${size}; f\r\n`),
      RETR: async (peer) => {
        const data = await peer.open();
        await peer.say(`150 Opening data connection (${size} bytes)`);
        await peer.pour(data, "HELLO");
        data.close();
        await peer.say("226 Done.");
      },
    };
    return withHostile(script, async ({ run, url, local }) => {
      const get = await run(["get", `${url}/f`, ...HASTY]);
      const isWhole = get.code === 0;
      const left = await treeOf(local);
      if (isWhole) assertEquals(left, ["f = HELLO"], get.report);
      else assertMatch(get.err, /incomplete|bytes/, get.report);
      const ls = await run(["ls", "--json", url, ...HASTY]);
      assertEquals(ls.code, 0, ls.report);
      const { size: told } = JSON.parse(ls.out);
      assert(told === null || told === undefined || told >= 0, ls.report);
    });
  }));

Deno.test("Attack C03 link write-through: a link and a folder of one name, in either order, write nothing outside", () => {
  const lines = [
    "type=OS.unix=slink:/..;perm=r; evil\r\n",
    "type=dir; evil\r\n",
  ];
  return eachOf([lines, lines.toReversed()], (both) =>
    withHostile({
      MLSD: (peer, path) =>
        peer.serve(
          path.includes("evil") || peer.folder.includes("evil")
            ? "type=file;size=5; secret\r\n"
            : both.join(""),
        ),
      RETR: (peer) => peer.serve("HELLO"),
    }, async ({ run, url, folder }) => {
      for (const links of ["skip", "follow", "follow"]) {
        await run(["mirror", "--links", links, url, "here", ...HASTY]);
      }
      assertEquals(
        Deno.readTextFileSync(`${folder}/secret`),
        "untouched",
      );
    }));
});
