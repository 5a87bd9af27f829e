/**
 * Look-ups of names that are too long, and with answers that are.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { differenceOf, lookUpHost } from "../../client/lookup/host.ts";
import { lookUpAddress } from "../../client/lookup/reverse.ts";
import {
  RESOLVER_FILE,
  testMachine,
  testScene,
  textOf,
} from "./lookup_harness.ts";

/** Addresses such as 10.0.0.7. */
function addresses(count: number): string[] {
  return Array.from(
    { length: count },
    (_, at) => `10.0.${at >> 8}.${at & 255}`,
  );
}

Deno.test("differenceOf() names eight addresses, and how many more there are", () => {
  const note = "";
  const line = differenceOf([
    { source: "system", status: "none", values: [], note },
    { source: "dns", status: "found", values: addresses(4000), note },
  ]);
  assertEquals(
    line,
    "they differ: system nothing; dns 10.0.0.0, 10.0.0.1, 10.0.0.10, " +
      "10.0.0.100, 10.0.0.101, 10.0.0.102, 10.0.0.103, 10.0.0.104 " +
      "and 3992 more",
  );
});

Deno.test("differenceOf() looks at all addresses, not only those that it names", () => {
  const note = "";
  const [most, all] = [addresses(99), addresses(100)];
  const line = differenceOf([
    { source: "system", status: "found", values: most, note },
    { source: "dns", status: "found", values: all, note },
  ]);
  assert(line?.includes("and 91 more; dns"), line);
});

Deno.test("reverse names eight of the addresses that a name leads to instead", async () => {
  const records = addresses(4000).map((a) => ({ a }));
  const machine = testMachine({
    files: { "resolv.conf": RESOLVER_FILE },
    zone: {
      "1.2.0.192.in-addr.arpa PTR": { records: [{ ptr: "big.test" }] },
      "big.test A": { records },
      "big.test AAAA": {},
    },
  });
  const found = await lookUpAddress("192.0.2.1", testScene(machine));
  assert(textOf(found).includes("10.0.0.7 and 3992 more"), textOf(found));
  assert(textOf(found).length < 1000);
});

Deno.test("host asks no names that a domain makes too long", async () => {
  const long = `${"a".repeat(60)}.${"b".repeat(60)}.${"c".repeat(63)}.test`;
  const domain = "d".repeat(63);
  const machine = testMachine({
    files: { "resolv.conf": `${RESOLVER_FILE}search ${domain} e..f\n` },
  });
  const found = await lookUpHost(long, testScene(machine));
  assert(
    textOf(found).includes("dns     -  no such name, from"),
    textOf(found),
  );
  assertEquals(
    machine.asked.map((each) => each.split(" ")[1]),
    [long, long],
  );
});
