/** Clients that lie, die and flood: `dropd` keeps nothing of it. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { start } from "./program.ts";
import { toolWords } from "./service_tool.ts";
import { type DropScene, dropTest, partsIn, until } from "./drop_scene.ts";

/**
 * Sends what its arguments say, one after the other: text with escapes, or
 * `RST` to reset the connection, `END` to end our side, `WAIT` to wait for
 * ever. Then it prints what comes.
 */
const SPEAKER = `
import socket, struct, sys, time
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 20)
for word in sys.argv[2:]:
    if word == "RST":
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        s.close(); sys.exit(0)
    elif word == "END": s.shutdown(socket.SHUT_WR)
    elif word == "WAIT":
        print("waiting", flush=True); time.sleep(60)
    else: s.sendall(word.encode("latin-1").decode("unicode_escape").encode("latin-1"))
while data := s.recv(65536): sys.stdout.buffer.write(data)
`;

function speaker({ port }: DropScene, ...words: string[]): string[] {
  return ["python3", "-c", SPEAKER, port, ...words];
}

const PYTHON = { programs: ["python3"] };

/** First lines that no file may come of. */
const HOSTILE: readonly string[] = [
  ...["../escaped", "..\\\\escaped", "/tmp/escaped", "a/b", ".", "..", "..."],
  ...[".ssh", ".wharf-00000000.part", "a\\x00b", "a\\x1b[2Jb", "\\xff\\xfe"],
  ...["\\xc0\\xae\\xc0\\xae/x", "\\xe2\\x80\\xaegpj.exe", "\\x7f", "a\\tb"],
  ...["NUL", "com1.txt", "aux .c", "a ", " a", "a.", "error: a", ""],
  ...["put ../escaped", "send 4 ../escaped", "send 4 .x", "put", "send 4 "],
  ...[
    "send -1 a",
    "send 99999999999999999999 a",
    "send 4",
    "send 4294967296 a",
  ],
  ...["GET / HTTP/1.1", "get ../../etc/passwd", "fetch /etc/passwd", "get"],
  ...[
    "list x",
    "dir ..",
    "x".repeat(256),
    "x".repeat(600),
    "y".repeat(100_000),
  ],
];

dropTest(
  "every hostile first line is refused in one line, and no file comes of it",
  async (scene) => {
    for (const line of HOSTILE) {
      const words = speaker(scene, `${line}\\n`, "evil", "END");
      const { stdout, report } = await scene.run(words);
      assertMatch(stdout, /^error: [^\n]+\n$/, report);
      // deno-lint-ignore no-control-regex -- These are what it is about.
      assert(!/[\x00-\x09\x0b-\x1f\x7f\ufffd]/.test(stdout), report);
    }
    assertEquals(scene.names(), []);
    assertEquals(
      Array.from(Deno.readDirSync(`${scene.box}/..`)).length,
      2,
      "nothing came beside the box",
    );
  },
  PYTHON,
);

dropTest(
  "a client that resets its connection at any time leaves nothing",
  async (scene) => {
    const stages = [
      ["RST"],
      ["a", "RST"],
      ["a\\n", "RST"],
      ["a\\nhalf", "RST"],
      ["send 10 a\\n12345", "RST"],
      ["send 5 kept\\n12345", "END"],
      ["send - a\\n5\\n12345", "RST"],
      ["send - a\\n5\\n123", "RST"],
      ["get", "RST"],
      ["list\\n", "RST"],
    ];
    for (const stage of stages) await scene.run(speaker(scene, ...stage));
    await until(() => partsIn(scene.box).length === 0);
    assertEquals(scene.names(), ["kept"]);
  },
  PYTHON,
);

for (const line of ["a", "send 100 a", "send - a\\n9"]) {
  dropTest(
    `a client that is stopped in the middle of "${line}" and killed leaves no wrong file`,
    async (scene) => {
      const child = start(speaker(scene, `${line}\\nhalf`, "WAIT"), {
        cwd: scene.local,
      });
      await until(() =>
        partsIn(scene.box).some((name) => scene.content(name).length === 4)
      );
      child.kill("SIGKILL");
      await Promise.all([child.output(), child.stdin.close()]);
      await until(() => partsIn(scene.box).length === 0);
      // Its end looks like any other's; only sizes and chunks tell.
      assertEquals(scene.names(), line === "a" ? ["a"] : []);
    },
    PYTHON,
  );
}

dropTest(
  "dropc that is killed in the middle of an upload leaves nothing",
  async (scene) => {
    const { port, local, box } = scene;
    const words = toolWords("dropc");
    const child = start(
      [...words, "-s", `127.0.0.1:${port}`, "put", "-", "--name", "a"],
      { cwd: local },
    );
    const writer = child.stdin.getWriter();
    await writer.write(new Uint8Array(100_000));
    await until(() =>
      partsIn(box).some((name) => scene.content(name).length === 100_000)
    );
    child.kill("SIGKILL");
    await child.output();
    await writer.close().catch(() => {});
    await until(() => partsIn(box).length === 0);
    assertEquals(scene.names(), []);
  },
);

dropTest(
  "a server that is killed in the middle of an upload leaves no file that clients see",
  async (scene) => {
    const child = start(speaker(scene, "a\\nhalf", "WAIT"), {
      cwd: scene.local,
    });
    await until(() => partsIn(scene.box).length === 1);
    scene.dropd.kill("SIGKILL");
    await scene.dropd.status;
    child.kill("SIGKILL");
    await Promise.all([child.output(), child.stdin.close()]);
    const [part] = partsIn(scene.box);
    assertEquals(scene.names(), [part]);
    await Deno.remove(`${scene.box}/${part}`);
  },
  { ...PYTHON, killed: true },
);

dropTest(
  "who may not come in is told why",
  async (scene) => {
    const waiting = start(speaker(scene, "a\\n", "WAIT"), { cwd: scene.local });
    await until(() => partsIn(scene.box).length === 1);
    const { stdout } = await scene.run(speaker(scene));
    assertEquals(stdout, "error: too many connections; try again later\n");
    waiting.kill("SIGKILL");
    await Promise.all([waiting.output(), waiting.stdin.close()]);
    await until(() => partsIn(scene.box).length === 0);
  },
  { ...PYTHON, args: () => ["--max-connections", "1"] },
);

/** Whether this process may mount: a full disk is a small one. */
const CAN_MOUNT: boolean = await canMount();

dropTest(
  "a full disk is told, harms no older file, and frees what it took",
  async (scene) => {
    const { port, run, names } = scene;
    const client = ["nc.openbsd", "-N", "127.0.0.1", port];
    const shell = (line: string) => run(["sh", "-c", line, "sh", ...client]);
    for (const name of ["old", "new"]) {
      const said = await shell(
        `(echo ${name}; head -c 8M /dev/zero) | "$@"`,
      );
      assertEquals(said.stdout, `error: ${name}: the server's disk is full\n`);
    }
    assertEquals(names(), ["old"]);
    assertEquals((await shell(`echo get old | "$@"`)).stdout, "old");
    const said = await shell(`(echo new; echo fits) | "$@"`);
    assertEquals(said.stdout, "saved new (5 bytes)\n");
    assertMatch(scene.dropd.log, / WARN refused .*disk is full/);
  },
  {
    programs: ["nc.openbsd"],
    args: () => ["--overwrite"],
    missing: CAN_MOUNT ? undefined : "it needs the right to mount",
    async prepare(box) {
      await mount("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", box);
      await Deno.writeTextFile(`${box}/old`, "old");
    },
    restore: (box) => mount("umount", box),
  },
);

async function canMount(): Promise<boolean> {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return false;
  const folder = await Deno.makeTempDir({ prefix: "wharf-disk-" });
  try {
    await mount("mount", "-t", "tmpfs", "tmpfs", folder);
    await mount("umount", folder);
    return true;
  } catch {
    return false;
  } finally {
    await Deno.remove(folder);
  }
}

async function mount(program: string, ...args: string[]): Promise<void> {
  const options = { args, stdout: "null", stderr: "null" } as const;
  const { success } = await new Deno.Command(program, options).output();
  if (!success) throw new Error(`${program} ${args.join(" ")} failed`);
}
