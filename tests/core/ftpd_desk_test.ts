import { assertEquals } from "@std/assert";
import { manualClock } from "../../lib/clock.ts";
import { createLog } from "../../lib/log.ts";
import { newCounters } from "../../server/ftp/operations/counters.ts";
import type { Order } from "../../server/ftp/warden/messages.ts";
import type { Survey } from "../../server/ftp/operations/survey.ts";
import { Desk } from "../../server/ftp/warden/desk.ts";
import { WorkerRoll } from "../../server/ftp/warden/roll.ts";

function scene() {
  const lines: string[] = [];
  const log = createLog({
    format: "text",
    write: (line) => lines.push(line.slice(25).trimEnd()),
  });
  return { desk: new Desk(log), lines };
}

const ASK = { of: "enter", address: "192.0.2.7" } as const;

Deno.test("Desk answers by the clerk whose question it is, at once or later", async () => {
  const { desk } = scene();
  const later = Promise.withResolvers<"banned">();
  desk.hire({});
  desk.hire({ answers: { enter: () => later.promise } });
  desk.hire({ answers: { failed: () => ({ delay: 5, bannedFor: 0 }) } });
  const orders: Order[] = [];
  const send = (order: Order) => orders.push(order);
  const from = { worker: 1 };
  desk.hear({ kind: "ask", id: 1, question: ASK }, from, send);
  const failed = { of: "failed", address: "x", user: "y" } as const;
  desk.hear({ kind: "ask", id: 2, question: failed }, from, send);
  assertEquals(orders.map((order) => "id" in order && order.id), [2]);
  later.resolve("banned");
  await later.promise;
  const [, second] = orders;
  assertEquals(second, {
    ...{ kind: "answer", id: 1, answer: "banned", failed: undefined },
  });
});

Deno.test("Desk sends no answer to whoever has a dead worker's place", async () => {
  const { desk } = scene();
  const later = Promise.withResolvers<null>();
  desk.hire({ answers: { enter: () => later.promise } });
  const orders: Order[] = [];
  const from = { worker: 1 };
  const ask = { kind: "ask", id: 1, question: ASK } as const;
  desk.hear(ask, from, (order) => orders.push(order));
  desk.gone(from);
  later.resolve(null);
  await later.promise;
  assertEquals(orders, []);
});

Deno.test("Desk says no for what nobody answers, and goes on when a clerk fails", () => {
  const { desk, lines } = scene();
  const heard: string[] = [];
  desk.hire({
    onNotice() {
      throw new Error("a mistake");
    },
  });
  desk.hire({ onNotice: ({ of }) => void heard.push(of) });
  const orders: Order[] = [];
  const from = { worker: 1 };
  const ask = { kind: "ask", id: 1, question: ASK } as const;
  desk.hear(ask, from, (order) => orders.push(order));
  const notice = { of: "leave", address: "192.0.2.7" } as const;
  desk.hear({ kind: "notice", notice }, from, () => {});
  assertEquals(heard, ["leave"]);
  const [answer] = orders;
  assertEquals(answer?.kind === "answer" && answer.failed !== undefined, true);
  assertEquals(lines.length, 2);
});

function surveyOf(sessions: number): Survey {
  const counters = { ...newCounters(), sessions };
  return { sessions: [], counters, dataPorts: 0, lag: 0, heap: 0 } as Survey;
}

Deno.test("WorkerRoll waits for every answer, and two seconds at most", async () => {
  const clock = manualClock();
  const roll = new WorkerRoll(clock);
  const orders: Order[] = [];
  const quick = roll.enter((order) => orders.push(order));
  const mute = roll.enter(() => {});
  let wasWell: boolean | null = null;
  const asked = roll.areWell().then((areWell) => wasWell = areWell);
  const [order] = orders;
  const id = order?.kind === "survey" ? order.id : -1;
  roll.answered({ kind: "survey", id, survey: surveyOf(3) }, quick);
  await clock.advance(1000);
  assertEquals(wasWell, null);
  await clock.advance(1000);
  await asked;
  assertEquals(wasWell, false);
  const again = roll.survey();
  roll.answered({ kind: "survey", id: id + 1, survey: surveyOf(4) }, quick);
  roll.leave(mute);
  assertEquals((await again).counters.sessions, 4);
});

Deno.test("WorkerRoll keeps what a worker had counted when it is gone", async () => {
  const roll = new WorkerRoll(manualClock());
  const worker = roll.enter(() => {});
  roll.answered({ kind: "survey", id: 0, survey: surveyOf(7) }, worker);
  roll.leave(worker);
  roll.answered({ kind: "survey", id: 0, survey: surveyOf(9) }, worker);
  assertEquals((await roll.survey()).counters.sessions, 7);
  assertEquals([roll.size, await roll.areWell()], [0, true]);
});
