/** `echoc` as a ping, with the sources or the compiled one. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { withEchod } from "./echoc_scene.ts";
import { start } from "./program.ts";
import { runTool, startTool, toolWords } from "./service_tool.ts";

/** The last JSON object of what was printed. */
function lastObject(stdout: string): Record<string, number> {
  return JSON.parse(stdout.trimEnd().split("\n").at(-1)!);
}

Deno.test("echoc exits with 1 when a ping gets no reply", async () => {
  const at = { transport: "udp", hostname: "127.0.0.1", port: 0 } as const;
  const silent = Deno.listenDatagram(at);
  const { port } = silent.addr as Deno.NetAddr;
  const ping = [
    "--udp",
    `127.0.0.1:${port}`,
    "-c",
    "2",
    "-i",
    "10ms",
    "-W",
    "0.1",
  ];
  const { stdout, stderr } = await runTool("echoc", ping, { code: 1 });
  assertEquals(stderr, "echoc: no reply\n");
  assertMatch(stdout, /^no reply to seq=2 in 0\.1 s$/m);
  assertMatch(stdout, /^2 sent, 0 received, 2 lost \(100%\)/m);
  silent.close();
});

Deno.test("echoc measures, a line a probe and the statistics", async () => {
  await withEchod(async ({ at, socket }) => {
    for (const where of [[at], ["--udp", at], ["--unix", socket]]) {
      const ping = [...where, "-c", "3", "-i", "20ms", "-D", "--histogram"];
      const { stdout, stderr } = await runTool("echoc", ping);
      const lines = stdout.trimEnd().split("\n");
      assertEquals(stderr, "");
      assertMatch(
        lines[0]!,
        /^\[\d{4}-\S+Z\] Probing \S+ with 56 bytes every 20 ms$/,
      );
      assertMatch(
        lines[3]!,
        /^\[\S+Z\] 56 bytes from \S+: seq=3 time=[\d.]+ ms$/,
      );
      assertMatch(stdout, /^3 sent, 3 received, 0 lost \(0%\), 0 duplicates/m);
      assertMatch(
        stdout,
        /^rtt min\/avg\/median\/p90\/p99\/p99\.9\/max\/mdev = [\d./]+ ms$/m,
      );
      assertMatch(lines.at(-1)!, / ms\+ #+ +\d \d/);
    }
  });
});

Deno.test("echoc is a gate for builds", async () => {
  await withEchod(
    async ({ at }) => {
      const ping = ["--udp", at, "-c", "100", "-i", "2ms", "-W", "0.3", "-q"];
      await runTool("echoc", [...ping, "--max-loss", "40"]);
      const loss = await runTool("echoc", [...ping, "--max-loss", "1"], {
        code: 1,
      });
      assertMatch(loss.stderr, /^echoc: \d+% lost, more than --max-loss 1\n$/);
      const slow = await runTool("echoc", [...ping, "--max-p99", "0.001"], {
        code: 1,
      });
      assertMatch(
        slow.stderr,
        /^echoc: p99 is [\d.]+ ms, more than --max-p99 0\.001\n$/,
      );
    },
    "--drop",
    "20",
  );
});

Deno.test("echoc counts exactly what echod does on purpose", async () => {
  const faults = [
    "--drop",
    "5",
    "--duplicate",
    "5",
    "--reorder",
    "5",
    "--corrupt",
    "5",
  ];
  const runs = [["3"], ["1234", "--delay", "5ms", "--jitter", "20ms"]];
  for (const seed of runs) {
    let result: Record<string, number> = {};
    let log = "";
    await withEchod(
      async ({ at, echod }) => {
        const ping = [
          "--udp",
          at,
          "-c",
          "300",
          "-i",
          "3ms",
          "-W",
          "3",
          "--json",
        ];
        result = lastObject((await runTool("echoc", ping, { code: 1 })).stdout);
        assertEquals(await echod.stop(), 0);
        log = echod.log;
      },
      ...faults,
      "--seed",
      ...seed,
    );
    const did = (name: string) =>
      Number(new RegExp(`injected-${name}=(\\d+)`).exec(log)?.[1]);
    assertEquals(result.sent, 300);
    assertEquals(result.lost, did("dropped"), log);
    assertEquals(result.received, 300 - did("dropped"));
    assertEquals(result.duplicates, did("duplicated"));
    assertEquals(result.reordered, did("reordered"));
    assertEquals(result.corrupted, did("corrupted"));
    assertEquals([result.late, result.truncated], [0, 0]);
  }
});

Deno.test("echoc finds no length at fault where a server only limits the rate", async () => {
  await using echod = await startTool("echod", ["--udp", "127.0.0.1:0"]);
  const at = `127.0.0.1:${echod.ports[0]}`;
  const sweep = ["--udp", at, "--sweep", "0..1400", "-q"];
  const { stdout } = await runTool("echoc", sweep);
  assertMatch(
    stdout,
    /^the longest that came back whole had 1400 bytes, and none failed$/m,
  );
});

Deno.test("echoc writes CSV, and the statistics elsewhere", async () => {
  await withEchod(async ({ at }) => {
    const { stdout, stderr } = await runTool("echoc", [
      at,
      "-c",
      "2",
      "-i",
      "5ms",
      "--csv",
    ]);
    const lines = stdout.trimEnd().split("\n");
    assertEquals(lines.length, 3);
    assertMatch(lines[2]!, /^2,56,56,[\d.]+,received,0,$/);
    assertMatch(stderr, /^2 sent, 2 received/m);
  });
});

/** Starts a ping without end, and waits for its third line. */
async function endless(args: readonly string[]) {
  const child = start([...toolWords("echoc"), ...args], { cwd: "/" });
  await child.stdin.close();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let out = "";
  while (out.split("\n").length < 4) out += (await reader.read()).value ?? "";
  const rest = async () => {
    for (let part; !(part = await reader.read()).done;) out += part.value;
    return out;
  };
  return { child, rest, reader };
}

Deno.test("echoc shows the statistics at Ctrl-C, and ends by them", async () => {
  await withEchod(async ({ at }) => {
    const { child, rest } = await endless([at, "-i", "20ms"]);
    child.kill("SIGINT");
    const out = await rest();
    assertMatch(out, /^\d+ sent, \d+ received, 0 lost \(0%\)/m);
    assertEquals((await child.status).code, 0);
    await child.stderr.cancel();
  });
});

Deno.test("echoc says on SIGQUIT how it goes, and goes on", async () => {
  await withEchod(async ({ at }) => {
    const { child, rest } = await endless(["--udp", at, "-i", "20ms"]);
    const errors = child.stderr.pipeThrough(new TextDecoderStream())
      .getReader();
    child.kill("SIGQUIT");
    assertMatch(
      (await errors.read()).value!,
      /^\d+ sent, \d+ received, 0% lost, min\/avg\/p99\/max = [\d./]+ ms\n$/,
    );
    child.kill("SIGTERM");
    assertMatch(await rest(), /^rtt min/m);
    assertEquals((await child.status).code, 0);
    await errors.cancel();
  });
});

Deno.test("echoc ends at Ctrl-C also when nobody takes its output", async () => {
  await withEchod(async ({ at }) => {
    // Far more lines than a pipe holds; nobody reads them.
    const ping = ["--udp", at, "-f", "--csv", "-c", "20000"];
    const child = start([...toolWords("echoc"), ...ping], { cwd: "/" });
    await child.stdin.close();
    const errors = child.stderr.pipeThrough(new TextDecoderStream())
      .getReader();
    let said = "";
    while (!said.includes("20000 sent")) {
      const { done, value } = await errors.read();
      assert(!done, said);
      said += value;
    }
    child.kill("SIGINT");
    for (let part; !(part = await errors.read()).done;) said += part.value;
    assertMatch(said, /^echoc: cannot write to .*: nobody reads it\n$/m);
    assertEquals((await child.status).code, 1);
    await child.stdout.cancel();
  });
});

Deno.test("echoc ends when nobody reads its output any more", async () => {
  await withEchod(async ({ at }) => {
    const { child, reader } = await endless([at, "-i", "10ms"]);
    await reader.cancel();
    assertEquals((await child.status).code, 0);
    await child.stderr.cancel();
  });
});
