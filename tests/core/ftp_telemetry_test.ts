import { assertEquals, assertStrictEquals } from "@std/assert";
import {
  addCounters,
  newCounters,
} from "../../server/ftp/operations/counters.ts";
import type { TransferEnd } from "../../server/ftp/operations/observer.ts";
import { metricsOf } from "../../server/ftp/operations/metrics.ts";
import { type Survey, SurveyBook } from "../../server/ftp/operations/survey.ts";
import {
  type Happening,
  Telemetry,
} from "../../server/ftp/operations/telemetry.ts";

/** Telemetry whose time stands still, and a session that it watches. */
function watched(options: { hasDataPort?: boolean } = {}) {
  const clock = { now: 1_000_000 };
  const happened: Happening[] = [];
  const telemetry = new Telemetry({
    now: () => clock.now,
    onHappening: (what) => happened.push(what),
    heap: () => 4096,
  });
  const session = telemetry.session({
    ...{ id: 7, address: "192.0.2.7" },
    hasDataPort: () => options.hasDataPort ?? false,
  });
  return { clock, telemetry, session, happened };
}

/** A transfer that can be looked at. */
function transferOf(verb: string, receive = false) {
  const end = receive ? { receive: {} } : { send: {} };
  const transfer = { verb, path: "/f", end, opening: "", done: "" };
  return { transfer, bytes: 0 } as unknown as
    & { bytes: number }
    & Parameters<ReturnType<Telemetry["session"]>["began"]>[0];
}

function ended(
  running: ReturnType<typeof transferOf>,
  more: Partial<TransferEnd> = {},
): TransferEnd {
  return {
    transfer: running.transfer,
    direction: "download",
    outcome: "complete",
    bytes: running.bytes,
    duration: 2000,
    ascii: false,
    ...more,
  };
}

Deno.test("Telemetry.views() shows who is there and what they do", () => {
  const { clock, telemetry, session } = watched();
  session.secured({ protocol: "TLSv1.3" } as never);
  session.command("PASS");
  session.loggedIn("ann", 5);
  clock.now += 3000;
  assertEquals(telemetry.views(), [{
    ...{ id: 7, address: "192.0.2.7", account: "ann", since: 1_000_000 },
    ...{ idle: 3000, command: "PASS", tls: "1.3", transfer: null },
  }]);
  session.loggedOut();
  session.secured(null);
  const [view] = telemetry.views();
  assertEquals([view?.account, view?.tls], [null, null]);
  session.left();
  assertEquals(telemetry.views(), []);
});

Deno.test("Telemetry tells the rate of the last few seconds", () => {
  const { clock, telemetry, session } = watched();
  const running = transferOf("RETR");
  session.began(running);
  const rate = () => telemetry.views()[0]?.transfer?.rate;
  assertEquals(rate(), 0);
  clock.now += 500;
  running.bytes = 1000;
  assertEquals(rate(), 2000, "before the first look, the whole way counts");
  clock.now += 500;
  running.bytes = 4000;
  telemetry.tick();
  assertEquals(rate(), 4000);
  clock.now += 1000;
  telemetry.tick();
  assertEquals(rate(), 2000, "half of what is new counts");
  for (let at = 0; at < 12; at++) {
    clock.now += 1000;
    telemetry.tick();
  }
  assertEquals(rate(), 0, "a stalled transfer has no rate");
  assertEquals(telemetry.views()[0]?.idle, 0);
});

Deno.test("Telemetry.survey() counts bytes while they move, and once", () => {
  const { telemetry, session } = watched();
  const running = transferOf("STOR", true);
  session.began(running);
  running.bytes = 600;
  assertEquals(telemetry.survey().counters.bytes.upload, 600);
  running.bytes = 900;
  session.ended(ended(running, { direction: "upload", outcome: "aborted" }));
  const { counters } = telemetry.survey();
  assertEquals(counters.bytes.upload, 900);
  assertEquals(counters.transfers.upload, {
    ...{ complete: 0, aborted: 1, failed: 0 },
  });
  assertEquals(counters.transferSeconds.sum, 0, "only complete ones are timed");
});

Deno.test("Telemetry counts logins, replies, refusals, bans and TLS", () => {
  const { telemetry, session, happened } = watched({ hasDataPort: true });
  telemetry.refused("too-many");
  telemetry.refused("too-many");
  session.secured({ protocol: "TLSv1.2" } as never);
  session.loginFailed("bob");
  session.banned(60_000);
  session.loggedIn("ann", 200);
  session.replied(200, 3);
  session.replied(226, null);
  session.replied(226, null);
  session.kicked();
  const { counters, dataPorts, heap } = telemetry.survey();
  assertEquals([dataPorts, heap], [1, 4096]);
  assertEquals(counters.refusals, { "too-many": 2 });
  assertEquals(counters.logins, { ok: 1, failed: 1 });
  assertEquals([counters.bans, counters.kicked], [1, 1]);
  assertEquals(counters.secured, { "1.2": 1 });
  assertEquals(counters.replies, { "200": 1, "226": 2 });
  assertEquals(counters.commandSeconds.sum, 0.003);
  assertEquals(counters.loginSeconds.sum, 0.2);
  assertEquals(happened.map(({ kind }) => kind), [
    ...["login-failed", "ban", "login"],
  ]);
});

Deno.test("Telemetry remembers how late the thread was", () => {
  const { clock, telemetry } = watched();
  telemetry.start();
  telemetry.close();
  clock.now += 1250;
  telemetry.tick();
  for (let at = 0; at < 14; at++) {
    clock.now += 1000;
    telemetry.tick();
  }
  assertEquals(telemetry.survey().lag, 250);
  clock.now += 1000;
  telemetry.tick();
  assertEquals(telemetry.survey().lag, 0, "15 seconds later it is forgotten");
});

Deno.test("addCounters() adds every number there is, and changes none", () => {
  const numbersOf = (value: unknown): number[] =>
    typeof value === "number"
      ? [value]
      : Object.values(value as object).flatMap(numbersOf);
  const one = filled(newCounters(), 1);
  const sum = addCounters([one, one, one]);
  assertEquals(new Set(numbersOf(sum)), new Set([3]));
  assertEquals(new Set(numbersOf(one)), new Set([1]));
});

/** The same counters, every number of them the same. */
function filled<T extends object>(counters: T, number: number): T {
  const all = counters as Record<string, unknown>;
  for (const [name, value] of Object.entries(all)) {
    if (typeof value === "number") all[name] = number;
    else filled(value as object, number);
  }
  return counters;
}

Deno.test("SurveyBook keeps what dead workers had counted", () => {
  const book = new SurveyBook();
  book.note("1", surveyOf(5));
  book.note("2", surveyOf(7));
  book.note("1", surveyOf(6));
  assertStrictEquals(book.together().counters.sessions, 13);
  book.gone("1");
  book.gone("1");
  assertEquals(book.together().workers.map(({ name }) => name), ["2"]);
  assertStrictEquals(book.together().counters.sessions, 13);
  book.note("3", surveyOf(1));
  const { counters, sessions } = book.together([filled(newCounters(), 1)]);
  assertStrictEquals(counters.sessions, 15);
  assertEquals(sessions.map(({ id }) => id), [1, 7]);
});

/** A worker that had so many sessions, the last of which is there. */
function surveyOf(sessions: number): Survey {
  const { telemetry } = watched();
  const survey = telemetry.survey();
  const [view] = survey.sessions;
  const counters = { ...newCounters(), sessions };
  return { ...survey, counters, sessions: [{ ...view!, id: sessions }] };
}

Deno.test("metricsOf() has no counter that falls, and no name twice", () => {
  const families = metricsOf({
    survey: new SurveyBook().together(),
    ...{ version: "1", runtime: "2", started: 0, memory: 1, workers: 1 },
    ...{ deaths: 0, draining: false, reloads: { ok: 0, failed: 0 } },
    ...{ banned: 0, certificateEnd: null, linesLost: 0, hooks: [] },
  });
  const names = families.map(({ name }) => name);
  assertEquals(names.length, new Set(names).size);
  for (const { name, type } of families) {
    assertEquals(name.endsWith("_total"), type === "counter", name);
  }
});
