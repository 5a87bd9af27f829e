import { assert, assertEquals, assertLess } from "@std/assert";
import { manualClock } from "../../lib/clock.ts";
import { createLog } from "../../lib/log.ts";
import {
  type HookMessage,
  hookMessage,
  messageJson,
  wantedBy,
} from "../../server/ftp/operations/hook_event.ts";
import {
  type Failure,
  HookQueue,
} from "../../server/ftp/operations/hook_queue.ts";
import type { Happening } from "../../server/ftp/operations/telemetry.ts";

const WHERE = { id: 7, address: "192.0.2.7", account: "ann", tls: "1.3" };
const STAMP = { id: "e-1", time: new Date(0) };

function transferred(more: object): Happening {
  return {
    kind: "transfer",
    end: {
      transfer: { verb: "STOR", path: "/in/a b" } as never,
      ...{ direction: "upload", outcome: "complete", account: "ann" },
      ...{ bytes: 5, duration: 1234.5, ascii: false, file: "/srv/in/a b" },
      ...more,
    },
  };
}

Deno.test("hookMessage() of an upload has both paths, and what moved", () => {
  assertEquals(hookMessage(transferred({}), WHERE, STAMP), {
    ...{ id: "e-1", time: "1970-01-01T00:00:00.000Z", event: "upload" },
    ...{ session: 7, account: "ann", address: "192.0.2.7", tls: "1.3" },
    ...{ path: "/in/a b", file: "/srv/in/a b", verb: "STOR" },
    ...{ bytes: 5, seconds: 1.235, result: "complete" },
  } as HookMessage);
});

Deno.test("hookMessage() is for files that are complete", () => {
  const eventOf = (more: object) =>
    hookMessage(transferred(more), WHERE, STAMP)?.event;
  assertEquals(eventOf({ direction: "download" }), "download");
  assertEquals(eventOf({ outcome: "aborted" }), undefined);
  assertEquals(eventOf({ outcome: "failed" }), undefined);
  assertEquals(eventOf({ direction: "listing" }), undefined);
  assertEquals(eventOf({ direction: "work" }), undefined);
});

Deno.test("hookMessage() of changes, logins and bans", () => {
  const rename: Happening = {
    kind: "change",
    change: { change: "rename", path: "/a", to: "/b", file: "/srv/a" },
  };
  const renamed = hookMessage(rename, WHERE, STAMP);
  assertEquals(
    [renamed?.event, renamed?.path, renamed?.to, renamed?.file],
    ["rename", "/a", "/b", "/srv/a"],
  );
  const ban = hookMessage({ kind: "ban", milliseconds: 1500 }, WHERE, STAMP);
  assertEquals([ban?.event, ban?.seconds], ["ban", 1.5]);
  const failed: Happening = { kind: "login-failed", account: "eve" };
  const message = hookMessage(failed, { ...WHERE, account: null }, STAMP);
  assertEquals([message?.event, message?.account], ["login-failed", "eve"]);
});

Deno.test("messageJson() is one line, whatever a client wrote", () => {
  const message = hookMessage(
    { kind: "login-failed", account: 'a\r\n"b\u2028\x1b' },
    WHERE,
    STAMP,
  );
  const json = messageJson(message!);
  // deno-lint-ignore no-control-regex
  assert(!/[\x00-\x1f\u2028]/.test(json), json);
  assertEquals(JSON.parse(json).account, 'a\r\n"b\u2028\x1b');
});

Deno.test("wantedBy() looks at event, account and paths", () => {
  const upload = hookMessage(transferred({}), WHERE, STAMP)!;
  const wants = (hook: Partial<Parameters<typeof wantedBy>[0]>) =>
    wantedBy({ on: ["upload"], ...hook })(upload);
  assert(wants({}));
  assert(!wants({ on: ["download", "login"] }));
  assert(wants({ accounts: ["bob", "a*"] }) && !wants({ accounts: ["bob"] }));
  assert(wants({ paths: ["/in/*"] }) && !wants({ paths: ["/out/*"] }));
  const login = hookMessage({ kind: "login", account: ".x" }, WHERE, STAMP)!;
  assert(!wantedBy({ on: ["login"], paths: ["*"] })(login));
  assert(wantedBy({ on: ["login"], accounts: ["*"] })(login));
});

/** A hook that answers what the test says, and a clock that stands still. */
function hookOf(options: { retries?: number; room?: number } = {}) {
  const clock = manualClock();
  const log: string[] = [];
  const seen: string[] = [];
  const answers: (Failure | Promise<Failure>)[] = [];
  const deliver = (event: string) => {
    seen.push(event);
    return Promise.resolve(answers.shift() ?? null);
  };
  const queue = new HookQueue(deliver, {
    ...{ retries: 3, clock, ...options },
    log: createLog({ format: "json", write: (line) => log.push(line) }),
  });
  const events = () => log.map((line) => JSON.parse(line).event);
  return { clock, queue, seen, answers, events, log };
}

const DOWN: Failure = { reason: "down", again: true };

Deno.test("HookQueue tries again, later and later, and keeps the order", async () => {
  const { clock, queue, seen, answers, events } = hookOf();
  answers.push(DOWN, DOWN);
  queue.put("1");
  queue.put("2");
  await clock.advance(0);
  assertEquals(seen, ["1"]);
  await clock.advance(499);
  assertEquals(seen, ["1"]);
  await clock.advance(1);
  assertEquals(seen, ["1", "1"]);
  await clock.advance(999);
  assertEquals(seen.length, 2);
  await clock.advance(1);
  assertEquals(seen, ["1", "1", "1", "2"]);
  assertEquals(queue.counts, {
    ...{ delivered: 2, failed: 0, dropped: 0, tries: 2 },
  });
  assertEquals(events(), ["hook-failed", "hook-recovered"]);
});

Deno.test("HookQueue gives an event up, and goes on with the next", async () => {
  const { clock, queue, seen, answers, events, log } = hookOf({ retries: 1 });
  answers.push(DOWN, DOWN, { reason: "404", again: false });
  for (const event of ["1", "2", "3"]) queue.put(event);
  await clock.advance(500);
  assertEquals(seen, ["1", "1", "2", "3"]);
  assertEquals(queue.counts, {
    ...{ delivered: 1, failed: 2, dropped: 0, tries: 3 },
  });
  assertEquals(events(), ["hook-failed", "hook-recovered"]);
  assertEquals(JSON.parse(log[1]!).failed, 2);
});

Deno.test("HookQueue drops what there is no room for, and says so once", async () => {
  const { clock, queue, seen, answers, events } = hookOf({ room: 2 });
  const held = Promise.withResolvers<Failure>();
  answers.push(held.promise);
  for (let at = 1; at <= 5; at++) queue.put(String(at));
  queue.put("x".repeat(10_000));
  assertEquals([queue.waiting, queue.counts.dropped], [2, 4]);
  assertEquals(events(), ["hook-full"]);
  held.resolve(null);
  await clock.advance(0);
  assertEquals(seen, ["1", "2"]);
  assertEquals(events(), ["hook-full", "hook-recovered"]);
  queue.put("6");
  await clock.advance(0);
  assertEquals(queue.counts.delivered, 3);
});

Deno.test("HookQueue.finish() tries what waits at once, and ends in time", async () => {
  const { clock, queue, seen, answers } = hookOf();
  answers.push(DOWN, DOWN);
  queue.put("1");
  queue.put("2");
  await clock.advance(0);
  const finished = queue.finish(5000);
  await clock.advance(0);
  await finished;
  assertEquals(seen, ["1", "1", "1", "2"]);
  queue.put("3");
  assertEquals(queue.counts.dropped, 1);
});

Deno.test("HookQueue.finish() gives up a hook that does not answer", async () => {
  const { clock, queue, answers, events } = hookOf();
  answers.push(new Promise<Failure>(() => {}));
  queue.put("1");
  queue.put("2");
  const finished = queue.finish(5000);
  await clock.advance(5000);
  await finished;
  assertEquals(queue.counts.failed, 2);
  assertEquals(events(), ["hook-events-lost"]);
  assertLess(queue.waiting, 1);
});
