import { assertEquals, assertMatch } from "@std/assert";
import { soon, startFtpd, tempFolders } from "../ftp/helpers.ts";
import { readAll } from "../ftp/raw_control.ts";

const ARGS = ["--listen", "127.0.0.1:0", "--write"];
/** Far more than sockets take while nobody reads. */
const LENGTH = 24 << 20;

Deno.test("a file that is cut in mid-download ends it with 451, never with 226", async () => {
  await using folders = await tempFolders({ big: "" });
  const big = `${folders.pub}/big`;
  await Deno.truncate(big, LENGTH);
  await using ftpd = await startFtpd([...ARGS, folders.pub]);
  using control = await ftpd.login();
  using data = await control.passive();
  await control.say("RETR big", 150);
  await Deno.truncate(big, 1);
  const got = await soon(readAll(data), "the end of the data");
  assertEquals(got.length < LENGTH, true);
  assertEquals(
    await control.reply(),
    "451 The file was cut while it was read.",
  );
  assertEquals((await control.fetch("RETR big")).length, 1);
});

Deno.test("a file that is removed or replaced in mid-download arrives whole", async () => {
  await using folders = await tempFolders({ gone: "", replaced: "" });
  const { pub } = folders;
  await Deno.truncate(`${pub}/gone`, LENGTH);
  await Deno.truncate(`${pub}/replaced`, LENGTH);
  await using ftpd = await startFtpd([...ARGS, pub]);
  using control = await ftpd.login();
  for (const name of ["gone", "replaced"]) {
    using data = await control.passive();
    await control.say(`RETR ${name}`, 150);
    if (name === "gone") await Deno.remove(`${pub}/gone`);
    else {
      using other = await ftpd.login();
      assertMatch(await other.put("STOR replaced", "new"), /^226/);
    }
    const got = await soon(readAll(data), "the end of the data");
    assertEquals(got.length, LENGTH);
    await control.expect(226);
  }
  assertEquals(await control.fetch("RETR replaced"), "new");
});

Deno.test("a folder that is removed under a session is refused, and the session goes on", async () => {
  await using folders = await tempFolders();
  const { pub } = folders;
  await Deno.mkdir(`${pub}/sub`);
  await using ftpd = await startFtpd([...ARGS, pub]);
  using control = await ftpd.login();
  await control.say("CWD sub", 250);
  using data = await control.passive();
  await control.say("STOR begun", 150);
  await data.write(new Uint8Array(1000));
  await Deno.remove(`${pub}/sub`, { recursive: true });
  data.close();
  assertMatch(await control.reply(), /^451 /);
  for (const line of ["LIST", "MLSD", "RETR a", "STOR a", "APPE a", "STOU"]) {
    await control.passivePort();
    assertMatch(await control.say(line), /^550 /, line);
  }
  for (
    const line of ["MKD a", "SIZE a", "DELE a", "RNFR a", "MLST", "STAT ."]
  ) {
    assertMatch(await control.say(line), /^550 /, line);
  }
  await control.say("PWD", 257);
  await control.say("CDUP", 250);
  assertMatch(await control.put("STOR a", "works"), /^226/);
  await Deno.mkdir(`${pub}/sub`);
  await control.say("CWD sub", 250);
  assertMatch(await control.put("STOR a", "works"), /^226/);
});

Deno.test("a folder that is moved away in mid-upload takes no half file with it", async () => {
  await using folders = await tempFolders();
  const { pub } = folders;
  await Deno.mkdir(`${pub}/sub`);
  await using ftpd = await startFtpd([...ARGS, pub]);
  using control = await ftpd.login();
  using data = await control.passive();
  await control.say("STOR sub/begun", 150);
  await data.write(new Uint8Array(1000));
  await Deno.rename(`${pub}/sub`, `${pub}/moved`);
  await Deno.mkdir(`${pub}/sub`);
  data.close();
  assertMatch(await control.reply(), /^451 /);
  assertEquals(await control.fetch("NLST -a sub"), "");
  assertEquals(await control.fetch("NLST -a moved"), "");
});
