import { assert, assertEquals, assertThrows } from "@std/assert";
import { openLogFile } from "../../server/warden/log_file.ts";
import { LogWriter } from "../../server/warden/log_writer.ts";
import { dayOf, namesOf } from "../../server/ftp/operations/log_places.ts";
import { type LogPlan, openLogs } from "../../server/ftp/warden/log_clerk.ts";
import type { Settings } from "../../server/ftp/settings.ts";
import { tempFolders } from "./helpers.ts";

/** The folder's log files, and what is in them. */
async function contents(folder: string): Promise<Record<string, string>> {
  const found: [string, string][] = [];
  for await (const { name, isFile } of Deno.readDir(folder)) {
    if (isFile) {
      found.push([name, await Deno.readTextFile(`${folder}/${name}`)]);
    }
  }
  return Object.fromEntries(found.sort());
}

const DAILY = { rotate: "daily", keep: 2 } as const;

Deno.test("a daily log is put aside with the first line of a new day", async () => {
  await using folders = await tempFolders();
  const path = `${folders.base}/d.log`;
  let now = new Date(2026, 0, 1, 23, 59);
  const writer = new LogWriter(openLogFile({
    paths: namesOf(path, DAILY),
    period: dayOf,
    now: () => now,
  }));
  await writer.write(["one\n"]);
  now = new Date(2026, 0, 2, 0, 0);
  await writer.write(["two\n", "three\n"]);
  await writer.write(["four\n"]);
  for (const day of [3, 5, 9]) {
    now = new Date(2026, 0, day);
    await writer.write([`day ${day}\n`]);
  }
  await writer.close();
  assertEquals(await contents(folders.base), {
    "d.log": "day 9\n",
    "d.log.1": "day 5\n",
    "d.log.2": "day 3\n",
  });
});

Deno.test("a daily log of yesterday is put aside by the next start", async () => {
  await using folders = await tempFolders();
  const path = `${folders.base}/d.log`;
  await Deno.writeTextFile(path, "old\n");
  await Deno.utime(path, new Date(2026, 0, 1), new Date(2026, 0, 1, 12));
  const options = { paths: namesOf(path, DAILY), period: dayOf };
  const now = () => new Date(2026, 0, 2);
  const writer = new LogWriter(openLogFile({ ...options, now }));
  await writer.write(["new\n"]);
  await writer.close();
  assertEquals(await contents(folders.base), {
    "d.log": "new\n",
    "d.log.1": "old\n",
  });
});

Deno.test("a log that somebody truncates is not put aside too early", async () => {
  await using folders = await tempFolders();
  const path = `${folders.base}/d.log`;
  const paths = namesOf(path, { rotate: 100, keep: 1 });
  const writer = new LogWriter(openLogFile({ paths, rotateSize: 100 }));
  await writer.write([`${"x".repeat(79)}\n`]);
  await Deno.truncate(path);
  await writer.write([`${"y".repeat(79)}\n`]);
  await writer.close();
  assertEquals(Object.keys(await contents(folders.base)), ["d.log"]);
  assertEquals((await Deno.stat(path)).size, 80, "no hole in front");
});

Deno.test("LogWriter never mixes batches, and puts no line in two files", async () => {
  await using folders = await tempFolders();
  const path = `${folders.base}/d.log`;
  const paths = namesOf(path, { rotate: 4096, keep: 1000 });
  const writer = new LogWriter(openLogFile({ paths, rotateSize: 4096 }));
  const batches = Array.from(
    { length: 200 },
    (_, batch) =>
      Array.from(
        { length: 5 },
        (_, line) => `${batch}:${line} ${"z".repeat(40)}\n`,
      ),
  );
  await Promise.all(batches.map((batch) => writer.write(batch)));
  await writer.close();
  const files = Object.entries(await contents(folders.base));
  const age = (name: string) => Number(name.split(".")[2] ?? 0);
  files.sort(([a], [b]) => age(b) - age(a));
  assert(files.length > 10);
  assertEquals(files.map(([, text]) => text).join(""), batches.flat().join(""));
});

Deno.test("LogWriter counts what a full disk does not take, and goes on", async () => {
  const written: string[] = [];
  const told: string[] = [];
  let isFull = false;
  const writer = new LogWriter({
    room: () => Promise.resolve(Infinity),
    write(bytes) {
      if (isFull) return Promise.reject(new Error("No space left on device"));
      // A disk may take a part only.
      const part = bytes.slice(0, 3);
      const text = new TextDecoder().decode(part);
      written.push(text);
      isFull = text === "to ";
      return Promise.resolve(part.length);
    },
    reopen: () => {},
    close: () => {},
  }, {
    onFailed: (error) => told.push((error as Error).message),
    onRecovered: (lost) => told.push(`lost ${lost}`),
  });
  await writer.write(["first\n"]);
  await writer.write(["to be\n", "3\n"]);
  await writer.write(["4\n"]);
  isFull = false;
  await writer.write(["last\n"]);
  assertEquals(written.join(""), "first\nto \nlast\n");
  assertEquals(told, ["No space left on device", "lost 3"]);
  assertEquals(writer.lost, 3);
});

/** A plan with log files of these names in a folder. */
function planOf(folder: string, file: string, xferlog?: string): LogPlan {
  return {
    log: { format: "text", quiet: false },
    logs: {
      file: `${folder}/${file}`,
      ...(xferlog && { xferlog: `${folder}/${xferlog}` }),
      keep: 3,
    },
  };
}

Deno.test("openLogs() writes the warden's lines and the workers', and follows a reload", async () => {
  await using folders = await tempFolders();
  const { base } = folders;
  const first = planOf(base, "a.log", "a.xfer");
  const { log, clerk, lost } = openLogs(first);
  const worker = (stream: "log" | "xferlog", ...lines: string[]) =>
    clerk.answers!.log!({ stream, lines }, { worker: 1 });
  log.info("ready");
  await worker("log", "worker 1\n", "worker 2\n");
  await worker("xferlog", "moved\n");
  const next = planOf(base, "b.log") as Settings;
  await clerk.check!(next);
  await clerk.change!(next);
  log.info("later");
  await worker("log", "worker 3\n");
  await worker("xferlog", "nowhere\n");
  await clerk.close!();
  const files = await contents(base);
  assertEquals(Object.keys(files), ["a.log", "a.xfer", "b.log"]);
  assert(files["a.log"]!.includes("ready"));
  assert(files["a.log"]!.includes("worker 1\nworker 2\n"));
  assertEquals(files["a.xfer"], "moved\n");
  assert(
    files["b.log"]!.includes("later") && !files["b.log"]!.includes("ready"),
  );
  assertEquals(lost, 0);
  assertEquals((await Deno.stat(`${base}/a.log`)).mode! & 0o777 & ~0o640, 0);
});

Deno.test("openLogs() opens a file anew when it was moved, and not before", async () => {
  await using folders = await tempFolders();
  const path = `${folders.base}/a.log`;
  const { clerk } = openLogs(planOf(folders.base, "a.log"));
  const write = (line: string) =>
    clerk.answers!.log!({ stream: "log", lines: [line] }, { worker: 1 });
  await write("1\n");
  await Deno.rename(path, `${path}.old`);
  await write("2\n");
  clerk.reopen!();
  await write("3\n");
  await clerk.close!();
  assertEquals(await contents(folders.base), {
    "a.log": "3\n",
    "a.log.old": "1\n2\n",
  });
});

Deno.test("openLogs() refuses what can't be written, in one line", async () => {
  await using folders = await tempFolders();
  const { base } = folders;
  assertThrows(
    () => openLogs(planOf(base, "no/such/a.log")),
    Error,
    `cannot write the log ${base}/no/such/a.log: there is no such folder`,
  );
  const { clerk } = openLogs(planOf(base, "a.log"));
  const next = planOf(base, "no/b.log") as Settings;
  assertThrows(() => clerk.check!(next), Error, "there is no such folder");
  await clerk.close!();
});
