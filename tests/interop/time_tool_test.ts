/**
 * `timed` and `timec` as people run them, mostly with one another.
 *
 * @module
 */

import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { encodeTime } from "../../lib/time/rfc868.ts";
import { type Ended, run, start } from "./program.ts";
import {
  IS_COMPILED,
  type RunningTool,
  runTool,
  startTool,
  type StartToolOptions,
  toolWords,
} from "./service_tool.ts";
import { CLOSED_PORT } from "../net/ports.ts";

const BOTH = ["--daytime", "127.0.0.1:0", "--time", "127.0.0.1:0"];
const FREEZE = ["--freeze", "2036-02-07T06:28:17Z"];

/** Where a server tells the time, as `timec` takes it. */
interface Hosts {
  readonly daytime: string;
  readonly time: string;
}

function hostsOf({ ports }: RunningTool): Hosts {
  return { daytime: `127.0.0.1:${ports[0]}`, time: `127.0.0.1:${ports[2]}` };
}

function startTimed(
  args: readonly string[],
  options: StartToolOptions = {},
): Promise<RunningTool> {
  return startTool("timed", [...BOTH, ...args], options);
}

// deno-lint-ignore no-explicit-any -- It may hold anything; tests say what.
type Told = any;

function toldBy({ stdout }: Ended): Told[] {
  return stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
}

Deno.test("timed says where it tells the time, and which", async () => {
  await using both = await startTimed(["--utc"]);
  const [daytime, daytimeUdp, time, timeUdp] = both.ports;
  assertEquals([daytimeUdp, timeUdp], [daytime, time]);
  assertMatch(both.ready, /^timed ready on .* \(ctime, UTC\)$/);
  const wrong = ["--offset", "90", ...FREEZE, "--unsynced"];
  await using one = await startTool("timed", [
    "--time",
    "127.0.0.1:0",
    ...wrong,
  ]);
  const [port] = one.ports;
  assertEquals(
    one.ready,
    `timed ready on tcp://127.0.0.1:${port} and udp://127.0.0.1:${port} ` +
      "(frozen at 2036-02-07T06:28:17.000Z; +90 s off; the time is not known)",
  );
});

Deno.test("timec prints the time of timed, by either protocol and way", async () => {
  await using timed = await startTimed(["--utc", ...FREEZE]);
  const { daytime, time } = hostsOf(timed);
  for (const way of ["--tcp", "--udp"]) {
    const told = await runTool("timec", [way, "--utc", time]);
    assertEquals(told.stdout, "2036-02-07T06:28:17Z\n");
    assertMatch(
      told.stderr,
      /taken for a time of era 1; --era 0 takes it for one of ours/,
    );
    const line = await runTool("timec", [way, "--daytime", daytime]);
    assertEquals(line.stdout, "Thu Feb  7 06:28:17 2036\n");
    assertMatch(line.stderr, /the line names no zone; local time assumed/);
  }
  const first = await runTool("timec", ["--era", "0", "--utc", time]);
  assertEquals([first.stdout, first.stderr], ["1900-01-01T00:00:01Z\n", ""]);
});

Deno.test("timec reads every form that timed writes", async () => {
  for (
    const format of ["ctime", "iso8601", "rfc5322", "smtp", "rfc867", "nist"]
  ) {
    const zone = format === "nist" ? ["--utc"] : ["--zone", "America/New_York"];
    await using timed = await startTimed([
      ...["--format", format, ...zone, ...FREEZE],
    ]);
    const { daytime } = hostsOf(timed);
    const [told] = toldBy(
      await runTool("timec", [
        ...[
          "--json",
          "--udp",
          "--daytime",
          "--zone",
          "America/New_York",
          daytime,
        ],
      ]),
    );
    assertEquals(told.time, "2036-02-07T06:28:17.000Z", format);
    assertEquals(told.format, format);
    assertEquals(told.zoneAssumed, format === "ctime");
  }
});

Deno.test("timed and timec go by TZ, and speak English in every language", async () => {
  const abroad = {
    TZ: "Asia/Tokyo",
    LANG: "de_DE.UTF-8",
    LC_ALL: "ja_JP.UTF-8",
  };
  await using timed = await startTimed(["--format", "rfc5322", ...FREEZE], {
    env: abroad,
  });
  const { daytime, time } = hostsOf(timed);
  const line = await runTool("timec", ["--daytime", daytime]);
  assertEquals(line.stdout, "Thu, 07 Feb 2036 15:28:17 +0900\n");
  const env = Object.entries(abroad).map(([name, value]) => `${name}=${value}`);
  const words = ["env", ...env, ...toolWords("timec"), time];
  const { stdout } = await run(words, { cwd: "/" });
  assertEquals(stdout, "2036-02-07T15:28:17+09:00\n");
});

Deno.test("timec measures the offset that timed was given", async () => {
  await using timed = await startTimed(["--offset=-3600.25"]);
  const { time } = hostsOf(timed);
  for (const how of [["--precise", "--udp"], ["-n", "3", "-i", "0.1"]]) {
    const [told] = toldBy(await runTool("timec", ["--json", ...how, time]));
    const { low, high } = told.offset;
    assert(low <= -3_600_250 && -3_600_250 <= high, JSON.stringify(told));
    assertEquals(told.agreed, told.samples);
  }
  const text = await runTool("timec", ["-n", "1", "--utc", time]);
  assertMatch(
    text.stdout,
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ {2}offset -3\d{3}\.\d{4} s ±0\.\d{4} s\n$/,
  );
});

Deno.test("timec says what several servers agree on, and which is dead", async () => {
  await using right = await startTimed([]);
  await using wrong = await startTimed(["--offset", "1h"]);
  const hosts = [right, wrong].map((timed) => hostsOf(timed).time);
  const again = `localhost:${right.ports[2]}`;
  const nobody = `127.0.0.1:${CLOSED_PORT}`;
  const all = [...hosts, again, nobody];
  const text = await runTool("timec", all, { code: 3 });
  const lines = text.stdout.trimEnd().split("\n");
  assertEquals(lines.length, 4, text.report);
  assertMatch(lines[3]!, /^2 of 3 servers agree: offset [+-]0\.\d{4} s ±/);
  assertEquals(
    text.stderr,
    `timec: cannot connect to ${nobody} (tcp): connection refused; ` +
      "is a server listening?\n",
  );
  const told = toldBy(await runTool("timec", ["--json", ...all], { code: 3 }));
  assertEquals(told.map(({ host }) => host), [...all, undefined]);
  assertStringIncludes(told[3].error, "connection refused");
  assertEquals([told[4].servers, told[4].agreed], [3, 2]);
});

Deno.test("timed --unsynced tells no time, and timec says so", async () => {
  await using timed = await startTimed(["--unsynced"]);
  const { daytime, time } = hostsOf(timed);
  const unknown = await runTool("timec", [time], { code: 1 });
  assertEquals(
    unknown.stderr,
    `timec: ${time} (tcp): the server ended without an answer: ` +
      "it does not know the time\n",
  );
  await runTool("timec", ["--daytime", daytime], { code: 1 });
  const silent = await runTool("timec", ["--udp", "-W", "0.2", time], {
    code: 3,
  });
  assertEquals(
    silent.stderr,
    `timec: no reply in 0.2 s from ${time} (udp); is a server listening?\n`,
  );
  await using nist = await startTimed(["--unsynced", "--format", "nist"]);
  const [told] = toldBy(
    await runTool("timec", ["--json", "--daytime", hostsOf(nist).daytime]),
  );
  assertMatch(told.warnings.join(), /cannot be relied on \(health 3\)/);
});

Deno.test("timec ends at Ctrl-C with what it has", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const host = `127.0.0.1:${listener.addr.port}`;
  const words = [...toolWords("timec"), "--json", "-n", "9", "-i", "0.1", host];
  const child = start(words, { cwd: "/" });
  await child.stdin.close();
  const first = await listener.accept();
  await first.write(encodeTime(Date.UTC(2026, 0)));
  first.close();
  // It asks again: so it has the first answer.
  using _second = await listener.accept();
  child.kill("SIGINT");
  const { code, stdout, stderr } = await child.output();
  const said = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assertEquals(code, 0, said.join(""));
  const { time, samples } = JSON.parse(said[0]!);
  assertEquals([time, samples], ["2026-01-01T00:00:00.000Z", 1]);
});

Deno.test("timed --inetd tells the time on standard output", async () => {
  const { stdout } = await runTool("timed", ["--inetd", "--utc", ...FREEZE]);
  assertEquals(stdout, "Thu Feb  7 06:28:17 2036\r\n");
  const time = await runTool("timed", ["--inetd", "--time", ":0", ...FREEZE]);
  assertEquals(time.stdout, "\0\0\0\x01");
});

Deno.test("timed counts what it told and what it would not answer", async () => {
  const timed = await startTimed([]);
  const { daytime, time } = hostsOf(timed);
  await runTool("timec", ["--udp", time]);
  await runTool("timec", ["--udp", "--daytime", daytime]);
  await runTool("timec", ["--daytime", daytime]);
  assertEquals(await timed.stop(), 0, timed.log);
  assertMatch(timed.log, / daytimes=2 answers-ignored=0 times=1 not-asked=0$/m);
});

Deno.test("timed and timec refuse command lines that make no sense", async () => {
  const cases: readonly (readonly [string, string[], string])[] = [
    ["timed", ["--zone", "Europe/Berln"], "did you mean Europe/Berlin?"],
    ["timed", ["--format", "x"], "--format: expected ctime or iso8601"],
    ["timed", ["--format", "nist", "--zone", "UTC"], "leave --zone out"],
    ["timed", ["--utc", "--zone", "UTC"], "--utc and --zone: choose one"],
    ["timed", ["--offset", "much"], "--offset: expected seconds"],
    ["timed", ["--freeze", "now"], "--freeze: expected a time"],
    ["timed", ["--time", "here:x"], "not a port number"],
    ["timec", [], "which server?"],
    ["timec", ["--udp", "--tcp", "h"], "--udp and --tcp: choose one"],
    ["timec", ["h:daytim"], "neither a port nor a service"],
  ];
  for (const [tool, args, message] of cases) {
    const { stdout, stderr } = await runTool(tool, args, { code: 2 });
    assertEquals(stdout, "");
    assertMatch(stderr, new RegExp(`^${tool}: [^\\n]*\\n$`));
    assertStringIncludes(stderr, message);
  }
});

Deno.test({
  name: "timec needs no permission but for its server, and says so",
  ignore: IS_COMPILED,
  fn: async () => {
    await using timed = await startTimed(FREEZE);
    const { time } = hostsOf(timed);
    const narrow = [`--allow-net=${time}`];
    await runTool("timec", [time], { flags: narrow });
    const udp = [`--allow-net=${time},127.0.0.1:0`];
    await runTool("timec", ["--udp", time], { flags: udp });
    const none = ["--deny-net"];
    const refused = await runTool("timec", [time], { flags: none, code: 3 });
    assertStringIncludes(
      refused.stderr,
      `the runtime needs --allow-net=${time}`,
    );
  },
});
