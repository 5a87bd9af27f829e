import { assert, assertEquals, assertMatch } from "@std/assert";
import { insist } from "../interop/program.ts";
import { readAll } from "./raw_control.ts";
import { soon, startFtpd, tempFolders } from "./helpers.ts";

const ANY = ["--listen", "127.0.0.1:0"];
const BIG = new Uint8Array(64 << 20);

Deno.test("ftpd ends with 0 on SIGINT and SIGTERM, saying goodbye to idle sessions", async () => {
  await using folders = await tempFolders();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    const ftpd = await startFtpd([...ANY, folders.pub]);
    using idle = await ftpd.login();
    using silent = await ftpd.connect();
    const began = performance.now();
    ftpd.kill(signal);
    assertEquals(await idle.ended(), "421 Server is shutting down.\n");
    assertEquals(await silent.ended(), "421 Server is shutting down.\n");
    assertEquals((await soon(ftpd.status, "the end")).code, 0);
    assert(performance.now() - began < 5000, "the default grace is 10 s");
    assertEquals(await ftpd.stop(), 0);
  }
});

Deno.test("ftpd lets a transfer end within the grace, and takes no new one", async () => {
  await using folders = await tempFolders({ big: BIG });
  const ftpd = await startFtpd([...ANY, "--grace", "30", folders.pub]);
  using control = await ftpd.login();
  using data = await control.passive();
  await control.say("RETR big", 150);
  ftpd.kill("SIGTERM");
  await refused(ftpd.ports[0]!);
  assertEquals((await readAll(data)).length, BIG.length);
  await control.expect(226);
  assertEquals(await control.ended(), "421 Server is shutting down.\n");
  assertEquals((await soon(ftpd.status, "the end")).code, 0);
  assertEquals(await ftpd.stop(), 0);
});

Deno.test("ftpd ends when the grace is over, however long a transfer would take", async () => {
  await using folders = await tempFolders({ big: BIG });
  const args = [...ANY, "--write", "--grace", "0.2", folders.pub];
  const ftpd = await startFtpd(args);
  using down = await ftpd.login();
  using stalled = await down.passive();
  await down.say("RETR big", 150);
  using up = await ftpd.login();
  using data = await up.passive();
  await up.say("STOR half", 150);
  await data.write(new Uint8Array(1000));
  const began = performance.now();
  ftpd.kill("SIGINT");
  assertEquals((await soon(ftpd.status, "the end")).code, 0);
  assert(performance.now() - began < 4000, "0.2 s of grace took over 4 s");
  await Promise.all([down.ended(), up.ended()]);
  await readAll(stalled).catch(() => ""); // A reset says the same.
  assertEquals(await ftpd.stop(), 0);
  const left = Array.from(Deno.readDirSync(folders.pub), ({ name }) => name);
  assertEquals(left, ["big"]);
});

Deno.test("ftpd ends at once with 1 when it is told a second time", async () => {
  await using folders = await tempFolders({ big: BIG });
  const ftpd = await startFtpd([...ANY, "--grace", "60", folders.pub]);
  using control = await ftpd.login();
  using data = await control.passive();
  await control.say("RETR big", 150);
  // What comes at the same moment only repeats the first: insist.
  const { code } = await soon(insist(ftpd), "the end");
  assertEquals(code, 1);
  await readAll(data).catch(() => "");
  await control.ended();
  assertEquals(await ftpd.stop(), 1);
});

Deno.test("ftpd with several workers drains all of them", async () => {
  await using folders = await tempFolders();
  const ftpd = await startFtpd([...ANY, "--workers", "3", folders.pub]);
  const controls = await Promise.all(
    Array.from({ length: 12 }, () => ftpd.login()),
  );
  ftpd.kill("SIGTERM");
  for (const control of controls) {
    assertMatch(await control.ended(), /^421 /);
    control.close();
  }
  // Not stop(): a second signal means that nobody will wait.
  assertEquals((await soon(ftpd.status, "the end")).code, 0);
  await ftpd.stop();
});

/** Waits until nobody listens on `port` any more. */
async function refused(port: number): Promise<void> {
  const until = performance.now() + 10_000;
  while (performance.now() < until) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    } catch {
      return;
    }
  }
  throw new Error("ftpd still accepts after SIGTERM");
}
