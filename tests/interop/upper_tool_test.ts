/** `upperc` and `upperd` as processes. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { withFolder } from "../net/loopback.ts";
import { run, start } from "./program.ts";
import {
  IS_COMPILED,
  type RunningTool,
  runTool,
  startTool,
  toolWords,
} from "./service_tool.ts";
import { at } from "./upper_foreign.ts";
import { CLOSED_PORT } from "../net/ports.ts";

function upperd(...options: string[]): Promise<RunningTool> {
  return startTool("upperd", [
    ...["--tcp", "127.0.0.1:0", "--udp", "127.0.0.1:0"],
    ...options,
  ]);
}

Deno.test("upperc asks upperd over TCP, UDP and a Unix socket", () =>
  withFolder(async (folder) => {
    const socket = `${folder}/socket`;
    await using server = await upperd("--unix", socket);
    const ways = [
      [at(server.ports[0])],
      ["--tcp", at(server.ports[0])],
      ["--udp", at(server.ports[1])],
      ["--unix", socket],
    ];
    for (const way of ways) {
      const { stdout, stderr } = await runTool("upperc", [
        ...way,
        ...["hello", "straße"],
      ]);
      assertEquals([stdout, stderr], ["HELLO STRAßE\n", ""]);
    }
  }));

Deno.test("upperc sends its standard input as it is", async () => {
  await using server = await upperd();
  const stdin = "one\r\n\ntwo";
  const tcp = await runTool("upperc", [at(server.ports[0])], { stdin });
  assertEquals(tcp.stdout, "ONE\r\n\nTWO");
  const udp = await runTool("upperc", ["--udp", at(server.ports[1])], {
    stdin,
  });
  assertEquals(udp.stdout, "ONE\n\nTWO\n");
});

Deno.test("upperc --crlf ends lines with CRLF, once", async () => {
  await using server = await upperd();
  const words = ["--crlf", "--check", at(server.ports[0])];
  const piped = await runTool("upperc", words, { stdin: "one\n\ntwo\r\nend" });
  assertEquals(piped.stdout, "ONE\r\n\r\nTWO\r\nEND");
  const text = await runTool("upperc", [...words, "hello"]);
  assertEquals(text.stdout, "HELLO\r\n");
  const json = await runTool("upperc", ["--json", ...words, "hello"]);
  const { sent, answer } = JSON.parse(json.stdout);
  assertEquals([sent, answer], [7, "HELLO"]);
});

Deno.test("upperd and upperc agree on Turkish letters", async () => {
  await using server = await upperd("--turkish");
  assert(server.ready.endsWith(" (every letter of UTF-8, Turkish i)"));
  const words = ["--check", "--turkish", at(server.ports[0]), "ılık iyi ß"];
  const { stdout } = await runTool("upperc", words);
  assertEquals(stdout, "ILIK İYİ SS\n");
});

Deno.test("upperd serves where it is told, and nowhere else", () =>
  withFolder(async (folder) => {
    const socket = `${folder}/socket`;
    await using server = await startTool("upperd", ["--unix", socket]);
    assertEquals(server.ready, `upperd ready on unix:${socket} (a to z)`);
    const { stdout } = await runTool("upperc", ["--unix", socket, "x"]);
    assertEquals(stdout, "X\n");
  }));

Deno.test("upperc takes words that look like options behind --", async () => {
  await using server = await upperd();
  const words = [at(server.ports[0]), "--", "--check", "-x"];
  const { stdout } = await runTool("upperc", words);
  assertEquals(stdout, "--CHECK -X\n");
});

Deno.test("upperc --check tells that every byte is right", async () => {
  await using server = await upperd("--unicode");
  const text = "Grüße, ŉ ΐ 𐐨\n".repeat(20_000);
  const words = ["--check", "--unicode", at(server.ports[0])];
  const { stdout, stderr } = await runTool("upperc", words, { stdin: text });
  assert(stdout === text.toUpperCase());
  assertMatch(stderr, /^upperc: \d+ bytes in [\d.]+ ms, all right\n$/);
  const quiet = await runTool("upperc", ["--quiet", ...words], { stdin: "a" });
  assertEquals(quiet.stderr, "");
});

Deno.test("upperc --check ends with 1 at the first wrong byte", async () => {
  await using server = await upperd();
  const words = ["--check", "--unicode", at(server.ports[0]), "abc", "ß"];
  const { stderr } = await runTool("upperc", words, { code: 1 });
  assertEquals(
    stderr,
    'upperc: wrong answer at byte 4: expected 0x53 "S", got 0xc3; ' +
      "does the server map all letters, as upperd --unicode?\n",
  );
});

Deno.test("upperc --json prints one object", async () => {
  await using server = await upperd();
  const [tcp, udp] = server.ports;
  const json = async (...words: string[]) => {
    const options = { code: words.includes("--unicode") ? 1 : 0 };
    const { stdout } = await runTool("upperc", ["--json", ...words], options);
    const { milliseconds, ...rest } = JSON.parse(stdout);
    assert(milliseconds > 0);
    return rest;
  };
  assertEquals(await json(at(tcp), "hello"), {
    server: `${at(tcp)} (tcp)`,
    sent: 6,
    received: 6,
    answer: "HELLO",
  });
  assertEquals(await json("--udp", "--check", at(udp), "hello"), {
    server: `${at(udp)} (udp)`,
    sent: 5,
    received: 5,
    answer: "HELLO",
    check: { right: true, unjudged: 0 },
  });
  const wrong = await json("--check", "--unicode", at(tcp), "ä");
  assertEquals(wrong.check, {
    right: false,
    unjudged: 0,
    offset: 1,
    expected: 0x84,
    got: 0xa4,
  });
});

Deno.test("upperc --udp asks with its words as one datagram, line ends and all", async () => {
  await using server = await upperd();
  const words = ["--udp", at(server.ports[1])];
  const { stdout } = await runTool("upperc", [...words, "one\r\ntwo"]);
  assertEquals(stdout, "ONE\r\nTWO\n");
  const { stdout: json } = await runTool("upperc", [
    ...[...words, "--json"],
    "one\r\ntwo\n",
  ]);
  const { answer, sent } = JSON.parse(json);
  assertEquals([answer, sent], ["ONE\r\nTWO\n", 9]);
});

Deno.test({
  name: "upperc says which of its own streams failed",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using server = await upperd();
    const words = [...toolWords("upperc"), at(server.ports[0])];
    const cases = [
      [
        '"$@" hello > /dev/full',
        "write to standard output: no space left on device",
      ],
      [
        '"$@" --json hello > /dev/full',
        "write to standard output: no space left on device",
      ],
      ['"$@" < /', "read standard input: is a directory"],
    ] as const;
    for (const [script, what] of cases) {
      const { code, stderr } = await run(["sh", "-c", script, "sh", ...words], {
        cwd: "/",
      });
      assertEquals([code, stderr], [1, `upperc: cannot ${what}\n`]);
    }
  },
});

Deno.test("upperc ends quietly when nobody reads on", async () => {
  await using server = await upperd();
  const words = [...toolWords("upperc"), at(server.ports[0])];
  const child = start(
    ["sh", "-c", 'yes line | "$@" | head -2', "sh", ...words],
    {
      cwd: "/",
    },
  );
  await child.stdin.close();
  const { stdout, stderr } = await child.output();
  assertEquals(new TextDecoder().decode(stdout), "LINE\nLINE\n");
  assertEquals(new TextDecoder().decode(stderr), "");
});

Deno.test("upperc answers line by line while somebody types, until Ctrl-C", async () => {
  await using server = await upperd();
  const child = start([...toolWords("upperc"), at(server.ports[0])], {
    cwd: "/",
  });
  const input = child.stdin.getWriter();
  const output = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  for (const line of ["one\n", "two\n"]) {
    await input.write(new TextEncoder().encode(line));
    assertEquals((await output.read()).value, line.toUpperCase());
  }
  child.kill("SIGINT");
  assertEquals((await output.read()).done, true);
  assertEquals((await child.status).code, 0);
  await child.stderr.cancel();
  await input.abort().catch(() => {});
});

Deno.test("upperc says in one line what went wrong", async () => {
  const port = CLOSED_PORT;
  const cases: readonly (readonly [number, readonly string[], string])[] = [
    [
      3,
      [at(port), "x"],
      `cannot connect to ${
        at(port)
      } (tcp): connection refused; is a server listening?`,
    ],
    [
      3,
      ["--udp", "-W", "0.05", at(port), "x"],
      `no reply in 0.05 s from ${at(port)} (udp); is a server listening?`,
    ],
    [
      3,
      ["--unix", "/no/such/socket", "x"],
      "cannot connect to /no/such/socket (unix): there is no such socket; is a server listening?",
    ],
    [2, [], "which server? Give HOST, HOST:PORT or --unix PATH"],
    [2, ["--udp", "--tcp", "h"], "--udp and --tcp: choose one"],
    [
      2,
      ["--udp", "--crlf", "h"],
      "--crlf: over UDP a line is a datagram without an end",
    ],
    [
      2,
      ["--unicode", "h"],
      "--unicode says what --check expects: add --check (which letters change is up to the server)",
    ],
  ];
  for (const [code, words, message] of cases) {
    const { stdout, stderr } = await runTool("upperc", words, { code });
    assertEquals([stdout, stderr], ["", `upperc: ${message}\n`]);
  }
});

Deno.test({
  name: "upperc needs the network permission for its server and no other",
  ignore: IS_COMPILED,
  fn: async () => {
    await using server = await upperd();
    const [tcp, udp] = server.ports;
    const flags = [`--allow-net=${at(tcp)}`];
    const { stdout } = await runTool("upperc", [at(tcp), "x"], { flags });
    assertEquals(stdout, "X\n");
    const { stderr } = await runTool("upperc", [at(tcp), "x"], {
      flags: ["--allow-net=127.0.0.1:9"],
      code: 3,
    });
    assert(
      stderr.endsWith(`the runtime needs --allow-net=${at(tcp)}\n`),
      stderr,
    );
    const datagrams = await runTool("upperc", ["--udp", at(udp), "x"], {
      flags: [`--allow-net=${at(udp)},127.0.0.1:0`],
    });
    assertEquals(datagrams.stdout, "X\n");
  },
});
