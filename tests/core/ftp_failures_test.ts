import { assert, assertEquals } from "@std/assert";
import { Failures, MAX_OFFENDERS } from "../../server/ftp/limits/failures.ts";

const BAN = { failures: 2, within: 60_000, duration: 600_000 };

Deno.test("Failures remembers so many addresses and bans, and forgets the oldest first", () => {
  const failures = new Failures({ loginDelay: 1_000, ban: BAN }, {
    now: () => 0,
  });
  const address = (at: number) => `10.${at >> 16}.${at >> 8 & 255}.${at & 255}`;
  for (let at = 0; at < 3 * MAX_OFFENDERS; at++) {
    failures.add(address(at), "root");
  }
  assertEquals(failures.size, MAX_OFFENDERS);
  assertEquals(failures.add(address(0), "root").delay, 1_000);
  for (let at = 0; at < 3 * MAX_OFFENDERS; at++) {
    failures.add(address(at), "root");
    failures.add(address(at), "root");
  }
  assertEquals(failures.bans.size, MAX_OFFENDERS);
  assertEquals(failures.bannedFor(address(0)), 0);
  assertEquals(failures.bannedFor(address(3 * MAX_OFFENDERS - 1)), 600_000);
  assert(failures.size <= MAX_OFFENDERS);
});

Deno.test("Failures keeps no name, however long, and few failures of one address", () => {
  const failures = new Failures({ loginDelay: 10 }, { now: () => 0 });
  for (let times = 0; times < 20; times++) {
    failures.add("192.0.2.7", `${times}`.padEnd(100_000, "x"));
  }
  assertEquals(failures.add("192.0.2.7", "bob").delay, 210);
  // The first of them is known no more, so that it can't be pardoned.
  failures.pardon("192.0.2.7", "0".padEnd(100_000, "x"));
  assertEquals(failures.add("192.0.2.7", "bob").delay, 220);
  failures.pardon("192.0.2.7", "19".padEnd(100_000, "x"));
  assertEquals(failures.add("192.0.2.7", "bob").delay, 220);
});

Deno.test("Failures costs nothing where no delay is wanted, and still bans", () => {
  const failures = new Failures({ loginDelay: 0, ban: BAN }, { now: () => 0 });
  assertEquals(failures.add("192.0.2.7", "a"), { delay: 0, bannedFor: 0 });
  assertEquals(failures.add("192.0.2.7", "b"), {
    delay: 0,
    bannedFor: BAN.duration,
  });
});

Deno.test("Failures goes by a new rule from the next failure on", () => {
  const failures = new Failures({ loginDelay: 1_000 }, { now: () => 0 });
  failures.add("192.0.2.7", "a");
  failures.change({ loginDelay: 500, loginDelayMax: 800, ban: BAN });
  assertEquals(failures.add("192.0.2.7", "a"), {
    delay: 800,
    bannedFor: BAN.duration,
  });
});
