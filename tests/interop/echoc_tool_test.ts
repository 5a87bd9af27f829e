/** `echoc` as people run it, with the sources or the compiled one. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { serveTcp } from "../../lib/net/tcp.ts";
import type { StreamService } from "../../lib/net/service.ts";
import { withFolder } from "../net/loopback.ts";
import { start } from "./program.ts";
import {
  IS_COMPILED,
  type RunningTool,
  runTool,
  startTool,
  toolWords,
} from "./service_tool.ts";

/** Runs `action` with an `echod` on TCP and UDP, and on a Unix socket. */
async function withEchod(
  action: (
    at: { at: string; socket: string; echod: RunningTool },
  ) => Promise<void>,
  ...args: string[]
): Promise<void> {
  await withFolder(async (folder) => {
    const socket = `${folder}/echo.sock`;
    await using echod = await startTool("echod", [
      ...["--tcp", "127.0.0.1:0", "--udp", "127.0.0.1:0", "--unix", socket],
      ...["--rate", "off", ...args],
    ]);
    await action({ at: `127.0.0.1:${echod.ports[0]}`, socket, echod });
  });
}

/** Runs `action` with a server of this process. */
async function withService(
  service: StreamService,
  action: (at: string) => Promise<void>,
): Promise<void> {
  await using server = await serveTcp(service, {
    listen: [{ transport: "tcp", hostname: "127.0.0.1", port: 0 }],
    grace: 0,
  });
  const [address] = server.addresses;
  assert(address?.transport === "tcp");
  await action(`127.0.0.1:${address.port}`);
}

/** The last JSON object of what was printed. */
function lastObject(stdout: string): Record<string, number> {
  return JSON.parse(stdout.trimEnd().split("\n").at(-1)!);
}

Deno.test("echoc sends a message over TCP, UDP and Unix sockets", async () => {
  await withEchod(async ({ at, socket }) => {
    for (const where of [[at], ["--udp", at], ["--unix", socket]]) {
      const { stdout, stderr } = await runTool("echoc", [...where, "hello"]);
      assertEquals(stdout, "hello\n");
      assertMatch(stderr, /^echoc: 5 bytes came back as sent, in \S+ ms\n$/);
      for (const option of ["--quiet", "-q"]) {
        const quiet = await runTool("echoc", [...where, "hello", option]);
        assertEquals([quiet.stdout, quiet.stderr], ["hello\n", ""]);
      }
    }
  });
});

Deno.test("echoc sends its standard input, and prints it byte for byte", async () => {
  await withEchod(async ({ at }) => {
    const text = "no line end, \0, \x1b[2J and ü";
    for (const where of [[at], ["--udp", at]]) {
      assertEquals(
        (await runTool("echoc", where, { stdin: text })).stdout,
        text,
      );
      assertEquals((await runTool("echoc", where, { stdin: "" })).stdout, "");
    }
    const long = "0123456789".repeat(1_000_000);
    const { stdout } = await runTool("echoc", [at], { stdin: long });
    assert(stdout === long, `${stdout.length} bytes`);
    const { stderr } = await runTool("echoc", ["--udp", at], {
      stdin: long,
      code: 2,
    });
    assertEquals(
      stderr,
      "echoc: a message of more than 65527 bytes fits into no datagram; send it over TCP\n",
    );
  });
});

Deno.test("echoc tells a program how it went, as JSON", async () => {
  await withEchod(async ({ at }) => {
    const { stdout } = await runTool("echoc", [at, "hello", "--json"]);
    const { time, ...rest } = JSON.parse(stdout);
    assertEquals(rest, {
      target: `${at} (tcp)`,
      sent: 5,
      received: 5,
      same: true,
      differsAt: null,
    });
    assert(time > 0);
  });
});

Deno.test("echoc exits with 1 when the reply is not what was sent", async () => {
  const shout: StreamService = async (conn) => {
    const buffer = new Uint8Array(100);
    for (let n; (n = await conn.read(buffer)) !== null;) {
      const text = new TextDecoder().decode(buffer.subarray(0, n));
      await conn.write(new TextEncoder().encode(text.toUpperCase()));
    }
  };
  await withService(shout, async (at) => {
    const { stdout, stderr } = await runTool("echoc", [at, "HELLo"], {
      code: 1,
    });
    assertEquals(stdout, "HELLO\n");
    assertEquals(
      stderr,
      `echoc: the reply from ${at} (tcp) is not what was sent: it differs from offset 4 on\n`,
    );
    const ping = await runTool("echoc", [at, "-c", "3", "-i", "10ms", "-q"], {
      code: 1,
    });
    assertEquals(ping.stderr, "echoc: 3 replies came back changed\n");
  });
});

Deno.test("echoc exits with 3 when there is no server, and says why", async () => {
  using closed = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const at = `127.0.0.1:${closed.addr.port}`;
  closed.close();
  const errorOf = async (...args: string[]) => {
    const { stdout, stderr } = await runTool("echoc", args, { code: 3 });
    assertEquals(stdout, "");
    return stderr;
  };
  const refused =
    `echoc: cannot connect to ${at} (tcp): connection refused; is a server listening?\n`;
  assertEquals(await errorOf(at, "hello"), refused);
  assertEquals(await errorOf(at, "-c", "1"), refused);
  assertEquals(
    await errorOf("--udp", at, "hello", "-W", "0.2"),
    `echoc: no reply in 0.2 s from ${at} (udp); is a server listening?\n`,
  );
  assertEquals(
    await errorOf("nosuch.invalid:7", "hello"),
    "echoc: cannot connect to nosuch.invalid:7 (tcp): no such host; check the name's spelling\n",
  );
  assertEquals(
    await errorOf("--udp", "nosuch.invalid:7", "-c", "1"),
    "echoc: cannot look up nosuch.invalid:7 (udp): no such host; check the name's spelling\n",
  );
  await withFolder(async (folder) => {
    const path = `${folder}/none`;
    assertEquals(
      await errorOf("--unix", path, "hello"),
      `echoc: cannot connect to ${path} (unix): there is no such socket; is a server listening?\n`,
    );
  });
});

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

Deno.test("echoc exits with 2 when the command line makes no sense", async () => {
  const cases: [string[], RegExp][] = [
    [[], /which server\? Give HOST/],
    [["a:b:c"], /Cannot read host "a:b:c"/],
    [["a:0"], /a port is a number from 1 to 65535/],
    [["--udp", "--tcp", "a"], /--udp and --tcp: choose one/],
    [["--unix", "/a", "b", "c"], /--unix takes no HOST/],
    [["a", "-c", "1", "text"], /a ping sends no MESSAGE/],
    [["a", "-i", "fast"], /--interval: expected seconds/],
    [["a", "-f", "-i", "1"], /--interval and --flood: choose one/],
    [["a", "--sweep", "9..1"], /--sweep: expected A\.\.B/],
    [["a", "--max-loss", "200"], /--max-loss: expected percent/],
    [["a", "--cuont", "1"], /did you mean --count\?/],
  ];
  for (const [args, message] of cases) {
    const { stdout, stderr } = await runTool("echoc", args, { code: 2 });
    assertMatch(stderr, message);
    assertEquals([stdout, stderr.split("\n").length], ["", 2]);
  }
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
  for (const seed of ["3", "1234"]) {
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
      seed,
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

Deno.test("echoc ends when nobody reads its output any more", async () => {
  await withEchod(async ({ at }) => {
    const { child, reader } = await endless([at, "-i", "10ms"]);
    await reader.cancel();
    assertEquals((await child.status).code, 0);
    await child.stderr.cancel();
  });
});

Deno.test("echoc ends a message at Ctrl-C", async () => {
  await withEchod(async ({ at }) => {
    const child = start([...toolWords("echoc"), at], { cwd: "/" });
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode("typed\n"));
    const reader = child.stdout.pipeThrough(new TextDecoderStream())
      .getReader();
    assertEquals((await reader.read()).value, "typed\n");
    child.kill("SIGINT");
    assertEquals((await child.status).code, 1);
    await reader.cancel();
    await child.stderr.cancel();
    await writer.close().catch(() => {});
  });
});

/** A test of what a missing permission leads to; compiled tools have theirs. */
function permissionTest(name: string, fn: () => Promise<void>): void {
  const skipped = IS_COMPILED
    ? " (skipped: compiled tools have their own)"
    : "";
  Deno.test({ name: `${name}${skipped}`, ignore: IS_COMPILED, fn });
}

permissionTest(
  "echoc works with the least permissions that can be enough",
  async () => {
    await withEchod(async ({ at, socket }) => {
      const net = `--allow-net=${at}`;
      await runTool("echoc", [at, "hello"], { flags: [net] });
      await runTool("echoc", ["--udp", at, "hello"], {
        flags: [`${net},127.0.0.1:0`],
      });
      await runTool("echoc", ["--udp", at, "-c", "2", "-f"], {
        flags: [`${net},127.0.0.1:0`],
      });
      const files = [`--allow-read=${socket}`, `--allow-write=${socket}`];
      const flags = [...files, `--allow-net=unix:${socket}`];
      await runTool("echoc", ["--unix", socket, "hello"], { flags });
    });
  },
);

permissionTest("echoc names the permission that is missing", async () => {
  await withEchod(async ({ at, socket }) => {
    const errorOf = async (args: string[], ...flags: string[]) =>
      (await runTool("echoc", args, { flags, code: 3 })).stderr;
    const elsewhere = "--allow-net=127.0.0.1:1";
    assertEquals(
      await errorOf([at, "hello"], elsewhere),
      `echoc: cannot connect to ${at} (tcp): the runtime needs --allow-net=${at}\n`,
    );
    assertEquals(
      await errorOf(["--udp", at, "hello"], elsewhere),
      `echoc: cannot send to ${at} (udp): the runtime needs --allow-net=${at},127.0.0.1:0\n`,
    );
    assertEquals(
      await errorOf(["--unix", socket, "hello"], elsewhere),
      `echoc: cannot connect to ${socket} (unix): the runtime needs ` +
        `--allow-read=${socket} --allow-write=${socket}\n`,
    );
  });
});
