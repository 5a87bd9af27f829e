import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  type Ftpd,
  type RawControl,
  startFtpd,
  tempFolders,
} from "../ftp/helpers.ts";
import { contentOf, equal } from "./contents.ts";
import { CAN_MOUNT, type Disk, mountDisk } from "./small_disk.ts";
import { writeUntilClosed } from "./sockets.ts";

const ARGS = ["--listen", "127.0.0.1:0", "--write"];
const MEGABYTE = 1 << 20;

function diskTest(
  name: string,
  act: (disk: Disk, ftpd: Ftpd) => Promise<void>,
): void {
  Deno.test({
    name: CAN_MOUNT ? name : `${name} (needs the right to mount)`,
    ignore: !CAN_MOUNT,
    fn: async () => {
      await using folders = await tempFolders();
      await using disk = await mountDisk(folders.pub, 4);
      await using ftpd = await startFtpd([...ARGS, disk.path]);
      await act(disk, ftpd);
    },
  });
}

diskTest(
  "a disk that fills in the middle of four uploads keeps those that fit, each whole",
  async ({ path }, ftpd) => {
    const names = ["a", "b", "c", "d"];
    const contents = names.map((_, at) => contentOf(at, 3 * MEGABYTE / 2));
    const replies = await Promise.all(names.map(async (name, at) => {
      using control = await ftpd.login();
      return await upload(control, `STOR ${name}`, contents[at]!);
    }));
    assert(replies.some((reply) => reply.startsWith("452 ")), `${replies}`);
    for (const [at, reply] of replies.entries()) {
      assertMatch(reply, /^(226|452) /);
      const isThere = reply.startsWith("226");
      const content = await Deno.readFile(`${path}/${names[at]}`)
        .catch(() => null);
      assertEquals(content !== null, isThere);
      if (content !== null) assert(equal(content, contents[at]!));
    }
    const there = Array.from(Deno.readDirSync(path), ({ name }) => name);
    assertEquals(there.length, replies.filter((r) => r.startsWith("2")).length);
  },
);

diskTest(
  "a full disk fails each command that writes, serves those that read, and is used again",
  async ({ path }, ftpd) => {
    using control = await ftpd.login();
    using other = await ftpd.login();
    const old = contentOf(1, MEGABYTE);
    assertMatch(await upload(control, "STOR old", old), /^226 /);
    for (let pass = 0; pass < 2; pass++) {
      await fill(path);
      for (const line of ["STOR old", "STOR new", "STOU"]) {
        assertMatch(await upload(control, line, old), /^452 /, line);
      }
      await control.say("SITE CPFR old", 350);
      assertMatch(await control.say("SITE CPTO copy"), /^452 /);
      assertMatch(await control.say("AVBL"), /^213 0$/);
      assertMatch(await other.fetch("MLSD"), / old\r\n/);
      assertEquals((await other.fetch("RETR filler")).length > 0, true);
      const there = Array.from(Deno.readDirSync(path), ({ name }) => name);
      assertEquals(there.sort(), ["filler", "old"]);
      assert(equal(await Deno.readFile(`${path}/old`), old));
      await other.say("DELE filler", 250);
      assertMatch(await upload(control, "STOR old", old), /^226 /);
    }
  },
);

diskTest(
  "APPE and REST on a full disk keep what arrived, and go on from there",
  async ({ path }, ftpd) => {
    using control = await ftpd.login();
    const whole = contentOf(5, 2 * MEGABYTE);
    await fill(path, 3 * MEGABYTE);
    assertMatch(await upload(control, "APPE grows", whole), /^452 /);
    const size = Number((await control.say("SIZE grows", 213)).slice(4));
    assert(size > 0 && size < whole.length, `${size} bytes`);
    assert(
      equal(await Deno.readFile(`${path}/grows`), whole.subarray(0, size)),
    );
    await control.say("DELE filler", 250);
    await control.say(`REST ${size}`, 350);
    const rest = whole.subarray(size);
    assertMatch(await upload(control, "STOR grows", rest), /^226 /);
    assert(equal(await Deno.readFile(`${path}/grows`), whole));
  },
);

diskTest(
  "a disk that becomes read-only refuses changes, serves reads, and takes uploads again",
  async (disk, ftpd) => {
    using control = await ftpd.login();
    assertMatch(await control.put("STOR old", "old"), /^226 /);
    await control.say("MKD sub", 257);
    await disk.mayWrite(false);
    for (const line of ["STOR old", "STOR new", "APPE old", "STOU"]) {
      await control.passivePort();
      assertMatch(await control.say(line), /^550 /, line);
    }
    await control.say("RNFR old", 350);
    for (
      const line of [
        ...["RNTO new", "DELE old", "MKD new", "RMD sub"],
        ...["MFMT 20200101000000 old", "SITE CHMOD 600 old"],
      ]
    ) {
      assertMatch(await control.say(line), /^550 /, line);
    }
    assertEquals(await control.fetch("RETR old"), "old");
    assertEquals(await control.fetch("NLST -a"), "old\r\nsub\r\n");
    await disk.mayWrite(true);
    assertMatch(await control.put("STOR old", "new"), /^226 /);
    assertEquals(await control.fetch("RETR old"), "new");
  },
);

/** Sends what the server takes; its final reply. */
async function upload(
  control: RawControl,
  command: string,
  content: Uint8Array<ArrayBuffer>,
): Promise<string> {
  using data = await control.passive();
  const first = await control.say(command);
  if (!first.startsWith("1")) return first;
  await writeUntilClosed(data, content);
  data.close();
  return await control.reply();
}

/** Leaves no room, or fills so many bytes. */
async function fill(path: string, bytes: number = Infinity): Promise<void> {
  using file = await Deno.create(`${path}/filler`);
  const block = new Uint8Array(4096);
  try {
    for (let at = 0; at < bytes; at += block.length) file.writeSync(block);
  } catch (error) {
    assertEquals((error as { code?: string }).code, "ENOSPC");
  }
}
