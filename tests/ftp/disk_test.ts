import { assert, assertEquals, assertMatch } from "@std/assert";
import { IS_ROOT, type RawControl, startFtpd, tempFolders } from "./helpers.ts";

const ANY = ["--listen", "127.0.0.1:0", "--write"];
const TOO_MUCH = new Uint8Array(8 << 20).fill(66);

/** Whether this process may mount: a full disk is a small one. */
const CAN_MOUNT: boolean = await canMount();

Deno.test({
  name: CAN_MOUNT
    ? "a full disk is answered with 452, and no older file is harmed"
    : "a full disk is answered with 452 (needs the right to mount)",
  ignore: !CAN_MOUNT,
  fn: async () => {
    await using folders = await tempFolders();
    await using disk = await smallDisk(folders.pub);
    await Deno.writeTextFile(`${disk.path}/old`, "old");
    await using ftpd = await startFtpd([...ANY, disk.path]);
    using control = await ftpd.login();
    for (const name of ["old", "new"]) {
      assertMatch(await putTooMuch(control, `STOR ${name}`), /^452 /);
    }
    assertEquals(await control.fetch("NLST -a"), "old\r\n");
    assertEquals(await control.fetch("RETR old"), "old");
    const left = Array.from(Deno.readDirSync(disk.path), ({ name }) => name);
    assertEquals(left, ["old"]);
    assertMatch(await control.put("STOR old", "fits"), /^226 /);
    assertMatch(await putTooMuch(control, "APPE old"), /^452 /);
    await control.say("DELE old", 250);
    assertMatch(await control.put("STOR new", "fits"), /^226 /);
  },
});

Deno.test({
  name: IS_ROOT
    ? "permission denied is answered with 550 (not as root, who may anything)"
    : "permission denied is answered with 550, or 553, and nothing changes",
  ignore: IS_ROOT,
  fn: async () => {
    await using folders = await tempFolders({ closed: "closed" });
    const { pub } = folders;
    await Deno.mkdir(`${pub}/locked`);
    await Deno.chmod(`${pub}/closed`, 0o000);
    await Deno.chmod(`${pub}/locked`, 0o555);
    await using ftpd = await startFtpd([...ANY, pub]);
    using control = await ftpd.login();
    for (const line of ["RETR closed", "STOR locked/new", "APPE closed"]) {
      await control.passivePort();
      assertMatch(await control.say(line), /^55[03] /);
    }
    await control.say("MKD locked/new", 550);
    await ftpd.said("system-refused");
    await control.say("NOOP", 200);
  },
});

Deno.test("a read-only server refuses whatever would change a file", async () => {
  await using folders = await tempFolders({ a: "as it was" });
  await using ftpd = await startFtpd(["--listen", "127.0.0.1:0", folders.pub]);
  using control = await ftpd.login();
  for (
    const line of [
      ...["STOR b", "STOR a", "APPE a", "STOU", "DELE a", "MKD d", "RMD ."],
      ...["RNFR a", "MFMT 20000101000000 a", "SITE CHMOD 777 a"],
      ...["SITE UTIME 20000101000000 a", "XMKD d"],
    ]
  ) {
    await control.passivePort();
    const reply = await control.say(line);
    assert(reply.startsWith("5"), `${line}: ${reply}`);
  }
  await control.say("REST 2", 350);
  await control.passivePort();
  assertMatch(await control.say("STOR a"), /^5/);
  assertEquals(await control.fetch("RETR a"), "as it was");
  assertEquals(await control.fetch("NLST"), "a\r\n");
});

/** Sends more than fits; the server may close before all was taken. */
async function putTooMuch(
  control: RawControl,
  line: string,
): Promise<string> {
  using data = await control.passive();
  await control.say(line, 150);
  try {
    for (let sent = 0; sent < TOO_MUCH.length;) {
      sent += await data.write(TOO_MUCH.subarray(sent));
    }
  } catch { /* The server has no more room, and says so in its reply. */ }
  data.close();
  return await control.reply();
}

async function canMount(): Promise<boolean> {
  if (Deno.build.os !== "linux" || !IS_ROOT) return false;
  const folder = await Deno.makeTempDir({ prefix: "wharf-disk-" });
  const mounted = await run("mount", "-t", "tmpfs", "tmpfs", folder);
  if (mounted) await run("umount", folder);
  await Deno.remove(folder);
  return mounted;
}

/** A disk of 4 MiB at `path`, which is unmounted afterwards. */
async function smallDisk(
  path: string,
): Promise<AsyncDisposable & { path: string }> {
  assert(await run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", path));
  return {
    path,
    async [Symbol.asyncDispose]() {
      assert(await run("umount", path));
    },
  };
}

async function run(program: string, ...args: string[]): Promise<boolean> {
  const command = new Deno.Command(program, {
    args,
    stdout: "null",
    stderr: "null",
  });
  try {
    return (await command.output()).success;
  } catch {
    return false; // There is no such program.
  }
}
