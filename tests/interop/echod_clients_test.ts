/** `echod` and the programs that people have already. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { withFolder } from "../net/loopback.ts";
import { isInstalled, runWell, start } from "./program.ts";
import { type RunningTool, startTool } from "./service_tool.ts";

/** Everything a test with a foreign program has. */
interface Scene {
  echod: RunningTool;
  /** The port of TCP and UDP. */
  port: string;
  /** The Unix socket. */
  socket: string;
  /** A folder for the program. */
  cwd: string;
}

/**
 * A test of `echod` with `program`. The server must stop well afterwards.
 * Without the program the test is skipped, and its name says so.
 */
function echodTest(
  program: string,
  name: string,
  action: (scene: Scene) => Promise<void>,
  missing?: string,
): void {
  const lack = isInstalled(program) ? missing : `${program} is not installed`;
  Deno.test({
    name: lack ? `${name} (skipped: ${lack})` : name,
    ignore: lack !== undefined,
    fn: () => withFolder((cwd) => play(cwd, action)),
  });
}

async function play(
  cwd: string,
  action: (scene: Scene) => Promise<void>,
): Promise<void> {
  const socket = `${cwd}/echo.sock`;
  await using echod = await startTool("echod", [
    ...["--tcp", "127.0.0.1:0", "--udp", "127.0.0.1:0", "--unix", socket],
  ]);
  await action({ echod, port: String(echod.ports[0]), socket, cwd });
}

/** As root programs can forge packets. */
const NOT_ROOT = Deno.uid() === 0 ? undefined : "only root can forge packets";

/** A few hundred kilobytes of text, more than the buffers of a Unix socket. */
const TEXT = Array.from({ length: 50_000 }, (_, n) => `line ${n}\n`).join("");

echodTest(
  "nc.openbsd",
  "nc.openbsd talks to echod over TCP, a Unix socket and UDP",
  async ({ port, socket, cwd }) => {
    for (const where of [["127.0.0.1", port], ["-U", socket]]) {
      const words = ["nc.openbsd", "-N", ...where];
      assertEquals(await runWell(words, { cwd, stdin: TEXT }), TEXT);
      assertEquals(await runWell(words, { cwd, stdin: "" }), "");
    }
    const words = ["nc.openbsd", "-u", "-w", "1", "127.0.0.1", port];
    assertEquals(
      await runWell(words, { cwd, stdin: "over UDP\n" }),
      "over UDP\n",
    );
  },
);

echodTest(
  "ncat",
  "ncat talks to echod over TCP, a Unix socket and UDP",
  async ({ port, socket, cwd }) => {
    for (const where of [["127.0.0.1", port], ["-U", socket]]) {
      assertEquals(
        await runWell(["ncat", ...where], { cwd, stdin: TEXT }),
        TEXT,
      );
    }
    assertEquals(await ncatAnswer(port, cwd), "over UDP\n");
  },
);

/** It leaves with the end of its input: that has to come after the answer. */
async function ncatAnswer(port: string, cwd: string): Promise<string> {
  const child = start(["ncat", "-u", "127.0.0.1", port], { cwd });
  const input = child.stdin.getWriter();
  await input.write(new TextEncoder().encode("over UDP\n"));
  const answers = child.stdout.getReader();
  const { value } = await answers.read();
  await input.close();
  await Promise.all([answers.cancel(), child.stderr.cancel(), child.status]);
  return new TextDecoder().decode(value);
}

echodTest(
  "socat",
  "socat talks to echod over TCP, a Unix socket and UDP",
  async ({ port, socket, cwd }) => {
    for (const where of [`TCP:127.0.0.1:${port}`, `UNIX-CONNECT:${socket}`]) {
      const words = ["socat", "-t", "30", "-", where];
      assertEquals(await runWell(words, { cwd, stdin: TEXT }), TEXT);
    }
    const words = ["socat", "-t", "1", "-", `UDP:127.0.0.1:${port}`];
    assertEquals(
      await runWell(words, { cwd, stdin: "over UDP\n" }),
      "over UDP\n",
    );
  },
);

echodTest(
  "nping",
  "nping hears every answer, whichever port it asks from",
  async ({ port, cwd }) => {
    const words = [
      "nping",
      "--unprivileged",
      "--udp",
      "-g",
      "40000",
      "-p",
      port,
    ];
    const more = ["-c", "5", "--delay", "10ms", "--data-string", "hello"];
    const said = await runWell([...words, ...more, "127.0.0.1"], { cwd });
    assertMatch(said, /sent: 5 \| Rcvd: 5 \| Lost: 0 /);
    assertEquals(said.match(/RCVD .* 5 bytes/g)?.length, 5, said);
  },
);

echodTest(
  "nping",
  "nping from its usual port 53 hears nothing, and the log says why",
  async ({ echod, port, cwd }) => {
    const words = ["nping", "--udp", "-p", port, "-c", "2", "--delay", "10ms"];
    const said = await runWell([...words, "127.0.0.1"], { cwd });
    assertMatch(said, /UDP 127\.0\.0\.1:53 > /);
    assertEquals(said.includes(`UDP 127.0.0.1:${port} > 127.0.0.1:53 `), false);
    await echod.said("why=service-port");
  },
  NOT_ROOT,
);

echodTest(
  "bash",
  "bash alone talks to echod over /dev/tcp and /dev/udp",
  async ({ port, cwd }) => {
    const script = 'exec 3<>"/dev/tcp/127.0.0.1/$1"; echo over TCP >&3; ' +
      'read -r line <&3; echo "$line"; ' +
      'exec 4<>"/dev/udp/127.0.0.1/$1"; echo over UDP >&4; ' +
      "dd bs=100 count=1 <&4 2>/dev/null";
    const said = await runWell(["bash", "-c", script, "bash", port], { cwd });
    assertEquals(said, "over TCP\nover UDP\n");
  },
);

/** Asks over TCP and UDP with whole datagrams, also empty ones. */
const PYTHON = `
import socket, sys, threading
at = ("127.0.0.1", int(sys.argv[1]))
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.settimeout(10)
for size in (0, 1, 1023, 1024, 1025, 8192, 65506, 65507):
    sent = bytes(i * 7 & 255 for i in range(size))
    udp.sendto(sent, at)
    assert udp.recvfrom(70000) == (sent, at), size
try:
    udp.sendto(bytes(65508), at)
except OSError as error:
    print(error.strerror)
tcp = socket.create_connection(at, 10)
sent = bytes(range(256)) * 40000
thread = threading.Thread(target=lambda: (tcp.sendall(sent), tcp.shutdown(socket.SHUT_WR)))
thread.start()
back = bytearray()
while part := tcp.recv(100000):
    back += part
thread.join()
assert back == sent, len(back)
print("whole")
`;

echodTest(
  "python3",
  "Python gets datagrams of every size and ten megabytes back",
  async ({ port, cwd }) => {
    const said = await runWell(["python3", "-c", PYTHON, port], { cwd });
    assertEquals(said, "Message too long\nwhole\n");
  },
);

/** Leaves with a reset, idle and in the middle of an answer. */
const RESETS = `
import socket, struct, sys
at = ("127.0.0.1", int(sys.argv[1]))
def reset(conn):
    conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    conn.close()
for size in (0, 1, 5000000):
    conn = socket.create_connection(at, 10)
    conn.settimeout(0.2)
    try:
        conn.sendall(bytes(size))
    except TimeoutError:
        pass
    conn.settimeout(10)
    if size > 0:
        conn.recv(1)
    reset(conn)
`;

echodTest(
  "python3",
  "peers that reset their connections leave one line each",
  async ({ echod, port, cwd }) => {
    await runWell(["python3", "-c", RESETS, port], { cwd });
    const words = ["nc.openbsd", "-N", "127.0.0.1", port];
    if (isInstalled("nc.openbsd")) {
      assertEquals(
        await runWell(words, { cwd, stdin: "still here" }),
        "still here",
      );
    }
    assertEquals(await echod.stop(), 0, echod.log);
    // Whoever leaves before it is accepted may leave no line at all.
    const resets = echod.log.match(/ connection .* end=reset\n/g)?.length ?? 0;
    assert(resets === 2 || resets === 3, echod.log);
    assertEquals(/ERROR|Error/.test(echod.log), false, echod.log);
    assertMatch(echod.log, new RegExp(` counters .*ended-reset=${resets} `));
  },
);

/** Puts a datagram on the wire that claims to come from another port. */
const FORGE = `
import socket, struct, sys
source, target, count = map(int, sys.argv[1:4])
raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP)
data = b"loop"
for _ in range(count):
    raw.sendto(struct.pack("!HHHH", source, target, 8 + len(data), 0) + data, ("127.0.0.1", 0))
`;

echodTest(
  "python3",
  "a forged datagram sets off no endless loop of two servers",
  async ({ echod, port, cwd }) => {
    await using other = await startTool("echod", [
      ...["--udp", "127.0.0.1:0", "--rate", "100"],
    ]);
    const forge = (source: string, target: string) =>
      runWell(["python3", "-c", FORGE, source, target, "1"], { cwd });
    // Chargen, echo, and its own port: no answer at all.
    for (const source of ["19", "7", port]) await forge(source, port);
    await echod.said("why=own-port");
    await forge(String(other.ports[0]), port);
    await other.said("why=rate");
    assertEquals(await echod.stop(), 0, echod.log);
    const [, answered] = / answered=(\d+)/.exec(echod.log) ?? [];
    assert(Number(answered) >= 100 && Number(answered) < 200, echod.log);
    assertMatch(echod.log, /dropped-service-port=2 dropped-own-port=1/);
  },
  NOT_ROOT,
);
