/** Where the records of `bucket` go: pipes, files, terminals. */
import { assert, assertEquals, assertFalse, assertMatch } from "@std/assert";
import { soon, withFolder } from "../net/loopback.ts";
import {
  programTo,
  readyOn,
  testWith,
  textOf,
  until,
  withBucket,
} from "./bucket_scene.ts";
import { run, start } from "./program.ts";
import { toolWords } from "./service_tool.ts";

Deno.test("bucket --raw writes the bytes as they came, and is ready on standard error", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/raw`;
    const words = ["--raw", "--listen", "127.0.0.1:0", "--count", "2"];
    const child = start(
      [
        ...["sh", "-c", 'out="$1"; shift; exec "$@" > "$out"', "sh", path],
        ...[...toolWords("bucket"), ...words],
      ],
      { cwd: folder },
    );
    const { port, text } = await readyOn(child.stderr);
    using program = programTo(port);
    const body = new Uint8Array([0x1b, 0x0a, 0xff, 0]);
    await program.send(body);
    await program.send("");
    assertEquals((await child.status).code, 0);
    await Promise.all([text, child.stdout.cancel(), child.stdin.close()]);
    const written = await Deno.readFile(path);
    assertEquals([...written], [...body, 0x0a, 0x0a]);
  });
});

Deno.test("bucket ends quietly when nobody reads any more", async () => {
  // However this test ends, nothing is left behind it.
  const options = ["--listen", "127.0.0.1:0", "--duration", "60"];
  const words = [...toolWords("bucket"), ...options];
  const child = start(
    [
      "bash",
      ...["-c", 'set -o pipefail; "$@" | sed -u 2q; echo "code $?"', "bash"],
      ...words,
    ],
    { cwd: "/" },
  );
  const errors = new Response(child.stderr).text();
  const { port, text } = await readyOn(child.stdout);
  using program = programTo(port);
  let isOver = false;
  child.status.then(() => isOver = true);
  await until(() => isOver, () => program.send("record"));
  await child.stdin.close();
  assertMatch(await text, /^bucket ready on .*\n\S+ \S+ 6B record\ncode 0\n$/);
  assertFalse((await errors).includes("ERROR"), await errors);
});

Deno.test("bucket goes on and ends well when its reader takes nothing, and tells what that cost", async () => {
  const options = ["--listen", "127.0.0.1:0", "--count", "200"];
  const child = start([...toolWords("bucket"), ...options], { cwd: "/" });
  const errors = new Response(child.stderr).text();
  const reader = child.stdout.getReader();
  const { value } = await soon(reader.read(), "the ready line");
  const port = Number(/:(\d+)/.exec(new TextDecoder().decode(value))?.[1]);
  using program = programTo(port);
  let isOver = false;
  const ended = child.status.finally(() => isOver = true);
  // More than a pipe holds, and at the end nobody reads.
  const record = "x".repeat(1000);
  await until(() => isOver, async () => {
    for (let i = 0; i < 20; i++) await program.send(record);
  });
  const { code } = await ended;
  await Promise.all([reader.cancel(), child.stdin.close()]);
  assertEquals(code, 0);
  const [, dropped] = / WARN output-too-slow output=stdout dropped=(\d+)/
    .exec(await errors) ?? [];
  assertMatch(await errors, new RegExp(` stdout-dropped=${dropped}\\b`));
});

Deno.test("bucket --file keeps records, and puts full files aside", async () => {
  await withFolder(async (folder) => {
    const file = `${folder}/debug.log`;
    const options = [
      ...["--file", file, "--rotate-size", "150", "--rotate-count", "2"],
    ];
    await withBucket(options, async ({ bucket, send }) => {
      assertMatch(bucket.ready, / writing \S+\/debug\.log$/);
      for (let i = 1; i <= 9; i++) await send(`record ${i}`);
      await bucket.printed("record 9\n");
    });
    const names = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
    assertEquals(names, ["debug.log", "debug.log.1", "debug.log.2"]);
    const files = names.reverse().map((name) =>
      Deno.readTextFileSync(`${folder}/${name}`)
    );
    for (const text of files) assert(text.length <= 150, text);
    const texts = files.join("").split("\n").slice(0, -1).map(textOf);
    const all = Array.from({ length: 9 }, (_, at) => `record ${at + 1}`);
    assert(texts.length >= 3, texts.join());
    assertEquals(texts, all.slice(-texts.length));
  });
});

Deno.test("bucket opens its file anew on SIGHUP", async () => {
  await withFolder(async (folder) => {
    const file = `${folder}/debug.log`;
    await withBucket(["--file", file], async ({ bucket, send }) => {
      await send("before");
      await bucket.printed("before\n");
      await until(() => sizeOf(file) > 0);
      await Deno.rename(file, `${folder}/moved`);
      bucket.kill("SIGHUP");
      await until(() => sizeOf(file) > 0, () => send("after"));
    });
    const lines = (await Deno.readTextFile(file)).trimEnd().split("\n");
    assertEquals(new Set(lines.map(textOf)), new Set(["after"]));
  });
});

function sizeOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch {
    return 0;
  }
}

for (
  const [setting, isColored] of [["", true], ["NO_COLOR=1", false]] as const
) {
  testWith(
    ["script"],
    `bucket colours senders on a terminal: ${setting || "yes"}`,
    async () => {
      const words = ["--listen", "127.0.0.1:0", "--count", "1"];
      const command = [...toolWords("bucket"), ...words].join(" ");
      const child = start(
        ["script", "-qec", `${setting} ${command}`, "/dev/null"],
        { cwd: "/" },
      );
      const { port, text } = await readyOn(child.stdout);
      using program = programTo(port);
      await program.send("\x1b[2Jhello");
      const shown = await text;
      await Promise.all([
        child.status,
        child.stderr.cancel(),
        child.stdin.close(),
      ]);
      const sender = `127.0.0.1:${program.port}`;
      // deno-lint-ignore no-control-regex -- Colours are made of them.
      const color = /\x1b\[\d\dm(\S+)\x1b\[39m 9B \\x1b\[2Jhello/.exec(shown);
      assertEquals(color?.[1], isColored ? sender : undefined, shown);
      assert(shown.includes(" 9B \\x1b[2Jhello"), shown);
    },
  );
}

testWith(["script"], "bucket --raw refuses a terminal", async () => {
  const command = [...toolWords("bucket"), "--raw"].join(" ");
  const { code, stdout } = await run(
    ["script", "-qec", command, "/dev/null"],
    { cwd: "/" },
  );
  assertEquals(code, 2, stdout);
  assertMatch(
    stdout,
    /^bucket: --raw would let senders command this terminal;/,
  );
});
