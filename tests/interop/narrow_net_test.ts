/**
 * The small tools from source, under the narrowest flags that can work: what
 * they do then, and what they say when one of the flags is missing.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { hear, say, withFolder } from "../net/loopback.ts";
import { IS_COMPILED, runTool, startTool } from "./service_tool.ts";

/** Any free port of this machine: a server needs no more for connections. */
const ANY_PORT = "--allow-net=127.0.0.1:0";
/** An answer goes to the port of whoever asked: any port of this machine. */
const ANSWERING = "--allow-net=127.0.0.1";
const NO_NET = ["--deny-net"];

/** The flag to reach a port over TCP. */
function reaching(port: number): string {
  return `--allow-net=127.0.0.1:${port}`;
}

/** The same for datagrams, which need a socket to come from. */
function sendingTo(port: number): string {
  return `${reaching(port)},127.0.0.1:0`;
}

/** A server with a client, over one of the protocols. */
interface Pair {
  /** The server. */
  readonly server: string;
  /** Its arguments. */
  readonly serve: readonly string[];
  /** The client. */
  readonly client: string;
  /** The protocol that the client uses. */
  readonly over: "tcp" | "udp";
  /** The client's arguments. */
  ask(port: number): readonly string[];
  /** What the client prints. */
  readonly prints: RegExp;
}

function at(port: number): string {
  return `127.0.0.1:${port}`;
}

const PAIRS: readonly Pair[] = (["tcp", "udp"] as const).flatMap((over) => [
  {
    over,
    server: "echod",
    serve: [`--${over}`, "127.0.0.1:0"],
    client: "echoc",
    ask: (port) => [`--${over}`, at(port), "hello"],
    prints: /^hello\n$/,
  },
  {
    over,
    server: "upperd",
    serve: [`--${over}`, "127.0.0.1:0"],
    client: "upperc",
    ask: (port) => [`--${over}`, at(port), "hello"],
    prints: /^HELLO\n$/,
  },
  {
    over,
    server: "timed",
    serve: ["--time", "127.0.0.1:0"],
    client: "timec",
    ask: (port) => [`--${over}`, at(port)],
    prints: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\n$/,
  },
]);

/** Flags are for sources; a binary has its permissions baked in. */
function narrowTest(name: string, fn: () => Promise<void>): void {
  Deno.test({
    name: IS_COMPILED ? `${name} (skipped: binaries have no flags)` : name,
    ignore: IS_COMPILED,
    fn,
  });
}

for (const { server, serve, client, over, ask, prints } of PAIRS) {
  // The time is served over both.
  const isAnswering = over === "udp" || server === "timed";
  const serverFlag = isAnswering ? ANSWERING : ANY_PORT;
  narrowTest(
    `${server} and ${client} work over ${over} with the narrowest flags`,
    async () => {
      await using running = await startTool(server, serve, {
        flags: [serverFlag],
      });
      const [port = 0] = running.ports;
      const clientFlag = over === "udp" ? sendingTo(port) : reaching(port);
      const { stdout } = await runTool(client, ask(port), {
        flags: [clientFlag],
      });
      assertMatch(stdout, prints);
      assert(!running.log.includes("--allow-"), running.log);
    },
  );

  narrowTest(
    `${client} over ${over} names the flag that is missing`,
    async () => {
      const { stdout, stderr } = await runTool(client, ask(9), {
        code: 3,
        flags: NO_NET,
      });
      const [what, flag] = over === "udp"
        ? ["send", sendingTo(9)]
        : ["connect", reaching(9)];
      assertEquals(
        [stdout, stderr],
        [
          "",
          `${client}: cannot ${what} to 127.0.0.1:9 (${over}): ` +
          `the runtime needs ${flag}\n`,
        ],
      );
    },
  );
}

for (const { client, ask } of PAIRS.filter(({ over }) => over === "udp")) {
  narrowTest(
    `${client} says that datagrams need a second address`,
    async () => {
      const { stderr } = await runTool(client, ask(9), {
        code: 3,
        flags: [reaching(9)],
      });
      assertEquals(
        stderr,
        `${client}: cannot send to 127.0.0.1:9 (udp): ` +
          `the runtime needs ${sendingTo(9)}\n`,
      );
    },
  );
}

const SERVERS: Readonly<Record<string, readonly string[]>> = {
  "echod --tcp": ["--tcp", "127.0.0.1:0"],
  "echod --udp": ["--udp", "127.0.0.1:0"],
  "upperd --tcp": ["--tcp", "127.0.0.1:0"],
  "upperd --udp": ["--udp", "127.0.0.1:0"],
  "timed --daytime": ["--daytime", "127.0.0.1:0"],
  "stampd --listen": ["--listen", "127.0.0.1:0"],
  "bucket --listen": ["--listen", "127.0.0.1:0"],
};

for (const [name, args] of Object.entries(SERVERS)) {
  narrowTest(`${name} names the flag that is missing`, async () => {
    const [server = ""] = name.split(" ");
    const { stdout, stderr } = await runTool(server, args, {
      code: 3,
      flags: NO_NET,
    });
    assertEquals(
      [stdout, stderr],
      [
        "",
        `${server}: cannot serve 127.0.0.1:0: ` +
        `the runtime needs ${ANY_PORT}\n`,
      ],
    );
  });
}

narrowTest("a server of datagrams says what it needs to answer", async () => {
  await using echod = await startTool("echod", ["--udp", "127.0.0.1:0"], {
    flags: [ANY_PORT],
  });
  await echod.said(
    "echod: no answering: the runtime needs --allow-net=127.0.0.0/8\n",
  );
});

narrowTest("stampd works with the narrowest flags", async () => {
  await using stampd = await startTool("stampd", ["--listen", "127.0.0.1:0"], {
    flags: [ANY_PORT],
  });
  const [port = 0] = stampd.ports;
  using conn = await Deno.connect({ hostname: "127.0.0.1", port });
  await say(conn, "hello\n");
  await conn.closeWrite();
  assertMatch(await hear(conn), /^\[.+\] hello\n$/);
});

narrowTest("bucket and spew work with the narrowest flags", async () => {
  await using bucket = await startTool("bucket", ["--listen", "127.0.0.1:0"], {
    flags: [ANY_PORT],
  });
  const [port = 0] = bucket.ports;
  const { stderr } = await runTool("spew", ["--to", at(port), "hello"], {
    flags: [sendingTo(port)],
  });
  assertEquals(stderr, "");
  await bucket.printed(" 5B hello\n");
});

narrowTest(
  "spew names the flag that is missing, and does not fail its caller",
  async () => {
    for (const flag of [...NO_NET, reaching(9)]) {
      const { stderr } = await runTool("spew", ["--to", at(9), "hello"], {
        flags: [flag],
      });
      assertEquals(
        stderr,
        "spew: cannot send to 127.0.0.1:9 (udp): " +
          `the runtime needs ${sendingTo(9)}\n`,
      );
    }
  },
);

/** The flags for a folder or a file, to be read and written. */
function files(path: string): string[] {
  return [`--allow-read=${path}`, `--allow-write=${path}`];
}

narrowTest("dropd and dropc work with the narrowest flags", async () => {
  await withFolder(async (folder) => {
    const box = `${folder}/box`;
    const note = `${folder}/note.txt`;
    await Deno.mkdir(box);
    await Deno.writeTextFile(note, "hello\n");
    await using dropd = await startTool(
      "dropd",
      ["--listen", "127.0.0.1:0", box],
      { flags: [ANY_PORT, ...files(box)] },
    );
    const [port = 0] = dropd.ports;
    const server = ["--server", at(port)];
    await runTool("dropc", [...server, "put", note], {
      flags: [reaching(port), `--allow-read=${note}`],
    });
    const { stdout } = await runTool("dropc", [...server, "dir"], {
      flags: [reaching(port)],
    });
    assertMatch(stdout, /\bnote\.txt\b/);
    assertEquals(await Deno.readTextFile(`${box}/note.txt`), "hello\n");
    assert(!dropd.log.includes("--allow-"), dropd.log);
  });
});

narrowTest("dropd names each flag that is missing", async () => {
  await withFolder(async (box) => {
    const args = ["--listen", "127.0.0.1:0", box];
    const net = await runTool("dropd", args, { code: 3, flags: files(box) });
    assertEquals(
      net.stderr,
      `dropd: cannot serve 127.0.0.1:0: the runtime needs ${ANY_PORT}\n`,
    );
    const read = await runTool("dropd", args, { code: 1, flags: [ANY_PORT] });
    assertEquals(
      read.stderr,
      `dropd: cannot serve ${box}: the runtime needs --allow-read=${box}\n`,
    );
    await using reading = await startTool("dropd", args, {
      flags: [ANY_PORT, `--allow-read=${box}`],
    });
    await reading.said(
      `dropd: no writing: the runtime needs --allow-write=${box}\n`,
    );
  });
});

narrowTest("dropc names each flag that is missing", async () => {
  await withFolder(async (folder) => {
    const note = `${folder}/note.txt`;
    await Deno.writeTextFile(note, "hello\n");
    const server = ["--server", at(9)];
    const net = await runTool("dropc", [...server, "dir"], {
      code: 3,
      flags: NO_NET,
    });
    assertEquals(
      net.stderr,
      "dropc: cannot connect to 127.0.0.1:9 (tcp): " +
        `the runtime needs ${reaching(9)}\n`,
    );
    const read = await runTool("dropc", [...server, "put", note], {
      code: 1,
      flags: [reaching(9)],
    });
    assertEquals(
      read.stderr,
      `dropc: cannot read ${note}: the runtime needs --allow-read=${note}\n`,
    );
  });
});

narrowTest(
  "lookup works with the narrowest flags, and names the one that is missing",
  async () => {
    const args = ["host", "localhost"];
    const system = await runTool("lookup", args, {
      flags: ["--allow-net=localhost"],
    });
    assertMatch(system.stdout, /^ {2}system +(127\.0\.0\.1|::1) /m);
    const hosts = await runTool("lookup", args, {
      flags: ["--allow-read=/etc/hosts"],
    });
    assertMatch(hosts.stdout, /^ {2}hosts +(127\.0\.0\.1|::1) /m);
    const none = await runTool("lookup", args, { code: 3, flags: NO_NET });
    assertMatch(
      none.stdout,
      /system +- +the runtime needs --allow-net=localhost/,
    );
  },
);
