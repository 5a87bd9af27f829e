import { assertEquals, assertGreater, assertLess } from "@std/assert";
import {
  type Ftpd,
  type RawControl,
  residentKilobytes,
  startFtpd,
  tempFolders,
} from "./helpers.ts";
import { readAll } from "./raw_control.ts";

const ANY = ["--listen", "127.0.0.1:0"];
const FILES = 20_000;

Deno.test("a listing of 20,000 files is complete, and others are served meanwhile", async () => {
  await using folders = await tempFolders();
  for (let at = 0; at < FILES; at++) {
    Deno.writeTextFileSync(`${folders.pub}/file-${at}`, "");
  }
  await using ftpd = await startFtpd([...ANY, folders.pub]);
  using lister = await ftpd.login();
  using other = await ftpd.login();
  for (const verb of ["LIST", "NLST", "MLSD"]) {
    let over = false;
    const listing = lister.fetch(verb).finally(() => over = true);
    let slowest = 0;
    while (!over) {
      const began = performance.now();
      await other.say("NOOP", 200);
      slowest = Math.max(slowest, performance.now() - began);
    }
    const lines = (await listing).trimEnd().split("\r\n");
    assertEquals(lines.filter((line) => line.includes("file-")).length, FILES);
    assertLess(slowest, 1000, `ms for a NOOP during ${verb}`);
  }
});

Deno.test("a listing that nobody reads waits in little memory, and ABOR ends it", async () => {
  await using folders = await tempFolders();
  const name = "n".repeat(200);
  for (let at = 0; at < FILES; at++) {
    Deno.writeTextFileSync(`${folders.pub}/${name}-${at}`, "");
  }
  await using ftpd = await startFtpd([...ANY, folders.pub]);
  using control = await ftpd.login();
  using data = await control.passive();
  await control.say("LIST", 150);
  using other = await ftpd.login();
  await other.say("NOOP", 200);
  await control.send("ABOR");
  await control.expect(426);
  await control.expect(226);
  await readAll(data).catch(() => ""); // A reset says the same.
  assertEquals((await control.fetch("NLST")).split("\r\n").length, FILES + 1);
});

Deno.test("200 sessions come and go five times, and memory stays", async () => {
  await using folders = await tempFolders({ a: "x".repeat(1000) });
  await using ftpd = await startFtpd([...ANY, folders.pub]);
  const memory: number[] = [];
  const before = await openFiles(ftpd.pid);
  for (let round = 0; round < 5; round++) {
    const controls = await crowd(ftpd, 200);
    for (const control of controls.slice(0, 50)) {
      assertEquals((await control.fetch("RETR a")).length, 1000);
    }
    await Promise.all(controls.map((control) => control.passivePort()));
    for (const [at, control] of controls.entries()) {
      if (at % 2 === 0) await control.say("QUIT", 221);
      control.close();
    }
    await ended(ftpd, 200 * (round + 1));
    memory.push(await residentKilobytes(ftpd.pid) ?? 0);
    await settled(ftpd.pid, before);
  }
  // The runtime's heap takes thousands of sessions to find its size.
  assertLess(memory.at(-1)! - memory[0]!, 80_000, `kB: ${memory.join()}`);
  using after = await ftpd.login();
  assertEquals((await after.fetch("RETR a")).length, 1000);
});

Deno.test("300 sessions fetch at the same time, each its own whole file", async () => {
  const files: Record<string, string> = {};
  for (let at = 0; at < 10; at++) files[`f${at}`] = `${at}`.repeat(100_000);
  await using folders = await tempFolders(files);
  await using ftpd = await startFtpd([...ANY, folders.pub]);
  const controls = await crowd(ftpd, 300);
  const got = await Promise.all(controls.map(async (control, at) => {
    const text = await control.fetch(`RETR f${at % 10}`);
    return text === files[`f${at % 10}`];
  }));
  assertEquals(got.filter((right) => right).length, 300);
  controls.forEach((control) => control.close());
  assertGreater(ftpd.log.match(/result=complete/g)?.length ?? 0, 299);
});

async function crowd(ftpd: Ftpd, count: number): Promise<RawControl[]> {
  return await Promise.all(Array.from({ length: count }, () => ftpd.login()));
}

/** Waits until the server has said `count` times that a session ended. */
async function ended(ftpd: Ftpd, count: number): Promise<void> {
  const until = performance.now() + 15_000;
  const seen = () => ftpd.log.match(/ disconnected /g)?.length ?? 0;
  while (seen() < count) {
    assertLess(performance.now(), until, `${seen()} of ${count} ended`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** How many files and sockets a process has open; 0 where nobody tells. */
/** Descriptors are closed a moment after the log says that sessions ended. */
async function settled(pid: number, before: number): Promise<void> {
  const end = performance.now() + 10_000;
  let now = await openFiles(pid);
  while (now > before && performance.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    now = await openFiles(pid);
  }
  assertEquals(now, before, "open files");
}

async function openFiles(pid: number): Promise<number> {
  if (Deno.build.os !== "linux") return 0;
  const { stdout } = await new Deno.Command("ls", {
    args: [`/proc/${pid}/fd`],
  }).output();
  return new TextDecoder().decode(stdout).trimEnd().split("\n").length;
}
