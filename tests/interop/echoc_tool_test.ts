/** `echoc` as people run it, with the sources or the compiled one. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { StreamService } from "../../lib/net/service.ts";
import { withFolder } from "../net/loopback.ts";
import { withEchod, withService } from "./echoc_scene.ts";
import { run, start } from "./program.ts";
import { IS_COMPILED, runTool, toolWords } from "./service_tool.ts";
import { CLOSED_PORT } from "../net/ports.ts";

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
  const at = `127.0.0.1:${CLOSED_PORT}`;
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

Deno.test("echoc sends an empty message, too", async () => {
  await withEchod(async ({ at, socket }) => {
    for (const where of [[at], ["--udp", at], ["--unix", socket]]) {
      const { stdout, stderr } = await runTool("echoc", [...where, ""]);
      assertEquals(stdout, "");
      assertMatch(stderr, /^echoc: 0 bytes came back as sent, in \S+ ms\n$/);
    }
  });
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
    [["", "text"], /Cannot read host "": the host is missing/],
    [["a", "b", "c"], /unexpected argument "c"/],
    [["udp://a:7", "text"], /write HOST:PORT, without udp:\/\//],
    [["a", "--json", "--histogram"], /--json and --histogram: choose one/],
    [["--udp", "127.0.0.1", "-s", "65508"], /cannot send 65508 bytes to/],
  ];
  for (const [args, message] of cases) {
    const { stdout, stderr } = await runTool("echoc", args, { code: 2 });
    assertMatch(stderr, message);
    assertEquals([stdout, stderr.split("\n").length], ["", 2]);
  }
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

Deno.test("echoc ends without a word when nobody reads the reply any more", async () => {
  await withEchod(async ({ at }) => {
    const words = [...toolWords("echoc"), at].map((word) => `'${word}'`);
    const pipe = `head -c 20000000 /dev/zero | { ${
      words.join(" ")
    }; echo "exit code $?" >&2; } | head -c 10`;
    const { stdout, stderr } = await run(["sh", "-c", pipe], { cwd: "/" });
    assertEquals([stdout.length, stderr], [10, "exit code 0\n"]);
  });
});

Deno.test("echoc says which stream failed, and is not done then", async () => {
  await withEchod(async ({ at }) => {
    const words = [...toolWords("echoc"), at].map((word) => `'${word}'`);
    for (const args of ["hello", "-c 3 -i 1ms", "-c 3 -i 1ms --csv"]) {
      const full = `${words.join(" ")} ${args} > /dev/full`;
      const ended = await run(["sh", "-c", full], { cwd: "/" });
      assertEquals(ended.code, 1, ended.report);
      assertEquals(
        ended.stderr,
        "echoc: cannot write to standard output: no space left on device\n",
      );
    }
    const folder = await run(["sh", "-c", `${words.join(" ")} < /`], {
      cwd: "/",
    });
    assertEquals(folder.code, 1, folder.report);
    assertEquals(
      folder.stderr,
      "echoc: cannot read standard input: is a directory\n",
    );
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
