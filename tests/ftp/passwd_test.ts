import { assert, assertEquals, assertMatch } from "@std/assert";
import { within } from "../../lib/net/wait.ts";
import { fateOf, passwd, sceneOf } from "./accounts_scene.ts";
import { type Ftpd, tempFolders } from "./helpers.ts";

/** Tries until it works, because a reload takes its time. */
async function letIn(
  server: Ftpd,
  user: string,
  password: string,
): Promise<boolean> {
  const trying = new AbortController();
  async function attempt(): Promise<boolean> {
    while (!trying.signal.aborted) {
      const fate = await fateOf(server, user, password);
      if (fate.startsWith("230")) return true;
    }
    return false;
  }
  const attempts = attempt();
  const result = await within(attempts, 30_000, false);
  trying.abort();
  await attempts;
  return result;
}

Deno.test("ftpd passwd prints an entry that a running server takes", async () => {
  await using scene = await sceneOf("login-delay = 0\n", ["--anonymous", "ro"]);
  const { server, rewrite } = scene;
  const kinds = { scrypt: "$scrypt$", bcrypt: "$2b$", sha512: "$6$" };
  for (const [how, begins] of Object.entries(kinds)) {
    const args = how === "scrypt" ? ["carol"] : ["carol", "--hash", how];
    const run = await passwd(args, `word of ${how}\nnever read\n`);
    assertEquals([run.code, run.stderr], [0, ""]);
    assert(run.stdout.startsWith(`[account.carol]\nhash = "${begins}`));
    await rewrite(`login-delay = 0\n${run.stdout}root = "DIR/pub"\n`);
    server.kill("SIGHUP");
    assert(await letIn(server, "carol", `word of ${how}`), how);
  }
});

Deno.test("ftpd passwd prints a bare hash when nobody is named", async () => {
  const { code, stdout } = await passwd([], "secret");
  assertEquals(code, 0);
  assertMatch(stdout, /^\$scrypt\$ln=15,r=8,p=1\$\S+\n$/);
});

Deno.test("ftpd passwd changes a file in its place, for its owner only", async () => {
  await using folders = await tempFolders();
  const file = `${folders.base}/users.toml`;
  for (const name of ["alice", "b ob"]) {
    const run = await passwd([name, "--accounts", file], "one\n");
    assertEquals([run.code, run.stdout], [0, ""]);
    assert(run.stderr.includes(file), run.stderr);
  }
  const before = await Deno.readTextFile(file);
  assertEquals((await Deno.stat(file)).mode! & 0o777, 0o600);
  await Deno.chmod(file, 0o664);
  await Deno.symlink(file, `${folders.base}/link`);
  const run = await passwd(
    ["alice", "--accounts", `${folders.base}/link`],
    "two",
  );
  assertEquals(run.code, 0, run.stderr);
  const after = await Deno.readTextFile(file);
  const same = before.split("\n").map((line, at) =>
    line === after.split("\n")[at]
  );
  assertEquals(same, [true, false, true, true, true, true]);
  assertEquals((await Deno.lstat(file)).mode! & 0o777, 0o660);
  assert((await Deno.lstat(`${folders.base}/link`)).isSymlink);
  const names = Array.from(Deno.readDirSync(folders.base), ({ name }) => name);
  assertEquals(names.sort(), ["link", "pub", "users.toml"]);
});

Deno.test("ftpd passwd changes a list of htpasswd, too", async () => {
  await using folders = await tempFolders({ list: "# staff\nann:x\nbob:y\n" });
  const file = `${folders.pub}/list`;
  const run = await passwd(
    ["ann", "--accounts", file, "--hash", "bcrypt"],
    "z",
  );
  assertEquals(run.code, 0, run.stderr);
  assertMatch(
    await Deno.readTextFile(file),
    /^# staff\nann:\$2b\$12\$\S{53}\nbob:y\n$/,
  );
});

/** What is refused, with the words that say why. */
const REFUSED: readonly [args: string[], input: string, words: string][] = [
  [["alice"], "", "no password"],
  [["alice"], "\n", "empty"],
  [["alice"], "a\0b\n", "NUL"],
  [["alice"], "a".repeat(2000), "more than 1024 bytes"],
  [["alice", "--hash", "bcrypt"], "a".repeat(73), "more than 72 bytes"],
  [["--accounts", "x"], "secret", "needs the name"],
  [["a\nb"], "secret", "control character"],
  [["n".repeat(256)], "secret", "1 to 255 letters"],
  [["ftp", "--accounts", "x"], "secret", "is called anonymous"],
  [["anonymous"], "secret", "takes any password"],
  [["alice", "--hash", "md5"], "secret", "scrypt"],
  [["alice", "--accounts", "/no/such/folder/x"], "secret", "cannot write"],
];

for (const [args, input, words] of REFUSED) {
  const what = `${args.join(" ")} <<< ${input.slice(0, 8)}`;
  Deno.test(`ftpd passwd ${JSON.stringify(what)} fails and says "${words}"`, async () => {
    const { code, stdout, stderr } = await passwd(args, input);
    assert(code === 1 || code === 2, `exit code ${code}`);
    assertEquals(stdout, "");
    assert(stderr.includes(words), stderr);
    assertEquals(stderr.trimEnd().split("\n").length, 1, stderr);
  });
}
