/** `echod` as a test bench. */
import { assertEquals, assertMatch } from "@std/assert";
import { fateOf } from "../../server/services/faults/fate.ts";
import { soon } from "../services/echo_server.ts";
import { runTool, startTool } from "./service_tool.ts";

const NO_FAULTS = { delay: 0, jitter: 0, duplicate: 0, reorder: 0, corrupt: 0 };

Deno.test("echod with faults says so, and counts them", async () => {
  const faults = { ...NO_FAULTS, drop: 50, seed: 9 };
  const answered = Array.from({ length: 50 }, (_, n) => n)
    .filter((n) => fateOf(faults, n).mishap === null);
  const echod = await startTool("echod", [
    ...["--udp", "127.0.0.1:0", "--drop", "50%", "--seed", "9"],
  ]);
  assertMatch(echod.ready, / \(drop 50 %; seed 9\)$/);
  const at = { transport: "udp", hostname: "127.0.0.1" } as const;
  const socket = Deno.listenDatagram({ ...at, port: 0 });
  // The last one must be answered, or nobody knows when the server has it.
  const last = answered.at(-1)!;
  for (let n = 0; n <= last; n++) {
    await socket.send(new Uint8Array([n]), { ...at, port: echod.ports[0]! });
  }
  const seen: number[] = [];
  while (seen.at(-1) !== last) {
    const [data] = await soon(socket.receive(), `answer ${seen.length}`);
    seen.push(data[0]!);
  }
  socket.close();
  assertEquals(seen, answered);
  assertEquals(await echod.stop(), 0, echod.log);
  const dropped = last + 1 - answered.length;
  assertMatch(
    echod.log,
    new RegExp(` unanswered=${dropped} .* injected-dropped=${dropped} `),
  );
});

Deno.test("echod refuses faults that cannot be, with one line", async () => {
  const cases = [
    [["--drop", "x"], /^echod: --drop: expected a percentage/],
    [["--drop", "60", "--corrupt", "60"], /^echod: --drop, .* are 120 % /],
    [["--tcp", "0", "--reorder", "1"], /^echod: --reorder is for datagrams/],
    [["--delay", "61"], /^echod: --delay: expected seconds/],
    [["--inetd", "--drop", "5"], /^echod: --drop is for datagrams/],
    [
      ["--delay", "1", "--jitter", "500ms", "--idle-timeout", "1.5"],
      /^echod: --delay and --jitter are up to 1\.5 s, and --idle-timeout /,
    ],
  ] as const;
  for (const [args, message] of cases) {
    const { stderr } = await runTool("echod", args, { code: 2 });
    assertMatch(stderr, message);
    assertEquals(stderr.split("\n").length, 2, stderr);
  }
});
