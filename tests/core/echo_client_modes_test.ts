import { assert, assertEquals, assertRejects } from "@std/assert";
import { ping } from "../../client/echo/ping.ts";
import { type PingView, runPing } from "../../client/echo/ping_mode.ts";
import type { Gates } from "../../client/echo/gates.ts";
import type { PingSettings } from "../../client/echo/options.ts";
import { manualClock } from "../../lib/clock.ts";
import { EXIT, ToolError } from "../../lib/cli.ts";
import {
  type Script,
  scriptedChannel,
  type ScriptOptions,
} from "./echo_client_harness.ts";

const TEXT: PingView = {
  form: "text",
  isBrief: false,
  hasTimestamps: false,
  hasHistogram: false,
};

/** What a run said and how it ended. */
interface Told {
  readonly code: number;
  readonly out: string[];
  readonly err: string[];
}

interface RunOptions extends ScriptOptions {
  readonly settings?: PingSettings;
  readonly view?: Partial<PingView>;
  readonly gates?: Gates;
  /** Called for what is written. */
  readonly onOut?: (text: string) => void;
  /** Called when all of it shall be there. */
  readonly onFlush?: () => void;
  /** Called before the run, with what the user may do. */
  readonly user?: (user: { stop(): void; ask(): void; leave(): void }) => void;
}

/** Runs `echoc` as a ping against a script. */
async function run(script: Script, options: RunOptions = {}): Promise<Told> {
  const { settings = { count: 3, interval: 10 }, view, gates = {} } = options;
  const clock = manualClock();
  const [stop, unread] = [new AbortController(), new AbortController()];
  const out: string[] = [];
  const err: string[] = [];
  let ask = () => {};
  const streams = {
    out(text: string) {
      options.onOut?.(text);
      out.push(...text.trimEnd().split("\n"));
    },
    err: (text: string) => err.push(...text.trimEnd().split("\n")),
    unread: unread.signal,
  };
  options.user?.({
    stop: () => stop.abort(),
    ask: () => ask(),
    leave: () => unread.abort(),
  });
  const ended = runPing(
    { transport: "udp", hostname: "192.0.2.7", port: 7 },
    settings,
    { view: { ...TEXT, ...view }, gates },
    {
      streams,
      flush: () => Promise.resolve(options.onFlush?.()),
      signal: stop.signal,
      onAsked(tell) {
        ask = tell;
        return () => {
          ask = () => err.push("asked too late");
        };
      },
      now: () => new Date(clock.now()),
      ping: (target, pingOptions) =>
        ping(target, {
          ...pingOptions,
          clock,
          open: () => Promise.resolve(scriptedChannel(clock, script, options)),
        }),
    },
  );
  const settled = ended.then(() => {}, () => {});
  await clock.advance(100_000);
  await settled;
  return { code: await ended, out, err };
}

const prompt: Script = () => [{ after: 3 }];

Deno.test("runPing() tells of every probe, and then of all", async () => {
  const { code, out, err } = await run(prompt);
  assertEquals(code, EXIT.done);
  assertEquals(out.slice(0, 5), [
    "Probing 192.0.2.7:7 with 56 bytes every 10 ms",
    "56 bytes from 192.0.2.7:7: seq=1 time=3.000 ms",
    "56 bytes from 192.0.2.7:7: seq=2 time=3.000 ms",
    "56 bytes from 192.0.2.7:7: seq=3 time=3.000 ms",
    "--- 192.0.2.7:7 (udp) ---",
  ]);
  assertEquals(err, []);
});

Deno.test("runPing() begins lines with the time, when asked to", async () => {
  const { out } = await run(prompt, { view: { hasTimestamps: true } });
  assertEquals(
    out[1],
    "[1970-01-01T00:00:00.003Z] 56 bytes from 192.0.2.7:7: seq=1 time=3.000 ms",
  );
});

Deno.test("runPing() says how it probes", async () => {
  const first = async (settings: PingSettings) =>
    (await run(prompt, { settings: { count: 2, ...settings } })).out[0];
  assertEquals(
    await first({ interval: 1000 }),
    "Probing 192.0.2.7:7 with 56 bytes every 1 s",
  );
  assertEquals(
    await first({ interval: 0.5 }),
    "Probing 192.0.2.7:7 with 56 bytes every 0.5 ms",
  );
  assertEquals(
    await first({ interval: 0, size: { from: 1, to: 9 } }),
    "Probing 192.0.2.7:7 with 1 to 9 bytes as fast as replies come",
  );
  assertEquals(
    await first({ interval: 0, gap: 2 }),
    "Probing 192.0.2.7:7 with 56 bytes as replies come, at most every 2 ms",
  );
});

Deno.test("runPing() is brief, or only JSON, or CSV", async () => {
  const brief = await run(prompt, { view: { isBrief: true } });
  assert(!brief.out.some((line) => line.includes("seq=")));
  const json = await run(prompt, { view: { form: "json" } });
  assertEquals(json.out.length, 1);
  assertEquals(JSON.parse(json.out[0]!).received, 3);
  const csv = await run(prompt, { view: { form: "csv" } });
  assertEquals(csv.out, [
    "sequence,size,length,time_ms,status,reordered,wrong_at",
    "1,56,56,3,received,0,",
    "2,56,56,3,received,0,",
    "3,56,56,3,received,0,",
  ]);
  assert(csv.err.includes("--- 192.0.2.7:7 (udp) ---"), "the statistics");
});

Deno.test("runPing() is a gate: exit code 1 says that it was not good enough", async () => {
  const third: Script = (_probe, n) => n === 1 ? [] : [{ after: 3 }];
  assertEquals((await run(third)).code, EXIT.done);
  const gated = await run(third, { gates: { maxLoss: 10 } });
  assertEquals(gated.code, EXIT.failed);
  assertEquals(gated.err, ["echoc: 33.3% lost, more than --max-loss 10"]);
  const slow = await run(prompt, { gates: { maxP99: 2.5 } });
  assertEquals(slow.code, EXIT.failed);
  assertEquals((await run(() => [])).code, EXIT.failed);
});

Deno.test("runPing() allows the loss that it was told to, also with a deadline", async () => {
  const third: Script = (_probe, n) => n === 1 ? [] : [{ after: 3 }];
  const settings = { count: 3, interval: 10, timeout: 50, deadline: 1000 };
  assertEquals((await run(third, { settings })).code, EXIT.failed);
  const gates = { maxLoss: 40 };
  assertEquals((await run(third, { settings, gates })).code, EXIT.done);
});

Deno.test("runPing() ends when it cannot tell what it measures", async () => {
  const full = new ToolError("cannot write to standard output: no space left");
  const error = await assertRejects(
    () =>
      run(prompt, {
        settings: { interval: 10 },
        view: { form: "csv" },
        onOut(text) {
          if (text.startsWith("4,")) throw full;
        },
      }),
  );
  assertEquals(error, full);
});

Deno.test("runPing() has failed when its last words cannot be written", async () => {
  const full = new ToolError("cannot write to standard output: no space left");
  const out: string[] = [];
  const ended = run(prompt, {
    onOut: (text) => out.push(text),
    onFlush() {
      assert(out.at(-1)?.includes("3 sent, 3 received"));
      throw full;
    },
  });
  assertEquals(await assertRejects(() => ended), full);
});

Deno.test("runPing() wants every reply when a deadline ends it", async () => {
  const settings = { count: 5, interval: 10, deadline: 25 };
  const { code, err } = await run(prompt, { settings });
  assertEquals(code, EXIT.failed);
  assertEquals(err, ["echoc: only 3 of 5 replies came in time"]);
  const enough = { count: 5, interval: 10, deadline: 100 };
  assertEquals((await run(prompt, { settings: enough })).code, EXIT.done);
});

Deno.test("runPing() tells at Ctrl-C what there is, and ends by it", async () => {
  const settings = { interval: 10 };
  let stop = () => {};
  const user = (hand: { stop(): void }) => stop = hand.stop;
  const script: Script = (_probe, n) => {
    if (n === 4) stop();
    return [{ after: 3 }];
  };
  const { code, out } = await run(script, { settings, user });
  assertEquals(code, EXIT.done);
  assert(out.includes("still under way, and not counted: 1"));
  assert(
    out.some((line) => line.startsWith("4 sent, 4 received, 0 lost (0%)")),
  );
});

Deno.test("runPing() ends quietly when nobody reads any more", async () => {
  let leave = () => {};
  const script: Script = (_probe, n) => {
    if (n === 2) leave();
    return [];
  };
  const { code, err } = await run(script, {
    settings: { interval: 10 },
    user: (hand) => leave = hand.leave,
  });
  assertEquals([code, err], [EXIT.done, []]);
});

Deno.test("runPing() answers how it goes, while it goes", async () => {
  let ask = () => {};
  const script: Script = (_probe, n) => {
    if (n === 2) ask();
    return [{ after: 3 }];
  };
  const { err } = await run(script, { user: (hand) => ask = hand.ask });
  assertEquals(err, [
    "3 sent, 2 received, 0% lost, min/avg/p99/max = 3.000/3.000/3.000/3.000 ms",
  ]);
  ask();
  assertEquals(err.at(-1), "asked too late");
});

Deno.test("runPing() shows what came before the server went away", async () => {
  const error = await assertRejects(
    () =>
      run(prompt, {
        kind: "stream",
        endsAfter: 15,
        settings: { interval: 10 },
      }),
    ToolError,
  );
  assertEquals(error.exitCode, EXIT.network);
  assertEquals(error.message, "192.0.2.7:7 closed the connection");
});
