/** `bucket` as people run it. */
import {
  assertEquals,
  assertFalse,
  assertLess,
  assertMatch,
} from "@std/assert";
import { withFolder } from "../net/loopback.ts";
import {
  type BucketScene,
  programTo,
  startRelay,
  textOf,
  until,
  withBucket,
} from "./bucket_scene.ts";
import { IS_COMPILED, runTool, startTool } from "./service_tool.ts";

const RECORD = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z 127\.0\.0\.1:\d+ \d+B/;

Deno.test("bucket prints one record a datagram, and shows what terminals obey", async () => {
  await withBucket([], async (scene) => {
    const { bucket, send } = scene;
    const bodies = ["hello", "", "two\nlines\n", "\x1b]0;owned\x07\x9b2J"];
    for (const body of bodies) await send(body);
    await send(new Uint8Array([0x61, 0xff]));
    await bucket.printed("a\\xff\n");
    assertEquals(scene.records.map(textOf), [
      ...["hello", "", "two\\nlines\\n", "\\x1b]0;owned\\x07\\x9b2J"],
      "a\\xff",
    ]);
    for (const record of scene.records) assertMatch(record, RECORD);
    // deno-lint-ignore no-control-regex -- These are what it is about.
    assertFalse(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/.test(bucket.out));
  });
});

Deno.test("bucket takes whole datagrams, from ports that other services must not answer", async () => {
  await withBucket(["--json"], async ({ bucket, port, send }) => {
    await send("x".repeat(65_507));
    await bucket.printed('"size":65507');
    // From its own port number, which an answering service would refuse.
    using twin = programTo(port, { hostname: "127.0.0.2", port });
    await twin.send("twin");
    await bucket.printed('"text":"twin"');
  });
});

Deno.test("bucket --json prints nothing but JSON, the ready line included", async () => {
  await withBucket(["--json"], async ({ bucket, send }) => {
    await send("[app warn #1] hot\u2028");
    await send(new Uint8Array([0xff]));
    await bucket.printed('"base64"');
    const [ready, first, second] = bucket.out.trimEnd().split("\n")
      .map((line) => JSON.parse(line));
    assertEquals(ready.event, "ready");
    assertEquals(
      [first.tag, first.level, first.seq, first.message, first.text],
      ["app", "warn", 1, "hot\u2028", "[app warn #1] hot\u2028"],
    );
    assertEquals([second.base64, second.size], ["/w==", 1]);
  });
});

Deno.test("bucket --hex, --relative and --delta say it their way", async () => {
  await withBucket(["--hex", "--relative"], async ({ bucket, send }) => {
    await send("\x1b[2J");
    await bucket.printed("|.[2J|\n");
    assertMatch(
      bucket.out,
      /\n\+\d+\.\d{3} 127\.0\.0\.1:\d+ 4B\n {2}0000 {2}1b 5b /,
    );
  });
  await withBucket(["--delta"], async ({ bucket, send }) => {
    await send("x");
    await bucket.printed(" x\n");
    assertMatch(bucket.out, /\n\+\d+\.\d{3} 127/);
  });
});

Deno.test("bucket shows only what its filters let pass, and counts the rest", async () => {
  const filters = [
    "--level",
    "warn",
    "--match",
    "disk*full",
    "--except",
    "test",
  ];
  await withBucket(filters, async ({ bucket, send }) => {
    await send("[app error] disk test full");
    await send("[app info] disk full");
    await send("[app error] disk");
    await send("[app error] disk is full");
    await bucket.printed("is full\n");
    assertEquals(bucket.out.trimEnd().split("\n").length, 2);
    bucket.kill("SIGUSR1");
    await bucket.said("counters ");
    assertMatch(bucket.log, / records=1 filtered=3 overrun=0 /);
    assertEquals(await bucket.stop(), 0);
    assertMatch(bucket.log, / records=1 filtered=3 .* stdout-written=1\n$/);
  });
});

Deno.test("bucket tells what is missing of numbered messages", async () => {
  await withBucket([], async (scene) => {
    const { bucket, send } = scene;
    for (const seq of [1, 4, 3, 3, 5]) await send(`[#${seq}] x`);
    await bucket.printed("[#5] x\n");
    const sizes = scene.records.map((line) => line.split(" ")[2]);
    assertEquals(sizes, ["6B", "6B,2-lost", "6B,late", "6B,duplicate", "6B"]);
    assertEquals(await bucket.stop(), 0);
    assertMatch(bucket.log, / lost=1 late=1 duplicates=1 /);
  });
});

/** What is sent while it is stopped is more than the kernel keeps. */
async function flood({ bucket, send }: BucketScene): Promise<void> {
  await send("[#1] first");
  await bucket.printed("first\n");
  bucket.kill("SIGSTOP");
  for (let seq = 2; seq < 1000; seq++) await send(`[#${seq}] more`);
  bucket.kill("SIGCONT");
}

Deno.test({
  name: `bucket tells what the kernel dropped, where the runtime lets it look${
    IS_COMPILED ? " (skipped: a binary may not)" : ""
  }`,
  // A binary has its permissions built in, and they do not let it.
  ignore: IS_COMPILED,
  fn: () =>
    withBucket([], async (scene) => {
      await flood(scene);
      await scene.bucket.said(" WARN kernel-dropped dropped=");
    }, { flags: ["--allow-all"] }),
});

Deno.test("bucket sees what the kernel dropped by the numbers, too", async () => {
  await withBucket([], async (scene) => {
    await flood(scene);
    await until(
      () => scene.records.some((record) => /B,\d+-lost /.test(record)),
      () => scene.send("[#1000] last"),
    );
    assertFalse(scene.bucket.log.includes("kernel-dropped"), scene.bucket.log);
  });
});

Deno.test("bucket --count ends by itself after exactly so many records", async () => {
  await using bucket = await startTool("bucket", [
    ...["--listen", "127.0.0.1:0", "--count", "3"],
  ]);
  using program = programTo(bucket.ports[0]!);
  for (let i = 1; i <= 5; i++) await program.send(`record ${i}`);
  const { code } = await bucket.status;
  assertEquals([code, await bucket.stop()], [0, 0]);
  assertEquals(bucket.out.split("\n").slice(1, -1).map(textOf), [
    ...["record 1", "record 2", "record 3"],
  ]);
});

Deno.test("bucket --duration ends by itself", async () => {
  const begun = performance.now();
  const { stdout } = await runTool("bucket", [
    ...["--listen", "127.0.0.1:0", "--duration", "0.1"],
  ]);
  assertMatch(stdout, /^bucket ready on udp:\/\/127\.0\.0\.1:\d+\n$/);
  // After a minute it would have been told to end.
  assertLess(performance.now() - begun, 50_000);
});

Deno.test("bucket says in one line why it cannot start", async () => {
  await withFolder(async (folder) => {
    const cases: readonly [args: string[], code: number, line: RegExp][] = [
      [["--file", folder], 1, /^bucket: cannot write \S+: is a directory\n$/],
      [
        ["--file", `${folder}/none/x`],
        1,
        /^bucket: cannot use .*: there is no /,
      ],
      [["--forward", "127.0.0.1:7739"], 2, /^bucket: --forward .* listens\n$/],
      [["--grep", "x"], 2, /^bucket: unknown option --grep/],
      [["--level", "loud"], 2, /^bucket: --level: expected debug or info or/],
    ];
    for (const [args, code, line] of cases) {
      const { stderr } = await runTool("bucket", args, { code });
      assertMatch(stderr, line);
    }
  });
});

Deno.test("two buckets that forward to each other end every datagram after one round", async () => {
  await withBucket([], async (end) => {
    // Stands between the second and the first, whose port is not known yet.
    const relay = startRelay();
    const back = ["--forward", `127.0.0.1:${relay.port}`];
    await withBucket(back, async (b) => {
      const there = ["--forward", `127.0.0.1:${b.port}`];
      await withBucket(there, async (a) => {
        relay.to(a.port);
        for (let i = 1; i <= 5; i++) await a.send(`record ${i}`);
        await until(() => a.records.length >= 10);
        await end.send("over");
        await end.bucket.printed("over\n");
        assertEquals([a.records.length, b.records.length], [10, 5]);
        await a.bucket.said("why=loop");
      });
    });
    await relay.stop();
  });
});
