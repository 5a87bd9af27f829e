import { assertEquals } from "@std/assert";
import { manualClock } from "../../lib/clock.ts";
import { createLog } from "../../lib/log.ts";
import { Reloader } from "../../server/ftp/warden/reload.ts";

/** A reloader that looks every second at files that the test changes. */
function scene(every = 1000) {
  const clock = manualClock();
  const lines: string[] = [];
  const told: string[] = [];
  const stop = new AbortController();
  const scene = {
    clock,
    lines,
    told,
    sight: "a",
    problem: null as string | null,
    reloads: 0,
    stop: () => stop.abort(),
    reloader: null as unknown as Reloader,
    running: Promise.resolve(),
  };
  scene.reloader = new Reloader({
    look: () => Promise.resolve(scene.sight),
    reload() {
      scene.reloads++;
      if (scene.problem === null) return Promise.resolve("live");
      return Promise.reject(new Error(scene.problem));
    },
    log: createLog({
      format: "text",
      write: (line) => lines.push(line.slice(25).trimEnd()),
    }),
    onReload: (isOver) => void told.push(isOver ? "over" : "begun"),
  }, { every, clock });
  scene.running = scene.reloader.run(stop.signal);
  return scene;
}

Deno.test("Reloader reloads when a file has changed, and only then", async () => {
  const it = scene();
  await it.clock.advance(3000);
  assertEquals(it.reloads, 0);
  it.sight = "b";
  await it.clock.advance(3000);
  assertEquals([it.reloads, it.lines], [1, ["reloaded how=live"]]);
  assertEquals(it.told, ["begun", "over"]);
  it.stop();
  await it.running;
});

Deno.test("Reloader tells trouble at the second look, once, and tries no more until something changes", async () => {
  const it = scene();
  it.problem = "line 3 is wrong";
  await it.clock.advance(500);
  it.sight = "b";
  await it.clock.advance(1000);
  assertEquals([it.reloads, it.lines], [1, []]);
  await it.clock.advance(5000);
  const failed = "ERROR reload-failed reason=" +
    '"line 3 is wrong; everything stays as it was"';
  assertEquals([it.reloads, it.lines], [2, [failed]]);
  it.problem = null;
  it.sight = "c";
  await it.clock.advance(1000);
  assertEquals(it.lines, [failed, "reloaded how=live"]);
  it.stop();
  await it.running;
});

Deno.test("Reloader does what somebody asks for at once, and tells trouble at once", async () => {
  const it = scene(0);
  it.problem = "no";
  it.reloader.ask();
  await it.clock.advance(0);
  it.reloader.ask();
  await it.clock.advance(0);
  assertEquals([it.reloads, it.lines.length], [2, 2]);
  it.sight = "b";
  await it.clock.advance(100_000);
  assertEquals(it.reloads, 2);
  it.stop();
  await it.running;
});

Deno.test("Reloader reloads once more when somebody asks during a reload", async () => {
  const stop = new AbortController();
  const gates: (() => void)[] = [];
  const reloader = new Reloader({
    look: () => Promise.resolve(""),
    reload: () => new Promise((resolve) => gates.push(() => resolve("live"))),
    log: createLog({ format: "text", write: () => {} }),
  });
  const running = reloader.run(stop.signal);
  const turns = async () => {
    for (let i = 0; i < 50; i++) await null;
  };
  reloader.ask();
  await turns();
  for (let i = 0; i < 5; i++) reloader.ask();
  gates[0]!();
  await turns();
  assertEquals(gates.length, 2);
  gates[1]!();
  await turns();
  assertEquals(gates.length, 2);
  stop.abort();
  await running;
});
