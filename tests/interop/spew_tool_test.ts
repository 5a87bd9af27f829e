/** `spew` as people run it: it never gets in the way. */
import { assertEquals, assertGreaterOrEqual, assertMatch } from "@std/assert";
import { testWith, textOf, until, withBucket } from "./bucket_scene.ts";
import { run, runWell, start } from "./program.ts";
import { IS_COMPILED, runTool, toolWords } from "./service_tool.ts";

/** What `bucket` shows of what `spew` sends with these arguments. */
async function shownOf(
  args: readonly string[],
  count: number,
  stdin = "",
): Promise<string[]> {
  let texts: string[] = [];
  await withBucket([], async (scene) => {
    const to = ["--to", `127.0.0.1:${scene.port}`];
    const { stdout, stderr } = await runTool("spew", [...to, ...args], {
      stdin,
    });
    assertEquals([stdout, stderr], ["", ""]);
    await until(() => scene.records.length >= count);
    texts = scene.records.map(textOf);
  });
  return texts;
}

Deno.test("spew sends its arguments as one message", async () => {
  assertEquals(await shownOf(["here", "we  are"], 1), ["here we  are"]);
  assertEquals(await shownOf(["--", "-5 V"], 1), ["-5 V"]);
  assertEquals(await shownOf([""], 1), [""]);
  assertEquals(await shownOf(["a", "", "b"], 1), ["a  b"]);
});

Deno.test("spew sends each line of its input, also an empty one and the last", async () => {
  const labels = ["--tag", "make", "--level", "warn", "--seq"];
  assertEquals(await shownOf(labels, 4, "one\r\ntwo\n\nlast"), [
    "[make warn #1] one",
    "[make warn #2] two",
    "[make warn #3] ",
    "[make warn #4] last",
  ]);
});

Deno.test("spew sends long text in parts, cut between characters", async () => {
  const text = "ä€😀".repeat(300);
  const parts = await shownOf(["--max-size", "512", text], 6);
  assertEquals(parts.map((part) => part.split("] ")[0]), [
    ...["[1/6", "[2/6", "[3/6", "[4/6", "[5/6", "[6/6"],
  ]);
  assertEquals(parts.map((part) => part.split("] ")[1]).join(""), text);
});

Deno.test("spew repeats itself, as often a second as it is told to", async () => {
  const begun = performance.now();
  const texts = await shownOf(
    ["--repeat", "5", "--rate", "50", "--seq", "x"],
    5,
  );
  assertEquals(texts, [1, 2, 3, 4, 5].map((seq) => `[#${seq}] x`));
  assertGreaterOrEqual(performance.now() - begun, 80);
});

Deno.test("spew sends a line as soon as it is there", async () => {
  await withBucket([], async (scene) => {
    const words = [...toolWords("spew"), "--to", `127.0.0.1:${scene.port}`];
    const child = start(words, { cwd: "/" });
    const writer = child.stdin.getWriter();
    for (const line of ["first", "second"]) {
      await writer.write(new TextEncoder().encode(`${line}\n`));
      await scene.bucket.printed(`${line}\n`);
    }
    await writer.close();
    const { code } = await child.output();
    assertEquals(code, 0);
  });
});

Deno.test("spew succeeds when nobody listens", async () => {
  const quiet = Deno.listenDatagram({
    ...{ transport: "udp", hostname: "127.0.0.1", port: 0 },
  });
  const { port } = quiet.addr as Deno.NetAddr;
  quiet.close();
  const { stderr } = await runTool("spew", [
    ...["--to", `127.0.0.1:${port}`, "--repeat", "3", "x"],
  ]);
  assertEquals(stderr, "");
});

// No resolver is asked for a name that cannot be one.
const NOWHERE = `${"x".repeat(64)}.invalid`;

Deno.test("spew succeeds when there is no such host, says so in one line, or not", async () => {
  const lines = "x\n".repeat(50);
  const { stderr } = await runTool("spew", ["--to", NOWHERE], { stdin: lines });
  assertMatch(stderr, /^spew: cannot look up x+\.invalid:7739 \(udp\): .*\n$/);
  const quiet = await runTool("spew", ["--to", NOWHERE, "--quiet", "x"]);
  assertEquals(quiet.stderr, "");
});

Deno.test("spew says what it cannot read, and succeeds", async () => {
  const words = toolWords("spew").map((word) => `'${word}'`).join(" ");
  const folder = await run(["sh", "-c", `${words} < /`], { cwd: "/" });
  assertEquals([folder.code, folder.stderr], [
    0,
    "spew: cannot read standard input: is a directory\n",
  ]);
  const closed = await run(["sh", "-c", `${words} <&- >&- 2>&-`], { cwd: "/" });
  assertEquals(closed.code, 0);
});

Deno.test("spew says which permission is missing, and succeeds", async () => {
  const { stderr } = await runTool("spew", ["x"], {
    flags: ["--allow-net=127.0.0.2"],
  });
  const expected = IS_COMPILED
    ? /^$/
    : /^spew: cannot send to .*: the runtime needs --allow-net=127\.0\.0\.1:7739,127\.0\.0\.1:0\n$/;
  assertMatch(stderr, expected);
});

const REFUSED: readonly [args: string[], line: RegExp][] = [
  [["--tag", "my app", "x"], /^spew: --tag: expected a letter, then /],
  [["--tag", "warn", "x"], /^spew: --tag: expected a letter, then /],
  [["--level", "loud", "x"], /^spew: --level: expected debug or info or /],
  [["--max-size", "100", "x"], /^spew: --max-size: expected a whole number /],
  [["--to", "a b", "x"], /^spew: Cannot read host "a b": /],
  [["--to", "", "x"], /^spew: --to is empty: expected HOST/],
  [["-5 V"], /^spew: unknown option -5 V/],
];

for (const [args, line] of REFUSED) {
  Deno.test(`spew refuses ${args.join(" ")}`, async () => {
    const { stderr } = await runTool("spew", args, { code: 2 });
    assertMatch(stderr, line);
    assertEquals(stderr.split("\n").length, 2);
  });
}

/** A sink as the first one was: at most 1,024 bytes of each datagram. */
const CREOSOTE = `
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('127.0.0.1', 0))
print(s.getsockname()[1], flush=True)
while True:
    data, addr = s.recvfrom(1024)
    print(repr(data)[2:-1], flush=True)
    if data == b'over': break
`;

/** How a program receives, and says on which port. */
const SINKS = [
  {
    program: "python3",
    words: ["python3", "-c", CREOSOTE],
    port: /^(\d+)\n/,
    separator: "\n",
  },
  {
    program: "nc",
    words: ["sh", "-c", "exec nc -v -u -l 127.0.0.1 0 2>&1"],
    port: /Bound on \S+ (\d+)\n/,
    separator: "",
  },
] as const;

for (const { program, words, port, separator } of SINKS) {
  testWith([program], `${program} gets whole what spew sends`, async () => {
    const child = start(words, { cwd: "/" });
    const heard = { text: "" };
    const listening = (async () => {
      const parts = child.stdout.pipeThrough(new TextDecoderStream());
      for await (const part of parts) heard.text += part;
    })();
    await until(() => port.test(heard.text));
    const to = `127.0.0.1:${port.exec(heard.text)![1]}`;
    // One process, so that nc, which listens to the first sender only, hears all.
    const lines = ["hello", "x".repeat(1024), "y".repeat(1025), "over"];
    const stdin = lines.map((line) => `${line}\n`).join("");
    await runTool("spew", ["--to", to], { stdin });
    await until(() => heard.text.includes("over"));
    if (program === "nc") child.kill("SIGTERM");
    await Promise.all([child.status, listening, child.stdin.close()]);
    await child.stderr.cancel();
    const room = 1024 - "[1/2] ".length;
    const sent = [
      ...["hello", "x".repeat(1024), `[1/2] ${"y".repeat(room)}`],
      ...[`[2/2] ${"y".repeat(1025 - room)}`, "over"],
    ];
    const text = heard.text.split(/^.*?\n(?:Connection .*\n)?/)[1]!;
    assertEquals(text.trimEnd(), sent.join(separator));
  });
}

testWith(["socat", "python3"], "socat gets whole what spew sends", async () => {
  const free = await runWell(
    [
      ...["python3", "-c"],
      "import socket\ns = socket.socket(type=socket.SOCK_DGRAM)\n" +
      "s.bind(('127.0.0.1', 0))\nprint(s.getsockname()[1])",
    ],
    { cwd: "/" },
  );
  const port = Number(free);
  const child = start(
    // By itself it takes no more than 8 KiB of a datagram.
    ["socat", "-b", "65536", "-u", `UDP-RECVFROM:${port},bind=127.0.0.1`, "-"],
    { cwd: "/" },
  );
  await until(() => isBound(port));
  const size = 60_000;
  await runTool("spew", [
    ...["--to", `127.0.0.1:${port}`, "--max-size", "65507", "z".repeat(size)],
  ]);
  const [{ code, stdout }] = await Promise.all([
    child.output(),
    child.stdin.close(),
  ]);
  assertEquals([code, stdout.length], [0, size]);
  assertEquals(stdout.every((byte) => byte === 0x7a), true);
});

async function isBound(port: number): Promise<boolean> {
  const { stdout } = await run(["cat", "/proc/net/udp"], { cwd: "/" });
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  return stdout.includes(` 0100007F:${hex} `);
}

testWith(
  ["bash"],
  "a script with set -e goes on, whatever happens to spew",
  async () => {
    const words = toolWords("spew");
    const script = 'set -eu; empty=""; "$@" --quiet --to ' + NOWHERE +
      ' -- "$empty"; "$@" --quiet --to 127.0.0.1:9 -- "-x"; echo done';
    const out = await runWell(["bash", "-c", script, "bash", ...words], {
      cwd: "/",
    });
    assertEquals(out, "done\n");
  },
);
