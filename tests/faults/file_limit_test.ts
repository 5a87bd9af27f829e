import { assert, assertEquals, assertMatch } from "@std/assert";
import { startFtpd, tempFolders } from "../ftp/helpers.ts";
import { succeeds } from "./programs.ts";
import { writeUntilClosed } from "./sockets.ts";

const ARGS = ["--listen", "127.0.0.1:0", "--write"];
/** Longest file that the server may write, in bytes. */
const LIMIT = 200_000;
const TOO_LONG = new Uint8Array(1 << 20).fill(66);

/** Changes limits of a process that runs: at its start Deno writes caches. */
const HAS_PRLIMIT = await succeeds("prlimit", "--version");

Deno.test({
  name: HAS_PRLIMIT
    ? "an upload beyond ulimit -f is answered with 552, and ends nobody but itself"
    : "an upload beyond ulimit -f is answered with 552 (needs prlimit)",
  ignore: !HAS_PRLIMIT,
  fn: tooLong,
});

async function tooLong(): Promise<void> {
  await using folders = await tempFolders({ old: "old" });
  await using ftpd = await startFtpd([...ARGS, folders.pub]);
  const limit = ["--pid", String(ftpd.pid), `--fsize=${LIMIT}`];
  assert(await succeeds("prlimit", ...limit));
  using other = await ftpd.login();
  using control = await ftpd.login();
  for (const command of ["STOR new", "STOR old", "STOU", "APPE grows"]) {
    using data = await control.passive();
    await control.say(command, 150);
    await writeUntilClosed(data, TOO_LONG);
    data.close();
    assertMatch(await control.reply(), /^552 File too large/);
  }
  assertEquals(await other.fetch("RETR old"), "old");
  assertMatch(await other.put("STOR small", "fits"), /^226/);
  const names = Array.from(Deno.readDirSync(folders.pub), ({ name }) => name);
  assertEquals(names.sort(), ["grows", "old", "small"]);
}
