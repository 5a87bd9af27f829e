/** `echoc` and the echo servers that people have already. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  type ForeignEcho,
  foreignTest,
  NCAT_TCP,
  NCAT_UDP,
  type Place,
  PYTHON_BOTH,
  SOCAT_TCP,
  SOCAT_UNIX,
  XINETD,
} from "./echoc_foreign.ts";
import { runTool } from "./service_tool.ts";

/** More than the buffers of two sockets, with every byte in it. */
const TEXT = Array.from({ length: 60_000 }, (_, n) => `line ${n}\n`).join("");

/** Runs a ping; its result. */
async function measure(args: readonly string[], code = 0) {
  const { stdout } = await runTool("echoc", [...args, "--json"], { code });
  return JSON.parse(stdout);
}

function assertClean(result: Record<string, unknown>, sent: number): void {
  const { received, lost, duplicates, reordered } = result;
  const { corrupted, late, truncated, unexpected } = result;
  const faults = [lost, duplicates, reordered, corrupted, late, truncated];
  assertEquals([result.sent, received], [sent, sent]);
  assertEquals([...faults, unexpected], [0, 0, 0, 0, 0, 0, 0]);
}

/** How `echoc` is told where a server of connections is. */
function streamAt({ serves }: ForeignEcho, { at, socket }: Place): string[] {
  return serves === "unix" ? ["--unix", socket] : [at];
}

// ncat forgets what is under way when the client ends its side.
for (const server of [XINETD, SOCAT_TCP, SOCAT_UNIX, PYTHON_BOTH]) {
  const name = `echoc gets its words back from ${server.name}`;
  foreignTest(server, name, async (place) => {
    const where = streamAt(server, place);
    const word = await runTool("echoc", [...where, "grüße"]);
    assertEquals(word.stdout, "grüße\n");
    assertMatch(
      word.stderr,
      /^echoc: 7 bytes came back as sent, in [\d.]+ ms\n$/,
    );
    const file = await runTool("echoc", where, { stdin: TEXT });
    assert(file.stdout === TEXT, "all of it came back");
    const empty = await runTool("echoc", where, { stdin: "" });
    assertEquals(empty.stdout, "");
  });
}

for (const server of [XINETD, NCAT_TCP, SOCAT_TCP, SOCAT_UNIX, PYTHON_BOTH]) {
  const name = `echoc measures connections of ${server.name}`;
  foreignTest(server, name, async (place) => {
    const where = streamAt(server, place);
    assertClean(await measure([...where, "-c", "10", "-i", "10ms"]), 10);
    const flood = ["-f", "-c", "300", "--window", "4", "-s", "1000"];
    assertClean(await measure([...where, ...flood]), 300);
  });
}

// ncat glues datagrams together when two are under way; a flood sends one.
for (const server of [NCAT_UDP, PYTHON_BOTH]) {
  const name = `echoc measures datagrams of ${server.name}`;
  foreignTest(server, name, async ({ at }) => {
    const where = ["--udp", at, "-f"];
    assertClean(await measure([...where, "-c", "10"]), 10);
    assertClean(await measure([...where, "-c", "10", "-s", "8"]), 10);
    assertClean(await measure([...where, "-c", "50", "-s", "1400"]), 50);
  });
}

foreignTest(
  NCAT_UDP,
  "echoc finds where ncat cuts datagrams",
  async ({ at }) => {
    const sweep = ["--udp", at, "--sweep", "8189..8195"];
    const result = await measure(sweep, 1);
    const { sent, received, truncated, corrupted } = result;
    assertEquals([sent, received, truncated, corrupted], [7, 7, 3, 0]);
    const { largestWhole, smallestBroken } = result;
    assertEquals([largestWhole, smallestBroken], [8192, 8193]);
    const { stdout, stderr } = await runTool("echoc", sweep, { code: 1 });
    const line = `8192 bytes from ${at}: seq=5 time=`;
    assert(stdout.includes(line), stdout);
    assert(stdout.includes(" ms (cut from 8193 bytes)\n"), stdout);
    const end = "had 8192 bytes, the shortest that did not 8193\n";
    assert(stdout.endsWith(end), stdout);
    assertEquals(stderr, "echoc: 3 replies came back cut short\n");
  },
);

// xinetd loses some datagrams by itself, when they follow each other closely.
foreignTest(
  XINETD,
  "echoc finds where xinetd cuts datagrams",
  async ({ at }) => {
    const paced = ["--udp", at, "-c", "10", "-i", "50ms", "-W", "0.5"];
    for (const [size, code] of [[56, 0], [2048, 0], [2049, 1], [4096, 1]]) {
      const result = await measure([...paced, "-s", `${size}`], code);
      const { sent, received, lost, truncated, corrupted } = result;
      assertEquals([sent, received + lost, corrupted], [10, 10, 0]);
      assert(received > 0, "some came back");
      const cut = result.received + result.late + result.duplicates;
      assertEquals(truncated, code === 0 ? 0 : cut, `${size} bytes`);
    }
    const long = ["--udp", at, "x".repeat(2049)];
    const { stderr } = await runTool("echoc", long, { code: 1 });
    const end = "is too short: 2048 of 2049 bytes came back\n";
    assert(stderr.endsWith(end), stderr);
  },
);

foreignTest(
  PYTHON_BOTH,
  "echoc gets the largest datagrams back from Python",
  async ({ at }) => {
    const sizes = ["--sweep", "65500..65507"];
    assertClean(await measure(["--udp", at, ...sizes]), 8);
  },
);
