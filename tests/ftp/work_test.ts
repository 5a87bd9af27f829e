/** Long work beside other sessions: what it may not do to them. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { code, soon, startFtpd, tempFolders } from "./helpers.ts";

/** A file that takes seconds to hash, and no room. */
async function makeHuge(path: string, size: number): Promise<void> {
  using file = await Deno.open(path, { write: true, create: true });
  await file.truncate(size);
}

const HUGE = 1 << 30;
const LISTEN = ["--listen", "127.0.0.1:0", "--write"];

Deno.test("HASH of a huge file lets other sessions go on, and stops by ABOR", async () => {
  await using folders = await tempFolders();
  await makeHuge(`${folders.pub}/huge`, 1000 * HUGE);
  await using ftpd = await startFtpd([...LISTEN, folders.pub]);
  using hashing = await ftpd.login();
  using other = await ftpd.login();
  await hashing.send("OPTS HASH MD5", "HASH huge");
  await hashing.expect(200);
  for (let at = 0; at < 50; at++) await other.say("NOOP", 200);
  assertEquals(code(await other.say("SIZE huge")), 213);
  await hashing.send("ABOR");
  await hashing.expect(426);
  await hashing.expect(226);
  await hashing.say("NOOP", 200);
  await ftpd.said("verb=HASH path=/huge");
});

Deno.test("HASH stops when its client leaves, and when the server does", async () => {
  await using folders = await tempFolders();
  await makeHuge(`${folders.pub}/huge`, 1000 * HUGE);
  const ftpd = await startFtpd([...LISTEN, "--grace", "0.2", folders.pub]);
  const leaving = await ftpd.login();
  await leaving.send("XSHA512 huge");
  leaving.conn.close();
  await ftpd.said("verb=XSHA512 path=/huge");
  using staying = await ftpd.login();
  await staying.send("OPTS HASH", "HASH huge");
  await staying.expect(200);
  await soon(ftpd.stop(), "the end of a server that hashes");
});

Deno.test("HASH outlives --idle-timeout, and is bounded by --hash-limit", async () => {
  await using folders = await tempFolders({ small: "abc" });
  await makeHuge(`${folders.pub}/huge`, HUGE);
  await using ftpd = await startFtpd(
    [...LISTEN, "--idle-timeout", "1", "--hash-limit", "1T", folders.pub],
  );
  // Where others are busy, too, a gibibyte takes its time.
  using control = await ftpd.connect({ patience: 120_000 });
  await control.login();
  const began = performance.now();
  // As often as it takes to be longer than the time-out.
  while (performance.now() - began < 2000) await control.say("MD5 huge", 251);
  assertStringIncludes(await control.reply(), "421");
  await using limited = await startFtpd(
    [...LISTEN, "--hash-limit", "1M", folders.pub],
  );
  using short = await limited.login();
  assertStringIncludes(await short.say("HASH huge", 550), "At most 1048576");
  await short.say("HASH small", 213);
  await using without = await startFtpd(
    [...LISTEN, "--hash-limit", "off", folders.pub],
  );
  using none = await without.login();
  await none.say("HASH small", 502);
});

Deno.test("MODE Z is not offered with --mode-z off", async () => {
  await using folders = await tempFolders();
  await using ftpd = await startFtpd([
    ...LISTEN,
    "--mode-z",
    "off",
    folders.pub,
  ]);
  using control = await ftpd.login();
  assert(!(await control.say("FEAT", 211)).includes("MODE Z"));
  await control.say("MODE Z", 504);
});

Deno.test("COMB, CPTO and LIST options work on disk, and leave no parts", async () => {
  await using folders = await tempFolders({ p1: "one ", p2: "two", old: "x" });
  await Deno.symlink(folders.base, `${folders.pub}/out`);
  await Deno.mkdir(`${folders.pub}/tree/sub`, { recursive: true });
  await Deno.writeTextFile(`${folders.pub}/tree/sub/leaf`, "leaf");
  await Deno.symlink("sub", `${folders.pub}/tree/link`);
  await using ftpd = await startFtpd([...LISTEN, folders.pub]);
  using control = await ftpd.login();
  await control.say("COMB old p1 p2", 250);
  await control.say("SITE CPFR tree", 350);
  await control.say("SITE CPTO copy", 250);
  await control.say("SITE CPFR out", 550);
  await control.say("SITE CPFR tree", 350);
  await control.say("SITE CPTO tree/link/new", 550);
  await control.say("SITE SYMLINK old link", 504);
  assertEquals(
    await control.fetch("NLST -R"),
    "copy\r\nold\r\ntree\r\ncopy/sub\r\ncopy/sub/leaf\r\n" +
      "tree/link\r\ntree/sub\r\ntree/sub/leaf\r\n",
  );
  assertEquals(await control.fetch("NLST */link/l*"), "tree/link/leaf\r\n");
  assertEquals(await Deno.readTextFile(`${folders.pub}/old`), "xone two");
  const names = [...Deno.readDirSync(folders.pub)].map(({ name }) => name);
  assertEquals(names.sort(), ["copy", "old", "out", "tree"]);
});
