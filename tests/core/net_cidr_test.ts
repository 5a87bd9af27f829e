import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import { accessRules, isWithin, parseCidr } from "../../lib/net/cidr.ts";

Deno.test("parseCidr() reads blocks and single addresses", () => {
  assertEquals(parseCidr("10.0.0.0/8"), { bytes: [10, 0, 0, 0], prefix: 8 });
  assertEquals(parseCidr("192.0.2.7").prefix, 32);
  assertEquals(parseCidr("::1").prefix, 128);
  assertEquals(parseCidr("0.0.0.0/0").prefix, 0);
});

for (
  const text of [
    "",
    "10",
    "10.0.0.0/33",
    "10.0.0.0/",
    "10.0.0.0/8/8",
    "10.0.0.0/-1",
    "10.0.0.1/8",
    "2001:db8::/129",
    "2001:db8::1/32",
    "fe80::1%eth0",
    "example.org",
  ]
) {
  Deno.test(`parseCidr() refuses ${JSON.stringify(text)}`, () => {
    assertThrows(() => parseCidr(text), RangeError, "Cannot read");
  });
}

Deno.test("isWithin() looks at the first bits only, at every length", () => {
  for (let prefix = 0; prefix <= 32; prefix++) {
    const first = prefix === 0 ? 0 : (0xc0a8_0000 >>> (32 - prefix)) *
      2 ** (32 - prefix);
    const block = parseCidr(`${dotted(first)}/${prefix}`);
    const last = first + 2 ** (32 - prefix) - 1;
    assert(isWithin(dotted(first), block), `first of /${prefix}`);
    assert(isWithin(dotted(last), block), `last of /${prefix}`);
    if (first > 0) assertFalse(isWithin(dotted(first - 1), block));
    if (last < 2 ** 32 - 1) assertFalse(isWithin(dotted(last + 1), block));
  }
});

function dotted(number: number): string {
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join(".");
}

Deno.test("isWithin() keeps IPv4 and IPv6 apart, and knows mapped addresses", () => {
  const all4 = parseCidr("0.0.0.0/0");
  const all6 = parseCidr("::/0");
  assert(isWithin("::ffff:192.0.2.7", all4));
  assertFalse(isWithin("2001:db8::1", all4));
  assert(isWithin("2001:db8::1", all6));
  assertFalse(isWithin("192.0.2.7", all6));
  assert(isWithin("fe80::1%eth0", parseCidr("fe80::/10")));
  assertFalse(isWithin("no address", all4));
});

Deno.test("accessRules() lets deny win, and everybody in without allow", () => {
  const open = accessRules({ deny: [parseCidr("192.0.2.0/24")] });
  assert(open("198.51.100.1"));
  assertFalse(open("192.0.2.7"));
  const closed = accessRules({
    allow: [parseCidr("192.0.2.0/24"), parseCidr("2001:db8::/32")],
    deny: [parseCidr("192.0.2.128/25")],
  });
  assert(closed("192.0.2.7"));
  assert(closed("2001:db8::7"));
  assertFalse(closed("192.0.2.200"));
  assertFalse(closed("198.51.100.1"));
  assert(closed(""), "the peer of a Unix socket");
});
