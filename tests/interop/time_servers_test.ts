/**
 * `timec` against the time servers of others.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Ended } from "./program.ts";
import { isInstalled, run } from "./program.ts";
import { runTool, toolWords } from "./service_tool.ts";
import {
  type ForeignServer,
  INETUTILS,
  withForeign,
  XINETD,
} from "./time_foreign.ts";

// deno-lint-ignore no-explicit-any -- It may hold anything; tests say what.
type Told = any;

function toldBy({ stdout }: Ended): Told[] {
  const lines = stdout.split("\n");
  assertEquals(lines.pop(), "", "the last line has an end");
  return lines.map((line) => JSON.parse(line));
}

/**
 * Servers that ask the C library for whole seconds get them up to one tick of
 * the system late; this machine may be busy besides.
 */
function assertIsOurClock({ offset }: Told): void {
  assert(offset.low - 50 <= 0 && offset.high + 50 >= 0, JSON.stringify(offset));
}

function foreignTest(
  server: ForeignServer,
  name: string,
  action: (address: string) => Promise<void>,
): void {
  const { missing } = server;
  Deno.test({
    name: `timec ${name} ${server.name}${
      missing ? ` (skipped: ${missing})` : ""
    }`,
    ignore: missing !== undefined,
    fn: () => withForeign(server, action),
  });
}

for (const server of [XINETD, INETUTILS]) {
  for (const way of ["--tcp", "--udp"]) {
    foreignTest(server, `${way} reads both protocols of`, async (address) => {
      const hosts = [
        `${address}:${server.time}`,
        `${address}:${server.daytime}`,
      ];
      const ended = await runTool("timec", [
        ...["--json", way, "--daytime", hosts[1]!],
      ]);
      const [daytime] = toldBy(ended);
      assertEquals(daytime.format, server.sendsLong ? "ctime" : "smtp");
      assertEquals(daytime.zone, server.sendsLong ? "local time" : "UTC");
      assertIsOurClock(daytime);
      const [time] = toldBy(
        await runTool("timec", ["--json", way, hosts[0]!]),
      );
      assertEquals(time.era, 0);
      const warning = server.sendsLong ? /^8 bytes instead of 4/ : /^$/;
      assertMatch(time.warnings.join(), warning);
      assertIsOurClock(time);
    });

    foreignTest(server, `${way} --precise measures`, async (address) => {
      const [told] = toldBy(
        await runTool("timec", [
          ...["--json", "--precise", way, `${address}:${server.time}`],
        ]),
      );
      assertEquals(told.agreed, told.samples);
      assert(told.samples <= 50);
      assert(told.offset.error < 400, `±${told.offset.error} ms`);
      assertIsOurClock(told);
    });
  }
}

/** The time server of a beginners' course: no line end, one client at a time. */
const COURSE = `
from socket import *
import time
s = socket(AF_INET, SOCK_STREAM)
s.bind(("127.0.0.1", 0))
s.listen(5)
print(s.getsockname()[1], flush=True)
for round in range(2):
    client, addr = s.accept()
    client.send(time.ctime(time.time()).encode())
    client.close()
`;

const HAS_PYTHON = isInstalled("python3");

Deno.test({
  name: "timec reads Python's time.ctime() from a socket" +
    (HAS_PYTHON ? "" : " (skipped: python3 is not installed)"),
  ignore: !HAS_PYTHON,
  fn: async () => {
    const script = 'python3 -c "$0" | { read -r port; ' +
      'for i in 1 2; do "$@" "127.0.0.1:$port" || exit; done; }';
    const timec = [...toolWords("timec"), "--json", "--daytime"];
    const ended = await run(["sh", "-c", script, COURSE, ...timec], {
      cwd: "/",
    });
    assertEquals(ended.code, 0, ended.report);
    const told = toldBy(ended);
    assertEquals(told.map(({ format }) => format), ["ctime", "ctime"]);
    for (const one of told) assertIsOurClock(one);
  },
});
