import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import {
  assertSameFile,
  assertSameTree,
  makeFile,
  makeSparse,
  makeTree,
  namesBut,
  OLD,
} from "./files.ts";
import { interopTest, MODES, placeOf, type Scene } from "./interop.ts";
import { type Ended, run, runWell } from "./program.ts";

const PASSIVE = ["-F"];
const ACTIVE = ["-E"];

/** NcFTP knows no IPv6. */
const IPV4_MODES = MODES.filter(({ ipv6 }) => !ipv6);

/**
 * It takes backslashes and glob characters in names for something else, leaves
 * out a file of dots, and has no room for 255 bytes in a folder in a folder.
 */
const NAMES = namesBut(/[\\*]|^\.+$|.{100}/);

/** Runs one of NcFTP's programs; `HOST` in `args` becomes the server. */
function start(
  { ftpd, local, home }: Scene,
  program: string,
  args: readonly string[],
): Promise<Ended> {
  const { host, port } = placeOf(ftpd);
  const words = [program, "-P", `${port}`, "-d", "stdout", ...args];
  return run(words.map((word) => word === "HOST" ? host : word), {
    cwd: local,
    home,
  });
}

async function ncftp(
  scene: Scene,
  program: string,
  ...args: string[]
): Promise<string> {
  const { code, stdout, report } = await start(scene, program, args);
  assertEquals(code, 0, report);
  return stdout;
}

for (const mode of IPV4_MODES) {
  const flags = mode.active ? ACTIVE : PASSIVE;
  interopTest(
    "ncftpput",
    `ncftpput and ncftpget mirror a tree: ${mode.name}`,
    async (scene) => {
      const { served, local } = scene;
      await makeTree(join(local, "tree"), NAMES);
      await ncftp(scene, "ncftpput", ...flags, "-R", "HOST", "/", "tree");
      const times = { times: true };
      await assertSameTree(join(served, "tree"), join(local, "tree"), times);
      await Deno.mkdir(join(local, "back"));
      await ncftp(scene, "ncftpget", ...flags, "-R", "HOST", "back", "tree");
      const back = join(local, "back", "tree");
      await assertSameTree(back, join(local, "tree"), times);
    },
  );
}

interopTest(
  "ncftpput",
  "ncftpput makes folders, appends and uses a new name",
  async (scene) => {
    const { served, local } = scene;
    await Deno.writeTextFile(join(local, "in"), "text");
    await ncftp(scene, "ncftpput", "-m", "HOST", "/one/two", "in");
    await ncftp(scene, "ncftpput", "-A", "HOST", "/one/two", "in");
    const path = join(served, "one/two/in");
    assertEquals(await Deno.readTextFile(path), "texttext");
    await ncftp(scene, "ncftpput", "-T", "tmp.", "HOST", "/", "in");
    assertEquals(await Deno.readTextFile(join(served, "in")), "text");
    await ncftp(scene, "ncftpput", "-DD", "HOST", "/", "in");
    await Deno.lstat(path);
    assertEquals(await Array.fromAsync(Deno.readDir(local)), []);
  },
);

// `ncftpput -z` asks for the right position and then sends the whole file,
// whatever the server: it is not tested.
interopTest("ncftpget", "ncftpget continues a download", async (scene) => {
  const { served, local } = scene;
  await makeFile(join(served, "file"), 100_000);
  await Deno.utime(join(served, "file"), OLD, OLD);
  const start = (await Deno.readFile(join(served, "file"))).subarray(0, 33_333);
  await Deno.writeFile(join(local, "file"), start);
  const talk = await ncftp(scene, "ncftpget", "-z", "HOST", ".", "file");
  assertStringIncludes(talk, "Cmd: REST 33333");
  await assertSameFile(join(local, "file"), join(served, "file"));
});

interopTest(
  "ncftpget",
  "ncftpget fetches what a pattern matches, and deletes it",
  async (scene) => {
    for (const name of ["a.txt", "b.txt", "c.bin"]) {
      await makeFile(join(scene.served, name));
    }
    await ncftp(scene, "ncftpget", "-DD", "HOST", ".", "*.txt");
    const left = await Array.fromAsync(Deno.readDir(scene.served));
    assertEquals(left.map(({ name }) => name), ["c.bin"]);
    await Deno.stat(join(scene.local, "a.txt"));
    await Deno.stat(join(scene.local, "b.txt"));
  },
);

interopTest(
  "ncftpls",
  "ncftpls lists names, lines and facts",
  async (scene) => {
    const { host, port } = placeOf(scene.ftpd);
    await makeFile(join(scene.served, "a b"), 1234);
    await Deno.mkdir(join(scene.served, "folder"));
    const list = (...flags: string[]) =>
      runWell(["ncftpls", ...flags, `ftp://${host}:${port}/`], {
        cwd: scene.local,
        home: scene.home,
      });
    assertMatch(await list("-1"), /^a b\r?\nfolder\/?\r?\n$/);
    assertMatch(await list("-l"), /^-rw-r--r-- .* 1234 .* a b\r?$/m);
    assertMatch(await list("-m"), /^type=file;.*size=1234;.* a b\r?$/m);
  },
);

interopTest(
  "ncftp",
  "ncftp renames, deletes, makes and removes folders",
  async (scene) => {
    const { ftpd, served, local, home } = scene;
    const { host, port } = placeOf(ftpd);
    await makeFile(join(served, "old name"));
    const talk = async (...lines: string[]) => {
      const stdin = `open -P ${port} ${host}\n${lines.join("\n")}\nquit\n`;
      const { report } = await run(["ncftp"], { cwd: local, home, stdin });
      return report;
    };
    const report = await talk(
      `mkdir "a folder"`,
      `rename "old name" "a folder/new name"`,
      `chmod 600 "a folder/new name"`,
      `ls -l "a folder"`,
      `cd "a folder"`,
      "pwd",
    );
    assertStringIncludes(report, "/a folder/", report);
    const { mode } = await Deno.stat(join(served, "a folder/new name"));
    assertEquals((mode ?? 0) & 0o777, 0o600, report);
    const end = await talk(`rm "a folder/new name"`, `rmdir "a folder"`);
    assertEquals(await Array.fromAsync(Deno.readDir(served)), [], end);
  },
);

interopTest(
  "ncftpput",
  "ncftpput and ncftpget convert line ends",
  async (scene) => {
    await Deno.writeTextFile(join(scene.local, "text"), "one\ntwo\n");
    await ncftp(scene, "ncftpput", "-a", "HOST", "/", "text");
    const stored = await Deno.readTextFile(join(scene.served, "text"));
    assertEquals(stored, "one\ntwo\n");
    await Deno.remove(join(scene.local, "text"));
    await ncftp(scene, "ncftpget", "-a", "HOST", ".", "text");
    const back = await Deno.readTextFile(join(scene.local, "text"));
    assertEquals(back, "one\ntwo\n");
  },
);

interopTest(
  "ncftpput",
  "ncftp moves 300 MB and continues at 5 GiB",
  async (scene) => {
    const { served, local } = scene;
    const size = 5 * 2 ** 30;
    await makeSparse(join(local, "big"), 300_000_000, "the end");
    await ncftp(scene, "ncftpput", "HOST", "/", "big");
    await runWell(["cmp", "big", join(served, "big")], { cwd: local });
    await makeSparse(join(served, "huge"), size, "the very end");
    await makeSparse(join(local, "huge"), size - 12, "x");
    await Deno.utime(join(served, "huge"), OLD, OLD);
    await ncftp(scene, "ncftpget", "-z", "HOST", ".", "huge");
    const end = await runWell(["tail", "-c", "13", "huge"], { cwd: local });
    assertEquals(end, "xthe very end");
  },
);

interopTest(
  "ncftpput",
  "ncftpput is told what a user must not do",
  async (scene) => {
    await makeFile(join(scene.local, "in"));
    const put = (password: string) =>
      start(scene, "ncftpput", [
        ...["-u", "bob", "-p", password, "-r", "0"],
        ...["HOST", "/", "in"],
      ]);
    const wrong = await put("wrong");
    assertStringIncludes(wrong.report, "530: Authentication failed.");
    assertEquals(wrong.code === 0, false, wrong.report);
    const refused = await put("secret");
    assertMatch(refused.report, /Cmd: STOR in\n550: /);
    assertEquals(refused.code === 0, false, refused.report);
    assertEquals(await Array.fromAsync(Deno.readDir(scene.served)), []);
  },
  { ftpd: ["--user", "bob:secret:ro", "--login-delay", "0.01"] },
);
