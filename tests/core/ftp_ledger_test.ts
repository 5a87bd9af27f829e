import { assert, assertEquals } from "@std/assert";
import { manualClock } from "../../lib/clock.ts";
import {
  type LedgerEvent,
  type LedgerLimits,
  newLedger,
} from "../../server/ftp/limits/ledger.ts";
import { randomOf } from "./random.ts";

const LIMITS: LedgerLimits = {
  maxSessions: 100,
  maxPerAddress: 100,
  loginDelay: 1_000,
};
const BAN = { failures: 3, within: 60_000, duration: 600_000 };
const [ALICE, BOB] = ["192.0.2.7", "192.0.2.8"];

/** A ledger on a clock of its own, and what it told. */
function ledgerWith(limits: Partial<LedgerLimits> = {}) {
  const clock = manualClock();
  const events: LedgerEvent[] = [];
  const over = new AbortController();
  const ledger = newLedger({ ...LIMITS, ...limits }, {
    clock,
    signal: over.signal,
    told: (event) => events.push(event),
  });
  return {
    clock,
    events,
    ledger,
    [Symbol.dispose]: () => over.abort(),
  };
}

Deno.test("newLedger() counts sessions in all and per address", () => {
  using at = ledgerWith({ maxSessions: 3, maxPerAddress: 2 });
  const { ledger } = at;
  const entered = [ALICE, ALICE, ALICE, BOB, BOB].map((address) =>
    ledger.enter(address)
  );
  const full = "too-many-from-address";
  assertEquals(entered, [null, null, full, null, "too-many"]);
  assertEquals(ledger.sessions, 3);
  ledger.leave(ALICE);
  assertEquals(ledger.enter(ALICE), null);
  assertEquals(ledger.totals.refused, { [full]: 1, "too-many": 1 });
});

Deno.test("newLedger() counts an IPv6 network of the internet as one address", () => {
  using at = ledgerWith({ maxPerAddress: 1 });
  assertEquals(at.ledger.enter("2001:db8:0:1::7"), null);
  assertEquals(at.ledger.enter("2001:db8:0:1::8"), "too-many-from-address");
  assertEquals(at.ledger.enter("2001:db8:0:2::7"), null);
  assertEquals(at.ledger.enter("fd00::7"), null);
  assertEquals(at.ledger.enter("fd00::8"), null);
  at.ledger.leave("2001:db8:0:1::9");
  assertEquals(at.ledger.enter("2001:db8:0:1::8"), null);
});

Deno.test("newLedger() admits so many new connections a second in all", async () => {
  using at = ledgerWith({ connectionsPerSecond: 2 });
  const { ledger, clock } = at;
  assertEquals([ALICE, BOB, "192.0.2.9"].map((from) => ledger.enter(from)), [
    null,
    null,
    "too-often",
  ]);
  assertEquals(ledger.sessions, 2);
  await clock.advance(500);
  assertEquals([ledger.enter(ALICE), ledger.enter(BOB)], [null, "too-often"]);
});

Deno.test("newLedger() admits so many a second of one address, who leaves room for others", async () => {
  using at = ledgerWith({
    connectionsPerSecond: 3,
    connectionsPerSecondPerAddress: 0.5,
  });
  const { ledger, clock } = at;
  const flood = Array.from({ length: 50 }, () => ledger.enter(ALICE));
  assertEquals(flood.filter((refusal) => refusal === null).length, 1);
  assertEquals([ledger.enter(BOB), ledger.enter("192.0.2.9")], [null, null]);
  await clock.advance(1_999);
  assertEquals(ledger.enter(ALICE), "too-often");
  await clock.advance(1);
  assertEquals(ledger.enter(ALICE), null);
});

Deno.test("newLedger() counts sessions of an account, whoever takes them", () => {
  using at = ledgerWith();
  const { ledger } = at;
  assertEquals(ledger.admit("alice", ALICE, 2), { seat: 0 });
  assertEquals(ledger.admit("alice", BOB, 2), { seat: 0 });
  assertEquals(ledger.admit("bob", BOB, 2), { seat: 1 });
  const refused = { refusal: "too-many-sessions" as const };
  assertEquals(ledger.admit("alice", ALICE, 2), refused);
  ledger.release("alice", BOB);
  assertEquals(ledger.admit("alice", ALICE, 2), { seat: 0 });
  assertEquals(ledger.seats(), [
    { account: "alice", seat: 0 },
    { account: "bob", seat: 1 },
  ]);
});

Deno.test("newLedger() lets failures cost more each time, up to a limit", () => {
  using at = ledgerWith({ loginDelayMax: 3_500 });
  const delays = Array.from(
    { length: 5 },
    () => at.ledger.failed(ALICE, "root").delay,
  );
  assertEquals(delays, [1_000, 2_000, 3_000, 3_500, 3_500]);
  assertEquals(at.ledger.failed(BOB, "root").delay, 1_000);
  assertEquals(at.ledger.totals.failures, 6);
});

Deno.test("newLedger() remembers failures over connections, and forgets one a minute", async () => {
  using at = ledgerWith();
  const { ledger, clock } = at;
  const fail = () => ledger.failed(ALICE, "root").delay;
  assertEquals([fail(), fail(), fail()], [1_000, 2_000, 3_000]);
  await clock.advance(60_000);
  assertEquals(fail(), 3_000);
  await clock.advance(30 * 60_000);
  assertEquals(fail(), 1_000);
});

Deno.test("newLedger() pardons who mistyped, and nobody who guesses at others", () => {
  using at = ledgerWith({ ban: { ...BAN, failures: 4 } });
  const { ledger } = at;
  ledger.failed(ALICE, "alice");
  ledger.failed(ALICE, "bob");
  ledger.failed(ALICE, "alice");
  ledger.succeeded(ALICE, "alice");
  assertEquals(ledger.failed(ALICE, "bob").delay, 2_000);
  ledger.succeeded(ALICE, "alice");
  assertEquals(ledger.failed(ALICE, "bob").delay, 3_000);
  assertEquals(ledger.failed(ALICE, "bob").bannedFor, BAN.duration);
});

Deno.test("newLedger() says of a ban that it is news only once", () => {
  using at = ledgerWith({ ban: BAN });
  const costs = Array.from({ length: 5 }, () => at.ledger.failed(ALICE, "bob"));
  assertEquals(
    costs.map(({ bannedFor, wasBanned = false }) => [bannedFor > 0, wasBanned]),
    [[false, false], [false, false], [true, false], [true, true], [true, true]],
  );
});

Deno.test("newLedger() bans who fails too often, and tells when it begins and ends", async () => {
  using at = ledgerWith({ ban: BAN });
  const { ledger, clock, events } = at;
  const costs = [1, 2, 3].map(() => ledger.failed(ALICE, "root").bannedFor);
  assertEquals(costs, [0, 0, BAN.duration]);
  assertEquals(ledger.enter(ALICE), "banned");
  assertEquals(ledger.enter(BOB), null);
  assertEquals(ledger.admit("alice", ALICE), { refusal: "banned" });
  assertEquals(ledger.bans(), [{ address: ALICE, until: BAN.duration }]);
  await clock.advance(BAN.duration - 1);
  assertEquals(ledger.enter(ALICE), "banned");
  assertEquals(ledger.failed(ALICE, "root").bannedFor, 1);
  await clock.advance(1);
  assertEquals(events, [
    { kind: "banned", address: ALICE, duration: BAN.duration },
    { kind: "unbanned", address: ALICE, early: false },
  ]);
  assertEquals([ledger.bans(), ledger.enter(ALICE)], [[], null]);
  assertEquals(clock.sleeping, 0);
  assertEquals(ledger.totals.bans, 1);
});

Deno.test("newLedger() counts failures for a ban only within its time", async () => {
  using at = ledgerWith({ ban: BAN });
  for (let times = 0; times < 10; times++) {
    assertEquals(at.ledger.failed(ALICE, "root").bannedFor, 0);
    await at.clock.advance(BAN.within / 2);
  }
});

Deno.test("newLedger() ends a ban early, by an address or its network", () => {
  using at = ledgerWith({ ban: { ...BAN, failures: 1 } });
  const { ledger, events } = at;
  ledger.failed("2001:db8::7", "root");
  assertEquals(ledger.enter("2001:db8::8"), "banned");
  assert(ledger.unban("2001:DB8:0::9"));
  assertEquals(ledger.enter("2001:db8::8"), null);
  ledger.failed("2001:db8::7", "root");
  assert(ledger.unban("2001:db8::/64"));
  assert(!ledger.unban("2001:db8::/64"));
  assertEquals(events.at(-1), {
    kind: "unbanned",
    address: "2001:db8::/64",
    early: true,
  });
});

Deno.test("newLedger() notices the end of a ban without waiting for it", async () => {
  const clock = manualClock();
  const events: string[] = [];
  const ledger = newLedger({ ...LIMITS, ban: { ...BAN, failures: 1 } }, {
    clock,
    told: ({ kind }) => events.push(kind),
  });
  ledger.failed(ALICE, "root");
  assertEquals(clock.sleeping, 0);
  await clock.advance(BAN.duration);
  assertEquals(ledger.enter(ALICE), null);
  assertEquals(events, ["banned", "unbanned"]);
});

Deno.test("newLedger() takes other limits, and keeps who is there and who is banned", () => {
  using at = ledgerWith({ ban: { ...BAN, failures: 1 } });
  const { ledger } = at;
  ledger.enter(BOB);
  ledger.failed(ALICE, "root");
  ledger.change({ ...LIMITS, maxSessions: 1, connectionsPerSecond: 1 });
  assertEquals([ledger.enter(BOB), ledger.enter(ALICE)], [
    "too-many",
    "banned",
  ]);
  ledger.leave(BOB);
  assertEquals(ledger.enter(BOB), null);
  ledger.leave(BOB);
  assertEquals(ledger.enter(BOB), "too-often");
  assertEquals(ledger.failed(BOB, "root").bannedFor, 0);
});

Deno.test("newLedger() lets clients of a Unix socket fail, and never bans them", () => {
  using at = ledgerWith({
    ban: { ...BAN, failures: 1 },
    connectionsPerSecondPerAddress: 1,
    maxPerAddress: 1,
  });
  const { ledger, events } = at;
  assertEquals([ledger.enter(""), ledger.enter("")], [null, null]);
  assertEquals(ledger.failed("", "root").bannedFor, 0);
  assertEquals([ledger.enter(""), ledger.admit("a", "")], [null, { seat: 0 }]);
  assertEquals(events, []);
});

Deno.test("newLedger() counts right however many come and go at once", () => {
  using at = ledgerWith({ maxSessions: 40, maxPerAddress: 5 });
  const { ledger } = at;
  const { below: next } = randomOf(7);
  const inside: string[] = [];
  const accounts: string[] = [];
  for (let step = 0; step < 20_000; step++) {
    const address = `192.0.2.${next(12)}`;
    const here = inside.filter((other) => other === address).length;
    if (next(2) === 0) {
      const wanted = inside.length >= 40
        ? "too-many"
        : here >= 5
        ? "too-many-from-address"
        : null;
      assertEquals(ledger.enter(address), wanted);
      if (wanted === null) inside.push(address);
    } else if (inside.length > 0) {
      ledger.leave(inside.splice(next(inside.length), 1)[0]!);
    }
    const account = `user${next(6)}`;
    if (next(2) === 0) {
      const free = accounts.filter((other) => other === account).length < 3;
      assertEquals("seat" in ledger.admit(account, address, 3), free);
      if (free) accounts.push(account);
    } else if (accounts.length > 0) {
      ledger.release(accounts.splice(next(accounts.length), 1)[0]!, address);
    }
    assertEquals(ledger.sessions, inside.length);
  }
  const seats = ledger.seats().map(({ seat }) => seat);
  assertEquals(seats.length, new Set(accounts).size);
  assert(
    seats.every((seat) => seat < 6) && new Set(seats).size === seats.length,
  );
});
