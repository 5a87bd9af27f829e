/** What every small server does, seen on `echod` as a process. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { hear, say, withFolder } from "../net/loopback.ts";
import { IS_COMPILED, runTool, startTool } from "./service_tool.ts";

const LOCAL = ["--tcp", "127.0.0.1:0"] as const;

function connect(port: number): Promise<Deno.TcpConn> {
  return Deno.connect({ hostname: "127.0.0.1", port });
}

/** Says something, ends our side, and returns everything that comes back. */
async function talk(port: number, text: string): Promise<string> {
  using conn = await connect(port);
  await say(conn, text);
  await conn.closeWrite();
  return await hear(conn);
}

/** What a peer hears that may not come in: nothing, or a reset. */
async function turnedAway(port: number): Promise<boolean> {
  using conn = await connect(port);
  try {
    return await conn.read(new Uint8Array(1)) === null;
  } catch (error) {
    return error instanceof Deno.errors.ConnectionReset;
  }
}

Deno.test("a server names every address, and a pair of port 0 has one port", async () => {
  await using echod = await startTool("echod", [
    ...LOCAL,
    ...["--udp", "127.0.0.1:0", "--tcp", "127.0.0.1:0"],
  ]);
  const [tcp, udp, other] = echod.ports;
  assertEquals(
    echod.ready,
    `echod ready on tcp://127.0.0.1:${tcp} and tcp://127.0.0.1:${udp}` +
      ` and udp://127.0.0.1:${other}`,
  );
  assertEquals(udp, other);
  for (const port of [tcp!, udp!]) assertEquals(await talk(port, "x"), "x");
});

Deno.test("with --log json the ready line and the log are JSON", async () => {
  const echod = await startTool("echod", [...LOCAL, "--log", "json"]);
  const ready = JSON.parse(echod.ready);
  assertEquals(ready, { event: "ready", urls: [...echod.urls] });
  assertEquals(await talk(echod.ports[0]!, "hello"), "hello");
  assertEquals(await echod.stop(), 0, echod.log);
  const lines = echod.log.trimEnd().split("\n").map((line) => JSON.parse(line));
  assertEquals(lines.map(({ event }) => event), ["connection", "counters"]);
  assertEquals([lines[0].in, lines[0].out, lines[0].end], [5, 5, "done"]);
  assertEquals(lines[1].connections, 1);
});

Deno.test("SIGUSR1 tells the counters, and so does the end", async () => {
  const echod = await startTool("echod", [...LOCAL]);
  await talk(echod.ports[0]!, "abc");
  echod.kill("SIGUSR1");
  await echod.said("counters connections=1 open=0 bytes-in=3 bytes-out=3");
  assertEquals(await echod.stop(), 0, echod.log);
  assertEquals(echod.log.match(/ counters /g)?.length, 2);
});

Deno.test("--quiet leaves warnings only", async () => {
  const echod = await startTool("echod", [...LOCAL, "--quiet"]);
  await talk(echod.ports[0]!, "abc");
  assertEquals(await echod.stop(), 0);
  assertEquals(echod.log, "");
});

Deno.test("SIGTERM ends a server at once although a peer rests", async () => {
  const echod = await startTool("echod", [...LOCAL, "--grace", "60"]);
  using conn = await connect(echod.ports[0]!);
  await say(conn, "x");
  await conn.read(new Uint8Array(1));
  assertEquals(await echod.stop(), 0);
  assertMatch(echod.log, / connection .* end=stopped\n/);
  assertEquals(await conn.read(new Uint8Array(1)), null);
});

Deno.test("--idle-timeout ends a connection that rests", async () => {
  await using echod = await startTool("echod", [
    ...LOCAL,
    ...["--idle-timeout", "0.2"],
  ]);
  using conn = await connect(echod.ports[0]!);
  assertEquals(await hear(conn), "");
  await echod.said("end=idle");
});

Deno.test("--max-lifetime ends a connection that is busy", async () => {
  await using echod = await startTool("echod", [
    ...LOCAL,
    ...["--max-lifetime", "0.3"],
  ]);
  using conn = await connect(echod.ports[0]!);
  const buffer = new Uint8Array(1);
  try {
    do await say(conn, "x"); while (await conn.read(buffer) !== null);
  } catch (error) {
    assert(
      error instanceof Deno.errors.ConnectionReset ||
        error instanceof Deno.errors.BrokenPipe,
      `${error}`,
    );
  }
  await echod.said("end=lifetime");
});

Deno.test("--max-per-address and --max-connections turn peers away, told once", async () => {
  for (
    const [option, why] of [
      ["--max-per-address", "too-many-from-address"],
      ["--max-connections", "too-many"],
    ] as const
  ) {
    await using echod = await startTool("echod", [...LOCAL, option, "1"]);
    const port = echod.ports[0]!;
    using conn = await connect(port);
    await say(conn, "x");
    await conn.read(new Uint8Array(1));
    assert(await turnedAway(port), option);
    assert(await turnedAway(port), option);
    await conn.closeWrite();
    assertEquals(await hear(conn), "");
    await echod.said("end=done");
    assertEquals(await talk(port, "again"), "again");
    assertEquals(echod.log.match(/ WARN refused /g)?.length, 1, echod.log);
    assertMatch(echod.log, new RegExp(`refused peer=127.0.0.1 why=${why}\n`));
  }
});

Deno.test("--rate turns away who connects too often", async () => {
  await using echod = await startTool("echod", [...LOCAL, "--rate", "1"]);
  const port = echod.ports[0]!;
  assertEquals(await talk(port, "first"), "first");
  assert(await turnedAway(port));
  await echod.said("refused peer=127.0.0.1 why=too-often");
});

Deno.test("--deny and --allow decide by address, for connections and datagrams", async () => {
  await using echod = await startTool("echod", [
    ...[...LOCAL, "--udp", "127.0.0.1:0"],
    ...["--deny", "127.0.0.0/8"],
  ]);
  assert(await turnedAway(echod.ports[0]!));
  await echod.said("refused peer=127.0.0.1 why=denied");
  const socket = Deno.listenDatagram({
    transport: "udp",
    hostname: "127.0.0.1",
    port: 0,
  });
  const port = echod.ports[1]!;
  const to = { transport: "udp", hostname: "127.0.0.1", port } as const;
  await socket.send(new Uint8Array(3), to);
  await echod.said("why=denied\n");
  socket.close();
});

Deno.test("a Unix socket is served, and gone afterwards", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/echo.sock`;
    const echod = await startTool("echod", ["--unix", path]);
    assertEquals(echod.urls, [`unix:${path}`]);
    using conn = await Deno.connect({ transport: "unix", path });
    await say(conn, "over a file");
    await conn.closeWrite();
    assertEquals(await hear(conn), "over a file");
    assertEquals(await echod.stop(), 0, echod.log);
    const again = await startTool("echod", ["--unix", path]);
    assertEquals(await again.stop(), 0, again.log);
  });
});

Deno.test("an address in use ends the start with one line and exit code 3", async () => {
  await using echod = await startTool("echod", [...LOCAL]);
  const port = echod.ports[0]!;
  const { stderr } = await runTool("echod", ["--tcp", `127.0.0.1:${port}`], {
    code: 3,
  });
  assertMatch(
    stderr,
    new RegExp(`^echod: .*127\\.0\\.0\\.1:${port}.*in use.*\n$`),
  );
});

Deno.test("what can't be understood ends with exit code 2 and one line", async () => {
  for (
    const [args, told] of [
      [["--tcp", "nowhere:99999"], "--tcp"],
      [["--rate", "often"], "--rate"],
      [["--allow", "10.0.0.1/8"], "--allow"],
      [["--idle-timeuot", "3"], "--idle-timeout"],
      [["surplus"], "surplus"],
    ] as const
  ) {
    const { stderr } = await runTool("echod", args, { code: 2 });
    assertMatch(stderr, /^echod: [^\n]+\n$/);
    assert(stderr.includes(told), stderr);
  }
});

Deno.test("--inetd serves standard input, to its end", async () => {
  const text = "over standard input\n".repeat(1000);
  const { stdout, stderr } = await runTool("echod", ["--inetd"], {
    stdin: text,
  });
  assertEquals(stdout, text);
  assertEquals(stderr, "");
});

Deno.test("a service manager hears that the server is ready", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/notify`;
    const manager = Deno.listenDatagram({ transport: "unixpacket", path });
    const news = manager.receive();
    await using _echod = await startTool("echod", [...LOCAL], {
      env: { NOTIFY_SOCKET: path },
    });
    const [bytes] = await news;
    assertEquals(new TextDecoder().decode(bytes), "READY=1");
    manager.close();
  });
});

Deno.test({
  name: "narrower flags than the tool's own serve too, without a worker",
  ignore: IS_COMPILED,
  async fn() {
    await using echod = await startTool("echod", [
      ...[...LOCAL, "--udp", "127.0.0.1:0"],
    ], { flags: ["--allow-net=127.0.0.1"] });
    assertEquals(await talk(echod.ports[0]!, "narrow"), "narrow");
  },
});

Deno.test({
  name: "without a permission it needs, a server says which flag it lacks",
  ignore: IS_COMPILED,
  async fn() {
    const { stderr } = await runTool("echod", ["--tcp", "127.0.0.1:7007"], {
      flags: ["--allow-net=127.0.0.2"],
      code: 3,
    });
    assertEquals(
      stderr,
      "echod: cannot serve 127.0.0.1:7007: the runtime needs --allow-net=127.0.0.1:7007\n",
    );
  },
});
