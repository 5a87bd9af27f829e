import { assertEquals } from "@std/assert";
import {
  ipVersion,
  isLoopback,
  isPrivate,
  networkKey,
  normalizeAddress,
  sameAddress,
} from "../../lib/net/ip.ts";

const NOT_IPS = [
  "",
  "localhost",
  "1.2.3",
  "1.2.3.4.5",
  "256.1.1.1",
  "01.2.3.4",
  "1.2.3.4 ",
  "1.2.3.-4",
  ":",
  ":::",
  "1:2:3:4:5:6:7",
  "1:2:3:4:5:6:7:8:9",
  "1::2::3",
  "1:2:3:4:5:6:7:8::",
  "12345::",
  "g::1",
  ":1:2:3:4:5:6:7",
  "1:2:3:4:5:6:7:",
  "::1.2.3.400",
  "1.2.3.4::",
  "::1.2.3.4:5",
  "[::1]",
  "%eth0",
];

const NORMAL: [written: string, normal: string][] = [
  ["127.0.0.1", "127.0.0.1"],
  ["::ffff:1.2.3.4", "1.2.3.4"],
  ["::FFFF:102:304", "1.2.3.4"],
  ["0:0:0:0:0:ffff:0102:0304", "1.2.3.4"],
  ["::", "::"],
  ["0:0:0:0:0:0:0:0", "::"],
  ["0:0:0:0:0:0:0:1", "::1"],
  ["1:0:0:0:0:0:0:0", "1::"],
  ["2001:DB8::00A1", "2001:db8::a1"],
  ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
  ["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"],
  ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
  ["10:0:0:10::20", "10:0:0:10::20"],
  ["1::2:3:4:5:6:7", "1:0:2:3:4:5:6:7"],
  ["64:ff9b::192.0.2.33", "64:ff9b::c000:221"],
  ["FE80::1%eth0", "fe80::1%eth0"],
  ["Example.ORG", "example.org"],
];

Deno.test("ipVersion() is null when the text is no address", () => {
  for (const text of NOT_IPS) assertEquals(ipVersion(text), null, text);
});

Deno.test("ipVersion() tells IPv4 from IPv6", () => {
  assertEquals(ipVersion("255.255.255.255"), 4);
  assertEquals(ipVersion("0.0.0.0"), 4);
  assertEquals(ipVersion("::ffff:1.2.3.4"), 6);
  assertEquals(ipVersion("1:2:3:4:5:6:7:8"), 6);
  assertEquals(ipVersion("fe80::1%eth0"), 6);
});

Deno.test("normalizeAddress() writes every form in one way", () => {
  for (const [written, normal] of NORMAL) {
    assertEquals(normalizeAddress(written), normal, written);
    assertEquals(normalizeAddress(normal), normal, `${normal} again`);
  }
});

Deno.test("sameAddress() compares addresses, not texts", () => {
  assertEquals(sameAddress("::ffff:127.0.0.1", "127.0.0.1"), true);
  assertEquals(sameAddress("2001:DB8::1", "2001:db8:0:0::1"), true);
  assertEquals(sameAddress("::1", "127.0.0.1"), false);
  assertEquals(sameAddress("10.0.0.1", "10.0.0.10"), false);
});

Deno.test("sameAddress() looks at a zone only when both have one", () => {
  assertEquals(sameAddress("fe80::1%eth0", "fe80::1"), true);
  assertEquals(sameAddress("fe80::1%eth0", "FE80::1%eth0"), true);
  assertEquals(sameAddress("fe80::1%eth0", "fe80::1%eth1"), false);
});

Deno.test("isLoopback() knows 127.0.0.0/8 and ::1 in every form", () => {
  for (const ip of ["127.0.0.1", "127.255.0.9", "::1", "::ffff:7f00:1"]) {
    assertEquals(isLoopback(ip), true, ip);
  }
  for (const ip of ["0.0.0.0", "128.0.0.1", "::", "::2", "localhost"]) {
    assertEquals(isLoopback(ip), false, ip);
  }
});

Deno.test("isPrivate() holds from the first to the last address of each block", () => {
  const inside = [
    ["10.0.0.0", "10.255.255.255"],
    ["172.16.0.0", "172.31.255.255"],
    ["192.168.0.0", "192.168.255.255"],
    ["169.254.0.0", "169.254.255.255"],
    ["fe80::", "febf:ffff::1", "fe80::1%eth0"],
    ["fc00::", "fdff:ffff::1"],
    ["127.0.0.1", "::1", "::ffff:10.1.2.3"],
  ].flat();
  for (const ip of inside) assertEquals(isPrivate(ip), true, ip);
});

Deno.test("isPrivate() is false just outside each block", () => {
  const outside = [
    ["9.255.255.255", "11.0.0.0"],
    ["172.15.255.255", "172.32.0.0"],
    ["192.167.255.255", "192.169.0.0"],
    ["169.253.255.255", "169.255.0.0"],
    ["fe7f::1", "fec0::1", "fbff::1", "fe00::1"],
    ["0.0.0.0", "::", "2001:db8::1", "::ffff:8.8.8.8", "example.org"],
  ].flat();
  for (const ip of outside) assertEquals(isPrivate(ip), false, ip);
});

Deno.test("networkKey() is one key for an IPv6 /64 and one for each IPv4 address", () => {
  assertEquals(networkKey("2001:db8:1:2:3::4"), networkKey("2001:db8:1:2::"));
  assertEquals(networkKey("2001:db8:1:2::1"), "2001:db8:1:2::/64");
  assertEquals(networkKey("2001:db8:1:3::1"), "2001:db8:1:3::/64");
  assertEquals(networkKey("::ffff:1.2.3.4"), "1.2.3.4");
  assertEquals(networkKey("1.2.3.5"), "1.2.3.5");
});
