/** A log file that does not grow without end. */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  type LogFileOptions,
  openLogFile,
} from "../../server/warden/log_file.ts";
import { Spool } from "../../server/services/bucket/spool.ts";
import { recordFormat } from "../../server/services/bucket/format.ts";
import { recordOf } from "../core/bucket_records.ts";
import { withFolder } from "../net/loopback.ts";

/** Writes records of these texts, one after the other, as raw lines. */
async function writeRecords(
  options: LogFileOptions,
  texts: readonly string[],
): Promise<void> {
  const spool = new Spool(openLogFile(options), {
    format: recordFormat({ body: "raw" }),
  });
  for (const text of texts) spool.put(recordOf(text));
  await spool.finish(10_000);
  assertEquals(spool.counters, {
    written: texts.length,
    dropped: 0,
    failed: 0,
  });
}

/** The folder's files and what is in them. */
function contents(folder: string): Record<string, string> {
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  return Object.fromEntries(
    names.map((name) => [name, Deno.readTextFileSync(`${folder}/${name}`)]),
  );
}

function pathsIn(folder: string, count: number): string[] {
  const older = Array.from({ length: count }, (_, at) => `.${at + 1}`);
  return ["", ...older].map((end) => `${folder}/d.log${end}`);
}

Deno.test("a log file is appended to", async () => {
  await withFolder(async (folder) => {
    const paths = pathsIn(folder, 0);
    await Deno.writeTextFile(paths[0]!, "before\n");
    await writeRecords({ paths }, ["one"]);
    await writeRecords({ paths }, ["two"]);
    assertEquals(contents(folder), { "d.log": "before\none\ntwo\n" });
  });
});

Deno.test("a log file is put aside before it is too large, and the oldest goes", async () => {
  await withFolder(async (folder) => {
    const texts = Array.from({ length: 10 }, (_, at) => `record ${at}`);
    await writeRecords({ paths: pathsIn(folder, 2), rotateSize: 20 }, texts);
    assertEquals(contents(folder), {
      "d.log": "record 8\nrecord 9\n",
      "d.log.1": "record 6\nrecord 7\n",
      "d.log.2": "record 4\nrecord 5\n",
    });
  });
});

Deno.test("what was in the file counts, and a record longer than the limit is whole", async () => {
  await withFolder(async (folder) => {
    const paths = pathsIn(folder, 3);
    await Deno.writeTextFile(paths[0]!, "x".repeat(15));
    const long = "y".repeat(100);
    await writeRecords({ paths, rotateSize: 20 }, ["12345678", long, "z"]);
    assertEquals(contents(folder), {
      "d.log": "z\n",
      "d.log.1": `${long}\n`,
      "d.log.2": "12345678\n",
      "d.log.3": "x".repeat(15),
    });
  });
});

Deno.test("without names for older ones the file is emptied", async () => {
  await withFolder(async (folder) => {
    const paths = pathsIn(folder, 0);
    await writeRecords({ paths, rotateSize: 10 }, ["12345678", "abc", "def"]);
    assertEquals(contents(folder), { "d.log": "abc\ndef\n" });
  });
});

Deno.test("a file that somebody moved is opened anew when told", async () => {
  await withFolder(async (folder) => {
    const [path = ""] = pathsIn(folder, 0);
    const file = openLogFile({ paths: [path] });
    const write = async (text: string) => {
      await file.room(text.length);
      await file.write(new TextEncoder().encode(text));
    };
    await write("one\n");
    await Deno.rename(path, `${folder}/moved`);
    await write("two\n");
    file.reopen();
    await write("three\n");
    file.close();
    assertEquals(contents(folder), {
      "d.log": "three\n",
      "moved": "one\ntwo\n",
    });
  });
});

Deno.test("a file that cannot be put aside grows on, and that is told now and then", async () => {
  await withFolder(async (folder) => {
    const paths = pathsIn(folder, 1);
    // A folder is in the way.
    await Deno.mkdir(`${paths[1]!}/x`, { recursive: true });
    let told = 0;
    const texts = Array.from({ length: 9 }, (_, at) => `record ${at}`);
    const onFailed = () => told++;
    await writeRecords({ paths, rotateSize: 30, onFailed }, texts);
    const text = await Deno.readTextFile(paths[0]!);
    assertEquals(text, texts.map((line) => `${line}\n`).join(""));
    assertEquals(told, 2);
  });
});

Deno.test("a pipe is no log file, nor when it takes the place of one", async () => {
  await withFolder(async (folder) => {
    const [path = ""] = pathsIn(folder, 0);
    await new Deno.Command("mkfifo", { args: [path] }).output();
    const refused = "it is not a regular file";
    assertThrows(() => openLogFile({ paths: [path] }), Error, refused);
    await Deno.remove(path);
    const log = openLogFile({ paths: [path], rotateSize: 1 });
    await Deno.remove(path);
    await new Deno.Command("mkfifo", { args: [path] }).output();
    log.reopen();
    await log.room(10);
    const write = () => log.write(new TextEncoder().encode("lost"));
    await assertRejects(write, Error, refused);
    log.close();
    assertEquals(Deno.lstatSync(path).isFifo, true);
  });
});

Deno.test("a file that cannot be opened is an error at the start", async () => {
  await withFolder((folder) => {
    assertThrows(() => openLogFile({ paths: [folder] }));
    assertThrows(
      () => openLogFile({ paths: [`${folder}/none/d.log`] }),
      Deno.errors.NotFound,
    );
    return Promise.resolve();
  });
});

Deno.test("a file that vanished with its folder is told by the write, and comes back with it", async () => {
  await withFolder(async (folder) => {
    const inner = `${folder}/inner`;
    await Deno.mkdir(inner);
    const errors: unknown[] = [];
    const file = openLogFile({ paths: [`${inner}/d.log`] });
    const spool = new Spool(file, {
      format: recordFormat({ body: "raw" }),
      onFailed: (error) => errors.push(error),
    });
    await Deno.remove(inner, { recursive: true });
    file.reopen();
    spool.put(recordOf("lost"));
    await until(() => errors.length === 1);
    await Deno.mkdir(inner);
    spool.put(recordOf("kept"));
    await spool.finish(10_000);
    assertEquals(await Deno.readTextFile(`${inner}/d.log`), "kept\n");
    assertEquals(spool.counters, { written: 1, dropped: 0, failed: 1 });
  });
});

/** Lets others go on until something is so. */
async function until(isSo: () => boolean): Promise<void> {
  const end = performance.now() + 10_000;
  while (!isSo()) {
    assert(performance.now() < end, "it never became so");
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
