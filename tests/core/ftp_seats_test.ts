import { USAGE_BYTES } from "../../server/fs/usage.ts";
import { assertEquals } from "@std/assert";
import { newLedger } from "../../server/ftp/limits/ledger.ts";
import { offenderOf } from "../../server/ftp/limits/offender.ts";
import { newShared, openShared } from "../../server/ftp/limits/shared.ts";

const LIMITS = { maxSessions: 100, maxPerAddress: 100, loginDelay: 1_000 };
const ALICE = "192.0.2.7";

Deno.test("offenderOf() is the /64 of public IPv6, and the address of others", () => {
  assertEquals(
    [
      "2001:db8::7",
      "2001:db8::/64",
      "::1",
      "fe80::7",
      "::ffff:192.0.2.7",
      "127.0.0.1",
      "",
    ].map(offenderOf),
    [
      "2001:db8::/64",
      "2001:db8::/64",
      "::1",
      "fe80::7",
      "192.0.2.7",
      "127.0.0.1",
      "",
    ],
  );
});

Deno.test("newLedger() gives a seat on, and forgets what was in it", () => {
  const shared = openShared(newShared(1));
  const ledger = newLedger(LIMITS, { shared });
  const { lanes, usage } = shared.seat(0);
  const numbers = new BigInt64Array(shared.buffer, usage, USAGE_BYTES / 8);
  assertEquals(ledger.admit("alice", ALICE), { seat: 0 });
  lanes.up.rate = 1_000;
  numbers.fill(7n);
  ledger.admit("alice", ALICE);
  ledger.release("alice", ALICE);
  assertEquals([lanes.up.rate, numbers[0]], [1_000, 7n]);
  ledger.release("alice", ALICE);
  assertEquals(ledger.admit("bob", ALICE), { seat: 0 });
  assertEquals([lanes.up.rate, ...numbers], [0, ...numbers.map(() => 0n)]);
});

Deno.test("newLedger() refuses accounts when all seats are taken", () => {
  const ledger = newLedger(LIMITS, { shared: { seats: 2, clear() {} } });
  ledger.admit("a", ALICE);
  ledger.admit("b", ALICE);
  assertEquals(ledger.admit("c", ALICE), { refusal: "too-many-sessions" });
  assertEquals(ledger.admit("a", ALICE), { seat: 0 });
  ledger.release("b", ALICE);
  assertEquals(ledger.admit("c", ALICE), { seat: 1 });
});
