/** `echod` when there is too much of something. */
import { assert, assertEquals, assertMatch, fail } from "@std/assert";
import { type Bytes, writeAll } from "../../lib/bytes.ts";
import { soon } from "../services/echo_server.ts";
import { type RunningTool, startTool } from "./service_tool.ts";

const IS_LINUX = Deno.build.os === "linux";
const MIB = 2 ** 20;

function connect({ ports }: RunningTool): Promise<Deno.TcpConn> {
  return Deno.connect({ hostname: "127.0.0.1", port: ports[0]! });
}

/** Sends a line on a connection, and waits until it has come back. */
async function pings(conn: Deno.Conn): Promise<boolean> {
  const sent: Bytes = new TextEncoder().encode("ping\n");
  await writeAll(conn, sent);
  const buffer = new Uint8Array(100);
  const count = await soon(conn.read(buffer), "the echo");
  return count === sent.length;
}

/** Kilobytes of memory that a process holds now; `null` where nobody tells. */
async function residentKilobytes(pid: number): Promise<number | null> {
  if (!IS_LINUX) return null;
  // The runtime itself reads nothing below /proc without every permission.
  const { stdout } = await new Deno.Command("cat", {
    args: [`/proc/${pid}/status`],
  }).output();
  const status = new TextDecoder().decode(stdout);
  return Number(/^VmRSS:\s*(\d+)/m.exec(status)?.[1] ?? fail("no VmRSS"));
}

function closeAll(conns: Deno.Conn[]): void {
  for (const conn of conns.splice(0)) conn.close();
}

Deno.test("echod serves 1,000 idle connections for little memory", async () => {
  await using echod = await startTool("echod", [
    ...["--tcp", "127.0.0.1:0", "--max-per-address", "1001"],
    ...["--max-connections", "1001", "--rate", "off", "--quiet"],
  ]);
  const conns: Deno.Conn[] = [];
  try {
    conns.push(await connect(echod));
    await pings(conns[0]!);
    const before = await residentKilobytes(echod.pid);
    while (conns.length < 1001) {
      const conn = await connect(echod);
      conns.push(conn);
      assert(await pings(conn));
    }
    const after = await residentKilobytes(echod.pid);
    for (const conn of conns) assert(await pings(conn));
    if (before !== null && after !== null) {
      const each = (after - before) / 1000;
      assert(each < 48, `${each} KiB each`);
    }
  } finally {
    closeAll(conns);
  }
});

Deno.test({
  name: "echod keeps its memory when peers do not read",
  ignore: !IS_LINUX,
  async fn() {
    await using echod = await startTool("echod", ["--tcp", "127.0.0.1:0"]);
    const conns: Deno.Conn[] = [];
    const writing: Promise<void>[] = [];
    const other = await connect(echod);
    try {
      await pings(other);
      const before = await residentKilobytes(echod.pid) ?? 0;
      const flood = new Uint8Array(200 * MIB);
      for (let i = 0; i < 5; i++) {
        const conn = await connect(echod);
        conns.push(conn);
        writing.push(writeAll(conn, flood).catch(() => {}));
      }
      let most = 0;
      for (let round = 0; round < 200; round++) {
        assert(await pings(other));
        most = Math.max(most, await residentKilobytes(echod.pid) ?? 0);
      }
      assert(most - before < 48 * 1024, `${most - before} KiB more`);
    } finally {
      closeAll(conns);
      await Promise.all(writing);
      other.close();
    }
  },
});

Deno.test({
  name:
    "echod outlives running out of file descriptors, and accepts again afterwards",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using echod = await startTool("echod", [
      ...["--tcp", "127.0.0.1:0", "--rate", "off"],
    ], { setup: "ulimit -n 100" });
    const conns: Deno.Conn[] = [];
    try {
      // The kernel completes them; the server cannot take them all.
      while (conns.length < 120) conns.push(await connect(echod));
      await echod.said("Too many open files");
      assert(await pings(conns[0]!), "those that are in are served");
    } finally {
      closeAll(conns);
    }
    const conn = await connect(echod);
    assert(await pings(conn));
    conn.close();
    assertEquals(await echod.stop(), 0, echod.log);
    assertMatch(echod.log, /ERROR failed what="accept on 127/);
  },
});
