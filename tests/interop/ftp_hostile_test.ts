/**
 * Names that mean harm, from servers that mean harm: nothing outside the
 * folder is touched, nothing is run, and what is left out is told.
 *
 * @module
 */

import {
  assert,
  assertEquals,
  assertFalse,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { join } from "node:path";
import {
  eachOf,
  type Ended,
  HASTY,
  type Scene,
  treeOf,
  withHostile,
} from "./hostile.ts";
import type { Answer, Peer, Script } from "./hostile_server.ts";

/** Names that no file here may have, as they are shown. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  ["../x", "../x"],
  ["/etc/x", "/etc/x"],
  ["a/../../x", "a/../../x"],
  ["esc\x1b[2Jx", "esc\\x1b[2Jx"],
  ["cr\rx", "cr\\rx"],
  ["nul\0x", "nul\\x00x"],
]);
/** Refused where a file is written, as a backslash is a slash somewhere. */
const UNWRITABLE = ["..\\x", "n".repeat(300), "n".repeat(5000)];
/** Names that look dangerous, and are names. */
const PLAIN = [
  ...["C:x", "CON", "NUL", "|touch pwned", "-rf", "-", ">x", "~", "a"],
  ...["$(touch pwned)", "`touch pwned`", "file:x", "; touch pwned", "%00"],
  ...["rtl\u202etxt", "-o", "*", "[a]", "!touch pwned", "a&", "A"],
];
const NAMES = [...REFUSED.keys(), ...UNWRITABLE, ...PLAIN];

/** How names are listed. */
interface Dialect {
  readonly name: string;
  readonly script: (files: string, folders: string) => Script;
  readonly file: (name: string) => string;
  /** Without one. */
  readonly nameless: string;
  readonly folder: (name: string) => string;
  /** Links to `/etc`, where there are such. */
  readonly link: ((name: string) => string) | null;
}

const MLSD: Dialect = {
  name: "MLSD",
  file: (name) => `type=file;size=5;modify=20200101000000; ${name}`,
  nameless: "type=file;size=5; ",
  folder: (name) => `type=dir; ${name}`,
  link: (name) => `type=OS.unix=slink:/etc; ${name}`,
  script: (top, below) => ({ MLSD: listing(top, below) }),
};

const UNIX: Dialect = {
  name: "LIST of Unix",
  file: (name) => `-rw-r--r-- 1 u g 5 Jan  1  2020 ${name}`,
  nameless: "-rw-r--r-- 1 u g 5 Jan  1  2020 ",
  folder: (name) => `drwxr-xr-x 1 u g 0 Jan  1  2020 ${name}`,
  link: (name) => `lrwxrwxrwx 1 u g 4 Jan  1  2020 ${name} -> /etc`,
  script: (top, below) => ({ FEAT: "500 No.", LIST: listing(top, below) }),
};

const DOS: Dialect = {
  name: "LIST of DOS",
  file: (name) => `01-01-20  12:00AM                    5 ${name}`,
  nameless: "01-01-20  12:00AM                    5 ",
  folder: (name) => `01-01-20  12:00AM       <DIR>          ${name}`,
  link: null,
  script: (top, below) => ({ FEAT: "500 No.", LIST: listing(top, below) }),
};

/** Lists `top` in the first folder and in `/sub`, and `below` elsewhere. */
function listing(top: string, below: string): Answer {
  return (peer, argument) => {
    const path = argument.replace(/^-a ?/, "");
    const folder = path.startsWith("/") ? path : `${peer.folder}${path}`;
    return peer.serve(/^\/*(?:\.|sub)?$/.test(folder) ? top : below);
  };
}

const READING: Script = {
  RETR: (peer: Peer) => peer.serve("EVIL!"),
  SIZE: "213 5",
  STAT: "211-\r\ndrwxr-xr-x 1 u g 0 Jan  1  2020 .\r\n211 .",
};

/** Everything at once: files, and links and folders of one name. */
function hostileNames(dialect: Dialect): Script {
  const { file, folder, link, nameless } = dialect;
  const lines = [...NAMES.map(file), nameless, file("a"), file("a.part")];
  lines.push(folder("dup"));
  if (link !== null) {
    lines.push(link("dup"), link("other"), folder("other"));
  }
  const inner = file("inside");
  const text = lines.map((line) => `${line}\r\n`).join("");
  return { ...dialect.script(text, `${inner}\r\n`), ...READING };
}

/** What is new in the folder of the test. */
async function created(
  { folder }: Scene,
  action: () => Promise<Ended>,
): Promise<{ ended: Ended; added: string[] }> {
  const before = await treeOf(folder);
  const ended = await action();
  const after = await treeOf(folder);
  assertEquals(before.filter((line) => !after.includes(line)), [], "is gone");
  return { ended, added: after.filter((line) => !before.includes(line)) };
}

function assertTold({ err, report }: Ended): void {
  for (const shown of REFUSED.values()) {
    assertStringIncludes(err, shown, report);
  }
  assertMatch(err, /cannot read this line|unreadable listing line/, report);
}

for (const dialect of [MLSD, UNIX, DOS]) {
  Deno.test(`mirror keeps names of ${dialect.name} in its folder`, () =>
    withHostile(hostileNames(dialect), async (scene) => {
      const { run, url } = scene;
      const { ended, added } = await created(
        scene,
        () => run(["mirror", `${url}/`, "got", ...HASTY]),
      );
      assertTold(ended);
      assertStringIncludes(ended.err, "..\\x", ended.report);
      assertStringIncludes(ended.err, "too long", ended.report);
      const got = [...PLAIN].map((name) => `local/got/${name} = EVIL!`);
      const folders = ["local/got/dup/", "local/got/dup/inside = EVIL!"];
      assertEquals(added, ["local/got/", ...got, ...folders].sort());
      assertEquals(ended.code, 0, ended.report);
    }));

  Deno.test(`mirror --delete keeps to its folder with names of ${dialect.name}`, () =>
    withHostile(hostileNames(dialect), async (scene) => {
      const { run, url, local } = scene;
      await Deno.mkdir(join(local, "got", "old"), { recursive: true });
      await Deno.writeTextFile(join(local, "got", "-rf"), "mine");
      await Deno.symlink("../..", join(local, "got", "up"));
      const { code, report } = await run(
        ["mirror", "--delete", `${url}/`, "got", ...HASTY],
      );
      assertEquals(code, 0, report);
      const tree = await treeOf(scene.folder);
      assertEquals(tree.filter((line) => !line.startsWith("local/")), [
        "home/",
        "secret = untouched",
      ]);
      assert(tree.includes("local/got/-rf = EVIL!"), report);
    }));

  Deno.test(`mget fetches only what names of ${dialect.name} can be here`, () =>
    withHostile(hostileNames(dialect), async (scene) => {
      const { run, url } = scene;
      const { ended, added } = await created(
        scene,
        () => run(["mget", `${url}/*`, ...HASTY, "--quiet"]),
      );
      const { code, report } = ended;
      assertEquals(code, 9, report); // Some cannot be written here.
      assertMatch(ended.err, /left out/, report);
      assertMatch(ended.err, /too long/, report);
      const names = added.map((line) =>
        /^local\/(.*) = EVIL!$/.exec(line)?.[1]
      );
      for (const name of PLAIN) {
        assert(names.includes(name), `${name} ${report}`);
      }
      assertFalse(names.includes(undefined), added.join("\n"));
    }));

  Deno.test(`ls, find and du show names of ${dialect.name} as they are`, () =>
    withHostile(hostileNames(dialect), async (scene) => {
      const { run, url } = scene;
      const verbs = [["ls"], ["ls", "--json"], ["find"], ["find", "--json"]];
      await eachOf([...verbs, ["du"], ["du", "--json"]], async (words) => {
        const { ended, added } = await created(
          scene,
          () => run([...words, `${url}/`, ...HASTY]),
        );
        const { code, out, report } = ended;
        assertEquals(code, 0, report);
        assertEquals(added, []);
        if (words[0] === "du") return;
        if (!words.includes("--json")) {
          assertStringIncludes(out, "esc\\x1b[2Jx");
        } else for (const line of out.trimEnd().split("\n")) JSON.parse(line);
      });
    }));
}

Deno.test("rm -r removes nothing of a folder with a name that is none", () =>
  withHostile({
    ...hostileNames(MLSD),
    RMD: "550 It is not empty.",
    DELE: (peer, path) =>
      peer.say(path === "sub" ? "550 It is a folder." : "250 Gone."),
  }, async ({ run, url, server }) => {
    const { code, err, report } = await run([
      "rm",
      "-r",
      `${url}/sub`,
      ...HASTY,
    ]);
    assertEquals(code, 1, report);
    assertStringIncludes(err, "which is no name; nothing", report);
    assertEquals(server.received.match(/^DELE .*$/gm), ["DELE sub"]);
  }));

Deno.test("mirror writes through no link that lies in its folder", () => {
  const text = "type=dir; out\r\ntype=file;size=5; file\r\n";
  const inner = "type=file;size=5; secret\r\n";
  const script = { MLSD: listing(text, inner), ...READING };
  return withHostile(script, async (scene) => {
    const { run, url, local, folder } = scene;
    await Deno.mkdir(join(local, "got"));
    await Deno.symlink("../..", join(local, "got", "out"));
    await Deno.symlink("../../secret", join(local, "got", "file"));
    await Deno.symlink("../../secret", join(local, "got", "file.part"));
    for (const more of [[], ["--delete"], ["--continue"]]) {
      const { report } = await run([
        "mirror",
        `${url}/`,
        "got",
        ...more,
        ...HASTY,
      ]);
      const secret = await Deno.readTextFile(join(folder, "secret"));
      assertEquals(secret, "untouched", report);
    }
    const tree = await treeOf(folder);
    assertEquals(tree.filter((line) => !line.startsWith("local/")), [
      "home/",
      "secret = untouched",
    ]);
  });
});

Deno.test("get replaces a link instead of writing through it", () =>
  withHostile(READING, async ({ run, url, local, folder }) => {
    for (const name of ["f", "f.part"]) {
      await Deno.symlink("../secret", join(local, name));
      for (const more of [[], ["--continue"]]) {
        const { report } = await run(["get", `${url}/f`, ...more, ...HASTY]);
        const secret = await Deno.readTextFile(join(folder, "secret"));
        assertEquals(secret, "untouched", report);
      }
    }
    assertEquals(await Deno.readTextFile(join(local, "f")), "EVIL!");
  }));

Deno.test("mirror follows no link that was listed as a folder before", () => {
  // CVE-2014-4877: first a link, then a folder of the same name with files.
  const text = "type=OS.unix=slink:/etc; d\r\ntype=dir; d\r\n";
  const script = { MLSD: listing(text, "type=file;size=5; x\r\n"), ...READING };
  return withHostile(script, async (scene) => {
    const { ended, added } = await created(
      scene,
      () => scene.run(["mirror", `${scene.url}/`, "got", ...HASTY]),
    );
    assertEquals(added, ["local/got/"], ended.report);
    assertStringIncludes(ended.err, "listed twice", ended.report);
  });
});

Deno.test("mget does not mix up a file with the part of another", () => {
  const text = ["a", "a.part", "b.part", "b"]
    .map((name) => `type=file;size=${name.length}; ${name}\r\n`).join("");
  const script: Script = {
    MLSD: listing(text, ""),
    RETR: (peer, path) => peer.serve(path),
  };
  return withHostile(script, async ({ run, url, local }) => {
    for (let times = 0; times < 2; times++) {
      const { report } = await run(
        ["mget", `${url}/*`, "--parallel", "4", ...HASTY],
      );
      for (const name of ["a", "b"]) {
        assertEquals(await Deno.readTextFile(join(local, name)), name, report);
      }
    }
  });
});
