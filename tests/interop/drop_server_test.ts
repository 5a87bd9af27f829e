/** `dropd` as people run it. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { dropc, dropTest, namesIn } from "./drop_scene.ts";
import { writeAll } from "../../lib/bytes.ts";
import { hear } from "../net/loopback.ts";
import { start } from "./program.ts";
import { runTool, toolWords } from "./service_tool.ts";

dropTest("dropd says where it serves what, and counts", async (scene) => {
  const { dropd, box, port } = scene;
  assertEquals(
    dropd.ready,
    `dropd ready on tcp://127.0.0.1:${port} serving ${box} (files up to 1 GiB)`,
  );
  await Deno.writeTextFile(`${scene.local}/a`, "12345");
  await dropc(scene, ["put", "a"]);
  await dropc(scene, ["get", "a", "-o", "-"]);
  dropd.kill("SIGUSR1");
  await dropd.said("saved-bytes=5");
  assertMatch(dropd.log, / saved peer=127\.0\.0\.1:\d+ name=a bytes=5\n/);
  assertMatch(dropd.log, / counters .* saved=1 .* sent=1 sent-bytes=5 /);
});

dropTest(
  "dropd with --read-only gives and takes nothing",
  async (scene) => {
    await Deno.writeTextFile(`${scene.local}/b`, "b");
    const { stderr } = await dropc(scene, ["put", "b"], { code: 1 });
    assertMatch(stderr, /the server refused: this server takes no files/);
    const got = await dropc(scene, ["get", "a", "-o", "-"]);
    assertEquals(got.stdout, "given");
    assertEquals(scene.names(), ["a"]);
  },
  {
    args: () => ["--read-only"],
    prepare: (box) => Deno.writeTextFile(`${box}/a`, "given"),
  },
);

dropTest(
  "dropd with --upload-only takes and gives nothing",
  async (scene) => {
    await Deno.writeTextFile(`${scene.local}/b`, "b");
    await dropc(scene, ["put", "b"]);
    for (const args of [["get", "b", "-o", "-"], ["dir"]]) {
      const { stderr } = await dropc(scene, args, { code: 1 });
      assertMatch(stderr, /this server only takes files \(--upload-only\)/);
    }
    assertEquals(scene.names(), ["b"]);
  },
  { args: () => ["--upload-only"] },
);

Deno.test("dropd serves standard input under inetd", async () => {
  const box = await Deno.makeTempDir({ prefix: "wharf-" });
  try {
    const serve = async (stdin: string) =>
      (await runTool("dropd", ["--inetd", box], { stdin })).stdout;
    assertEquals(await serve("a\nhello"), "saved a (5 bytes)\n");
    assertEquals(
      await serve("send 9 b\nhello"),
      [
        "error: only 5 of 9 bytes came; nothing was saved\n",
      ].join(""),
    );
    assertEquals(await serve("get a\n"), "hello");
    assertEquals(namesIn(box), ["a"]);
  } finally {
    await Deno.remove(box, { recursive: true });
  }
});

/** An inetd for one connection, which is what the program behind it gets. */
const INETD = `
import os, socket, sys
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
conn, _ = listener.accept()
for fd in (0, 1, 2): os.dup2(conn.fileno(), fd)
os.execvp(sys.argv[1], sys.argv[1:])
`;

dropTest(
  "under inetd, too, the answer arrives although the client still sends",
  async ({ box, local }) => {
    const words = [...toolWords("dropd"), "--inetd", "--max-size", "1K", box];
    const inetd = start(["python3", "-c", INETD, ...words], { cwd: local });
    const reader = inetd.stdout.pipeThrough(new TextDecoderStream())
      .getReader();
    const port = Number((await reader.read()).value);
    using conn = await Deno.connect({ hostname: "127.0.0.1", port });
    const flood = new TextEncoder().encode(
      `send 99999 a\n${"x".repeat(99_999)}`,
    );
    await writeAll(conn, flood);
    // A reset would be thrown, here or there.
    assertMatch(await hear(conn), /^error: a: larger than 1 KiB.*\n$/);
    await reader.cancel();
    await Promise.all([
      inetd.status,
      inetd.stdin.close(),
      inetd.stderr.cancel(),
    ]);
  },
  { programs: ["python3"] },
);

dropTest(
  "dropd's ready line is one line whatever the folder is called",
  ({ dropd, port }) => {
    assertMatch(
      dropd.ready,
      new RegExp(
        `^dropd ready on tcp://127.0.0.1:${port} and unix:.*/a\\\\nb `,
      ),
    );
    return Promise.resolve();
  },
  { args: (folder) => ["--unix", `${folder}/a\nb`] },
);

Deno.test("dropd says in one line why it cannot serve", async () => {
  const cases: readonly [string[], number, RegExp][] = [
    [[], 2, /an argument is missing/],
    [["/nonexistent/folder"], 1, /\/nonexistent\/folder/],
    [["/", "--max-size", "x"], 2, /--max-size: expected a size/],
    [["/", "--read-only", "--upload-only"], 2, /choose one/],
    [["/", "--listen", "192.0.2.1:0"], 3, /192\.0\.2\.1/],
  ];
  for (const [args, code, message] of cases) {
    const { stdout, stderr } = await runTool("dropd", args, { code });
    assertMatch(stderr, message);
    assert(stderr.startsWith("dropd: "), stderr);
    assertEquals(stdout, "");
  }
});
