/** How small servers start and stop, seen on `echod` as a process. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { writeAll } from "../../lib/bytes.ts";
import { pause } from "../../lib/net/wait.ts";
import { hear, say, soon, withFolder } from "../net/loopback.ts";
import { insist, isInstalled, run } from "./program.ts";
import { runTool, startTool, toolWords } from "./service_tool.ts";

const LOCAL = ["--tcp", "127.0.0.1:0"] as const;
const IS_LINUX = Deno.build.os === "linux";

function connect(port: number | undefined): Promise<Deno.TcpConn> {
  return Deno.connect({ hostname: "127.0.0.1", port: port! });
}

/** Says something and waits until it has come back. */
async function talk(conn: Deno.Conn): Promise<void> {
  await say(conn, "x");
  const read = conn.read(new Uint8Array(1));
  assertEquals(await soon(read, "the echo"), 1);
}

Deno.test("a server that stops takes nobody new, and lets go on what moves", async () => {
  const echod = await startTool("echod", [...LOCAL, "--grace", "60"]);
  using conn = await connect(echod.ports[0]);
  await talk(conn);
  echod.kill("SIGINT");
  await refused(echod.ports[0]!);
  for (let more = 0; more < 10; more++) await talk(conn);
  await conn.closeWrite();
  assertEquals(await hear(conn), "");
  assertEquals((await soon(echod.status, "the end")).code, 0, echod.log);
  await echod.stop();
  assertMatch(echod.log, / connection .* in=11 out=11 .* end=done\n/);
  assertMatch(echod.log, / counters connections=\d+ open=0 .*\n$/);
});

/** Waits until nobody listens on `port` any more. */
async function refused(port: number): Promise<void> {
  let end: unknown = null;
  const trying = async () => {
    // Who still waits at the door when it closes is reset.
    while (!(end instanceof Deno.errors.ConnectionRefused)) {
      end = await connect(port).then((conn) => conn.close(), (error) => error);
    }
  };
  await soon(trying(), "a refusal");
}

Deno.test("a server that is told a second time to stop ends at once with 1", async () => {
  const echod = await startTool("echod", [...LOCAL, "--grace", "60"]);
  using conn = await connect(echod.ports[0]);
  await talk(conn);
  let isOver = false;
  const talking = (async () => {
    while (!isOver) await talk(conn);
  })().catch(() => {});
  // What comes at the same moment only repeats the first: insist.
  const { code } = await soon(insist(echod), "the end");
  isOver = true;
  await talking;
  assertEquals(code, 1);
  assertEquals(await echod.stop(), 1);
});

Deno.test("a server that is told twice in a moment, as by timeout, stops in good order", () =>
  withFolder(async (folder) => {
    const path = `${folder}/sock`;
    const echod = await startTool("echod", ["--unix", path]);
    // Both wait until it runs again, however busy the machine is.
    echod.kill("SIGSTOP");
    echod.kill("SIGTERM");
    echod.kill("SIGINT");
    echod.kill("SIGCONT");
    assertEquals((await soon(echod.status, "the end")).code, 0);
    assertEquals(await echod.stop(), 0);
    assertMatch(echod.log, / counters connections=0 /);
    assertEquals([...Deno.readDirSync(folder)], []);
  }));

Deno.test("a server that stops ends who takes nothing, and says so", async () => {
  const echod = await startTool("echod", [...LOCAL, "--grace", "60"]);
  using conn = await connect(echod.ports[0]);
  const writing = writeAll(conn, new Uint8Array(64 << 20)).catch(() => {});
  // Longer than a connection may rest while the server stops.
  await pause(1000);
  assertEquals(await echod.stop(), 0, echod.log);
  await writing;
  assertMatch(echod.log, / connection .* end=stopped\n/);
});

Deno.test("a server serves on when nobody reads its ready line", () =>
  withFolder(async (folder) => {
    const path = `${folder}/sock`;
    const manager = Deno.listenDatagram({
      transport: "unixpacket",
      path: `${folder}/notify`,
    });
    const [program = "", ...args] = toolWords("echod");
    const child = new Deno.Command(program, {
      args: [...args, "--unix", path, "--quiet"],
      env: { NOTIFY_SOCKET: `${folder}/notify` },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    await child.stdout.cancel();
    await soon(manager.receive(), "the start");
    manager.close();
    const conn = await Deno.connect({ transport: "unix", path });
    await talk(conn);
    conn.close();
    child.kill("SIGTERM");
    const said = await new Response(child.stderr).text();
    assertEquals([(await child.status).code, said], [0, ""]);
  }));

Deno.test({
  name: "a server that cannot say that it is ready ends with one line",
  ignore: !IS_LINUX,
  async fn() {
    const words = [...toolWords("echod"), ...LOCAL];
    const script = 'exec "$@" > /dev/full';
    const { code, stderr } = await run(["sh", "-c", script, "sh", ...words], {
      cwd: "/",
    });
    assertEquals(
      [code, stderr],
      [1, "echod: cannot write to standard output: no space left on device\n"],
    );
  },
});

Deno.test("under inetd what inetd decides is refused", async () => {
  for (
    const option of [
      ...["--tcp=127.0.0.1:0", "--udp=127.0.0.1:0", "--unix=/tmp/x"],
      ...["--allow=127.0.0.1", "--deny=10.0.0.0/8", "--rate=5"],
      ...["--max-connections=5", "--max-per-address=5"],
      "--allow-service-ports",
    ]
  ) {
    const { stderr } = await runTool("echod", ["--inetd", option], { code: 2 });
    const [name] = option.split("=");
    assertMatch(
      stderr,
      new RegExp(`^echod: ${name} does nothing beside [^\n]+\n$`),
    );
  }
});

Deno.test("an address that cannot be is named as it was given", async () => {
  const cases = [
    [["--udp", "no.such.host.invalid:7007"], "udp:no.such.host.invalid:7007: "],
    [["--tcp", "no.such.host.invalid:7007"], "on no.such.host.invalid:7007: "],
    [["--unix", "/no/such/folder/sock"], "/no/such/folder/sock: there is no"],
  ] as const;
  for (const [args, told] of cases) {
    const { stderr } = await runTool("echod", args, { code: 3 });
    assertMatch(stderr, /^echod: [^\n]+\n$/);
    assert(stderr.includes(told), stderr);
  }
});

Deno.test("an address that is named twice is not said to be another program's", async () => {
  const cases = [
    [["--tcp", "7007", "--tcp", "localhost:7007"], "tcp://127.0.0.1:7007"],
    [["--udp", "[::1]:7007", "--udp", "[::1]:7007"], "udp://[::1]:7007"],
    [["--unix", "/tmp/a", "--unix", "/tmp/a"], "unix:/tmp/a"],
  ] as const;
  for (const [args, url] of cases) {
    const { stderr } = await runTool("echod", args, { code: 2 });
    assertEquals(stderr, `echod: ${url} is named twice\n`);
  }
});

/** Words in front of a program that take root's right to low ports away. */
const DROP_RIGHT = Deno.uid() === 0
  ? [
    "setpriv",
    "--bounding-set=-net_bind_service",
    "--inh-caps=-net_bind_service",
  ]
  : [];

/** Why low ports cannot be tried here, if they cannot. */
function noLowPorts(): string | undefined {
  if (!IS_LINUX) return "only Linux has privileged ports like these";
  const [needed] = DROP_RIGHT;
  if (needed && !isInstalled(needed)) return `${needed} is not installed`;
  const { stdout } = new Deno.Command("cat", {
    args: ["/proc/sys/net/ipv4/ip_unprivileged_port_start"],
  }).outputSync();
  const first = Number(new TextDecoder().decode(stdout));
  return first > 7 ? undefined : "everybody may use low ports here";
}

const MISSING = noLowPorts();

Deno.test({
  name: `a low port that is not permitted is told apart from a missing flag${
    MISSING ? ` (skipped: ${MISSING})` : ""
  }`,
  ignore: MISSING !== undefined,
  async fn() {
    for (const kind of ["tcp", "udp"]) {
      const words = [...DROP_RIGHT, ...toolWords("echod"), `--${kind}`, "7"];
      const { code, stderr } = await run(words, { cwd: "/" });
      assertEquals(code, 3, stderr);
      assertMatch(
        stderr,
        /^echod: cannot listen on (udp:)?127\.0\.0\.1:7: ports below 1024 are privileged; [^\n]+\n$/,
      );
    }
  },
});
