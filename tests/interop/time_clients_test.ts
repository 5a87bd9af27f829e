/**
 * `timed` with the clients of others: rdate, netcats, bash, Python.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { isInstalled, runWell } from "./program.ts";
import { type RunningTool, startTool } from "./service_tool.ts";

/** Where `timed` tells the time in a test. */
interface Ports {
  readonly timed: RunningTool;
  readonly daytime: string;
  readonly time: string;
}

/** Options of `timed` that stop the clock, and the frozen clock's line. */
const FROZEN = ["--utc", "--freeze", "2036-02-07T06:28:17Z"];
const LINE = "Thu Feb  7 06:28:17 2036";

/** A test of `timed` with `program`; it must stop without an error. */
function clientTest(
  program: string,
  name: string,
  action: (ports: Ports) => Promise<void>,
  options: readonly string[] = FROZEN,
): void {
  const missing = isInstalled(program)
    ? ""
    : ` (skipped: ${program} is not installed)`;
  Deno.test({
    name: `${program} ${name}${missing}`,
    ignore: missing !== "",
    fn: async () => {
      await using timed = await startTool("timed", [
        ...["--daytime", "127.0.0.1:0", "--time", "127.0.0.1:0", ...options],
      ]);
      const [daytime, , time] = timed.ports.map(String);
      await action({ timed, daytime: daytime!, time: time! });
    },
  });
}

/** What a program that has to succeed prints. */
function output(words: readonly string[], stdin = ""): Promise<string> {
  return runWell(words, { cwd: "/", stdin, timeout: 20_000 });
}

for (
  const instant of [
    "1970-01-01T00:00:00Z",
    "1999-12-31T23:59:59Z",
    "2036-02-07T06:28:15Z",
    "2036-02-07T06:28:16Z",
    "2038-01-19T03:14:08Z",
  ]
) {
  clientTest(
    "rdate",
    `prints ${instant}, over TCP and UDP`,
    async ({ time }) => {
      for (const way of [[], ["-u"]]) {
        const words = ["rdate", ...way, "-p", "-o", time, "127.0.0.1"];
        assertEquals(Date.parse(await output(words)), Date.parse(instant));
      }
    },
    ["--utc", "--freeze", instant],
  );
}

clientTest("rdate", "sees the clock of this machine", async ({ time }) => {
  const before = Math.floor(Date.now() / 1000);
  const line = await output(["rdate", "-p", "-o", time, "127.0.0.1"]);
  const shown = Date.parse(line) / 1000;
  assert(before <= shown && shown <= Date.now() / 1000 + 1, line);
}, []);

clientTest("bash", "reads a line from /dev/tcp", async ({ daytime }) => {
  const script = `exec 3<>/dev/tcp/127.0.0.1/${daytime}; cat <&3`;
  assertEquals(await output(["bash", "-c", script]), `${LINE}\r\n`);
});

clientTest("bash", "reads four bytes from /dev/tcp", async ({ time }) => {
  const script = `cat </dev/tcp/127.0.0.1/${time} | od -An -tu1`;
  assertMatch(await output(["bash", "-c", script]), /^\s+0\s+0\s+0\s+1\n$/);
});

clientTest("nc.openbsd", "reads a line, over TCP and UDP", async (ports) => {
  const { daytime } = ports;
  const tcp = await output(["nc.openbsd", "-N", "127.0.0.1", daytime]);
  assertEquals(tcp, `${LINE}\r\n`);
  const udp = ["nc.openbsd", "-u", "-w1", "127.0.0.1", daytime];
  assertEquals(await output(udp, "what time is it?\n"), `${LINE}\r\n`);
});

clientTest("ncat", "reads a line", async ({ daytime }) => {
  const words = ["ncat", "--recv-only", "127.0.0.1", daytime];
  assertEquals(await output(words), `${LINE}\r\n`);
});

clientTest("socat", "reads a line, whatever it sends", async ({ daytime }) => {
  const words = ["socat", "-t5", "-", `TCP:127.0.0.1:${daytime}`];
  assertEquals(await output(words, "x".repeat(200_000)), `${LINE}\r\n`);
});

const PYTHON = `
import socket, struct, sys
daytime, time = int(sys.argv[1]), int(sys.argv[2])

def connected(port, say):
    with socket.create_connection(("127.0.0.1", port), 10) as s:
        s.sendall(say)
        got = b""
        while data := s.recv(1):
            got += data
        return got

def datagram(port, say, wait=10):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(wait)
        s.sendto(say, ("127.0.0.1", port))
        try:
            return s.recv(65536)
        except TimeoutError:
            return None

line = connected(daytime, b"")
four = connected(time, b"")
print(line, struct.unpack("!I", four))
print(connected(daytime, b"x" * 100000) == line)
print(connected(time, b"x" * 100000) == four)
print(datagram(daytime, b"") == line, datagram(daytime, b"x" * 60000) == line)
print(datagram(time, b"") == four)
print(datagram(time, b"x", 0.3), datagram(time, four, 0.3))
print(datagram(daytime, line, 0.3), datagram(daytime, four, 0.3))
`;

clientTest("python3", "asks in every way, right and wrong", async (ports) => {
  const { daytime, time } = ports;
  const words = ["python3", "-c", PYTHON, daytime, time];
  assertEquals(
    await output(words),
    [
      `b'${LINE}\\r\\n' (1,)`,
      "True",
      "True",
      "True True",
      "True",
      "None None",
      "None None",
      "",
    ].join("\n"),
  );
});
