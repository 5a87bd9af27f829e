/** How `dropc` ends when it is stopped, refused, or not read. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { soon } from "../net/loopback.ts";
import { makeFile } from "./files.ts";
import { start } from "./program.ts";
import { runTool, toolWords } from "./service_tool.ts";
import {
  dropTest,
  jsonLines,
  namesIn,
  plainServer,
  until,
} from "./drop_scene.ts";

dropTest(
  "dropc stops at Ctrl-C and keeps nothing, here and there",
  async (scene) => {
    const { port, local, box } = scene;
    const words = [...toolWords("dropc"), "-s", `127.0.0.1:${port}`];
    const child = start([...words, "put", "-", "--name", "a"], { cwd: local });
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode("half"));
    await until(() => scene.names().some((name) => name.startsWith(".wharf-")));
    child.kill("SIGINT");
    const { code, stderr } = await child.output();
    await writer.close().catch(() => {});
    assertEquals(code, 1);
    assertMatch(
      new TextDecoder().decode(stderr),
      /^dropc: Stopped by SIGINT$/m,
    );
    await until(() => namesIn(box).length === 0);
  },
);

dropTest(
  "dropc stops at SIGTERM although it waits for a pipe that nobody writes to",
  async ({ port, local, run }) => {
    await run(["mkfifo", `${local}/pipe`]);
    await Deno.writeTextFile(`${local}/a`, "a");
    const words = [...toolWords("dropc"), "-s", `127.0.0.1:${port}`];
    const child = start([...words, "--json", "put", "a", "pipe"], {
      cwd: local,
    });
    const reader = child.stdout.getReader();
    // The first file is saved: now it opens the pipe.
    assert((await reader.read()).value);
    try {
      child.kill("SIGTERM");
    } catch {
      // Older runtimes cannot wait for a pipe: dropc said so, and has ended.
    }
    const { code } = await soon(child.status, "the end of dropc");
    await Promise.all([
      ...[reader.cancel(), child.stderr.cancel(), child.stdin.close()],
    ]);
    assertEquals(code, 1);
  },
  { programs: ["mkfifo"] },
);

dropTest(
  "dropc that waits for its input says at once that the server refuses",
  async (scene) => {
    const { port, local } = scene;
    const words = [...toolWords("dropc"), "-s", `127.0.0.1:${port}`];
    const child = start([...words, "put", "-", "--name", "a"], { cwd: local });
    const { code, stderr } = await child.output();
    await child.stdin.close();
    assertEquals(code, 1);
    assertMatch(new TextDecoder().decode(stderr), /refused: a: exists already/);
  },
  { prepare: (box) => Deno.writeTextFile(`${box}/a`, "old") },
);

dropTest(
  "dropc ends quietly when nobody reads its output any more",
  async ({ port, box, run }) => {
    await makeFile(`${box}/big`, 8e6);
    for (let at = 0; at < 2000; at++) {
      await Deno.writeTextFile(`${box}/file ${at}`, "");
    }
    const words = [...toolWords("dropc"), "-s", `127.0.0.1:${port}`, "--quiet"];
    const script = '("$@"; echo "code $?" >&2) | head -c 10 | wc -c';
    for (
      const verb of [["dir"], ["dir", "--json"], ["get", "big", "-o", "-"]]
    ) {
      const { stdout, stderr } = await run([
        ...["sh", "-c", script, "sh"],
        ...[...words, ...verb],
      ]);
      assertEquals([stdout.trim(), stderr], ["10", "code 0\n"]);
    }
  },
);

dropTest(
  "dropc dir ends when nobody reads, however long the list is",
  async ({ run }) => {
    const line = new TextEncoder().encode("1\t2026-11-21T10:00:00.000Z\ta\n");
    await using endless = plainServer(async (conn) => {
      for (;;) await conn.write(line);
    });
    const words = [...toolWords("dropc"), "-s", `127.0.0.1:${endless.port}`];
    const script = '("$@"; echo "code $?" >&2) | head -n 1';
    const { stdout, stderr } = await run([
      "sh",
      "-c",
      script,
      "sh",
      ...words,
      "dir",
    ]);
    assertMatch(stdout, / a\n$/);
    assertEquals(stderr, "code 0\n");
  },
);

dropTest(
  "dropc that cannot reach the server says in JSON which file it was at",
  async ({ local }) => {
    await Deno.writeTextFile(`${local}/a`, "a");
    const args = ["-s", "127.0.0.1:1", "--json", "put", "a", "a"];
    const { stdout } = await runTool("dropc", args, { cwd: local, code: 3 });
    const [record, ...more] = jsonLines(stdout);
    assertEquals([record?.name, record?.path, more], ["a", "a", []]);
    assertMatch(String(record?.error), /connection refused/);
  },
);
