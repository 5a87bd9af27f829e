import { assertEquals, assertThrows } from "@std/assert";
import { newestRates } from "../../server/ftp/limits/newest_rates.ts";
import { type AccountRates, pacing } from "../../server/ftp/limits/pacing.ts";
import type { AccountSettings } from "../../server/ftp/settings.ts";
import {
  newShared,
  openShared,
  setRates,
} from "../../server/ftp/limits/shared.ts";
import { USAGE_BYTES } from "../../server/fs/usage.ts";

Deno.test("openShared() numbers sessions, whoever asks", () => {
  const buffer = newShared(1);
  const [one, other] = [openShared(buffer), openShared(buffer)];
  const ids = [one, other, other, one].map((view) => view.nextSession());
  assertEquals(ids, [1, 2, 3, 4]);
});

Deno.test("openShared() has places that do not touch each other", () => {
  const shared = openShared(newShared(1), () => 0);
  const { server } = shared;
  setRates(server, { down: 1, up: 2 });
  shared.nextSession();
  const seats = [0, 1, shared.seats - 1].map((seat) => shared.seat(seat));
  seats.forEach(({ lanes, usage }, at) => {
    setRates(lanes, { down: 10 + at, up: 20 + at });
    new Uint8Array(shared.buffer, usage, USAGE_BYTES).fill(at);
    lanes.up.reserve(5);
  });
  seats.forEach(({ lanes, usage }, at) => {
    assertEquals([lanes.down.rate, lanes.up.rate], [10 + at, 20 + at]);
    const bytes = new Uint8Array(shared.buffer, usage, USAGE_BYTES);
    assertEquals([...bytes], Array(USAGE_BYTES).fill(at));
  });
  assertEquals([server.down.rate, server.up.rate], [1, 2]);
  assertEquals(shared.nextSession(), 2);
  shared.clear(1);
  assertEquals(seats.map(({ lanes }) => lanes.down.rate), [10, 0, 12]);
});

Deno.test("openShared() has seats for what a reload may allow, within bounds", () => {
  const counts = [1, 5_000, 1e9].map((sessions) =>
    openShared(newShared(sessions)).seats
  );
  assertEquals(counts, [4_096, 5_000, 65_536]);
  const shared = openShared(newShared(1));
  assertThrows(() => shared.seat(4_096), RangeError, "there are 4096");
  assertThrows(() => shared.clear(-1), RangeError);
});

Deno.test("pacing() goes by transfer, session, account and server together", () => {
  const shared = openShared(newShared(1));
  const block = (rates: AccountRates, seat: number | null = 3) =>
    pacing(shared, seat, () => rates).transfer("down").block;
  assertEquals(block({}), Infinity);
  shared.server.down.rate = 4_000_000;
  shared.server.up.rate = 1_000;
  shared.seat(2).lanes.down.rate = 1_000;
  const accountRate = { down: 3_000_000 };
  const sessionRate = { down: 2_000_000 };
  const transferRate = { down: 1_000_000, up: 1_000 };
  assertEquals([
    block({}),
    block({ accountRate }),
    block({ accountRate, sessionRate }),
    block({ accountRate, sessionRate, transferRate }),
    block({ accountRate }, null),
  ], [80_000, 60_000, 40_000, 20_000, 80_000]);
});

Deno.test("pacing() shares the session's rate among its transfers, not the transfer's", () => {
  const shared = openShared(newShared(1), () => 0);
  const { signal } = new AbortController();
  const eachTransfer = { transferRate: { up: 1_000 } };
  const eachSession = { sessionRate: { up: 1_000 } };
  const apart = pacing(shared, null, () => eachTransfer);
  const [a, b] = [apart.transfer("up"), apart.transfer("up")];
  assertEquals([a.take(100, signal), b.take(100, signal)], [
    undefined,
    undefined,
  ]);
  const together = pacing(shared, null, () => eachSession);
  const [c, d] = [together.transfer("up"), together.transfer("up")];
  assertEquals(c.take(100, signal), undefined);
  const waiting = d.take(100, AbortSignal.abort("held back"));
  waiting?.catch(() => {});
  assertEquals(waiting instanceof Promise, true);
});

Deno.test("pacing() changes rates of transfers that run", () => {
  const shared = openShared(newShared(1));
  let rates: AccountRates = {};
  const session = pacing(shared, 0, () => rates);
  const running = session.transfer("up");
  assertEquals(running.block, Infinity);
  rates = { transferRate: { up: 50_000 } };
  assertEquals(running.block, 1_000);
  rates = { sessionRate: { up: 100_000 }, accountRate: { up: 40_000 } };
  assertEquals(running.block, 800);
  assertEquals(shared.seat(0).lanes.up.rate, 40_000);
  rates = {};
  assertEquals([running.block, session.transfer("up").block], [
    Infinity,
    Infinity,
  ]);
});

Deno.test("pacing() has somebody wait for the last transfer's end", () => {
  const session = pacing(openShared(newShared(1)), 0, () => ({}));
  const done: string[] = [];
  session.afterLast(() => done.push("idle"));
  const running = [session.transfer("up"), session.transfer("down")];
  session.afterLast(() => done.push("left"));
  running[0]!.close();
  assertEquals(done, ["idle"]);
  running[1]!.close();
  assertEquals(done, ["idle", "left"]);
});

Deno.test("newestRates() follows an account through reloads, by its host and name", () => {
  const account = (rate: number): AccountSettings => ({
    name: "alice",
    password: "x",
    write: true,
    root: "/a",
    sessionRate: { up: rate },
  });
  const names = ["b.example"];
  const [here, there, elsewhere] = [account(1), account(2), account(3)];
  const newest = newestRates();
  newest.take({ accounts: [here], hosts: [{ names, accounts: [there] }] });
  const asked = [here, there, elsewhere].map((one) => newest.of(one));
  const rates = () => asked.map((rates) => rates().sessionRate?.up);
  assertEquals(rates(), [1, 2, 3]);
  newest.take({
    accounts: [account(10)],
    hosts: [{ names, accounts: [account(20)] }],
  });
  assertEquals(rates(), [10, 20, 3]);
  newest.take({ accounts: [], hosts: [{ names }] });
  assertEquals(rates(), [1, 2, 3]);
});
