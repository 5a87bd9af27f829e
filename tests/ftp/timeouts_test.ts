import { assert, assertEquals, assertLess } from "@std/assert";
import { type Ftpd, soon, startFtpd, tempFolders } from "./helpers.ts";
import { readAll } from "./raw_control.ts";

const ANY = ["--listen", "127.0.0.1:0", "--anonymous", "rw"];
const GOODBYE = "421 Control connection timed out.\n";

async function withFtpd(
  args: readonly string[],
  act: (ftpd: Ftpd) => Promise<void>,
): Promise<void> {
  const big = new Uint8Array(64 << 20);
  await using folders = await tempFolders({ big, old: "old" });
  await using ftpd = await startFtpd([...ANY, ...args, folders.pub]);
  await act(ftpd);
  const names = Array.from(Deno.readDirSync(folders.pub), ({ name }) => name);
  assertEquals(names.sort(), ["big", "old"]);
  assertEquals(Deno.readTextFileSync(`${folders.pub}/old`), "old");
}

Deno.test("--idle-timeout ends a session with 421, from its last command on", async () => {
  await withFtpd(["--idle-timeout", "0.4"], async (ftpd) => {
    using control = await ftpd.login();
    const began = performance.now();
    while (performance.now() - began < 700) await control.say("NOOP", 200);
    const rest = performance.now();
    assertEquals(await control.ended(), GOODBYE);
    const waited = performance.now() - rest;
    assert(waited > 300 && waited < 5000, `${waited} ms`);
  });
});

Deno.test("--idle-timeout counts no bytes that are not a command", async () => {
  await withFtpd(["--idle-timeout", "0.4"], async (ftpd) => {
    using control = await ftpd.login();
    const drip = setInterval(() => control.write("N").catch(() => {}), 50);
    try {
      assertEquals(await control.ended(), GOODBYE);
    } finally {
      clearInterval(drip);
    }
  });
});

Deno.test("--login-timeout ends whoever does not log in, however busy", async () => {
  await withFtpd(["--login-timeout", "0.4"], async (ftpd) => {
    using silent = await ftpd.connect();
    using busy = await ftpd.connect();
    using fast = await ftpd.login();
    const chatter = setInterval(() => busy.send("NOOP").catch(() => {}), 50);
    try {
      assertEquals(await silent.ended(), GOODBYE);
      assert((await busy.ended()).endsWith(GOODBYE));
    } finally {
      clearInterval(chatter);
    }
    await fast.say("NOOP", 200);
  });
});

Deno.test("a running transfer keeps its session, whatever --idle-timeout says", async () => {
  await withFtpd(["--idle-timeout", "0.2"], async (ftpd) => {
    using control = await ftpd.login();
    using data = await control.passive();
    await control.say("STOR new", 150);
    const began = performance.now();
    while (performance.now() - began < 700) {
      await data.write(new Uint8Array(10));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await control.send("ABOR");
    await control.expect(426);
    await control.expect(226);
    assertEquals(await control.ended(), GOODBYE);
  });
});

Deno.test("--data-timeout ends a stalled upload with 421, and its session", async () => {
  await withFtpd(["--data-timeout", "0.3"], async (ftpd) => {
    using control = await ftpd.login();
    using data = await control.passive();
    await control.say("STOR old", 150);
    await data.write(new Uint8Array(1000));
    assertEquals(await control.ended(), "421 Data connection timed out.\n");
    await ended(data);
  });
});

Deno.test("--data-timeout ends a download that nobody reads", async () => {
  await withFtpd(["--data-timeout", "0.3"], async (ftpd) => {
    using control = await ftpd.login();
    using data = await control.passive();
    await control.say("RETR big", 150);
    assertEquals(await control.ended(), "421 Data connection timed out.\n");
    assertLess((await readAll(data).catch(() => "")).length, 64 << 20);
  });
});

Deno.test("a stalled download holds up nobody, and ABOR ends it", async () => {
  await withFtpd([], async (ftpd) => {
    using control = await ftpd.login();
    using data = await control.passive();
    await control.say("RETR big", 150);
    using other = await ftpd.login();
    assertEquals((await other.fetch("RETR big")).length, 64 << 20);
    await control.say("STAT", 211);
    await control.send("ABOR");
    await control.expect(426);
    await control.expect(226);
    await ended(data);
    await control.say("NOOP", 200);
  });
});

Deno.test("--login-attempts and --login-delay make guessing slow and short", async () => {
  const args = ["--login-attempts", "2", "--login-delay", "0.2"];
  await withFtpd([...args, "--user", "ann:right"], async (ftpd) => {
    using control = await ftpd.connect();
    const began = performance.now();
    for (let times = 0; times < 2; times++) {
      await control.say("USER ann", 331);
      await control.say("PASS wrong", 530);
    }
    assertEquals(await control.ended(), "");
    assert(performance.now() - began > 550, "0.2 s and 0.4 s");
  });
});

/** Waits for the end of a connection; a reset is one. */
async function ended(conn: Deno.Conn): Promise<void> {
  await soon(readAll(conn).catch(() => ""), "the end of the data");
}
