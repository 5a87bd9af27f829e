import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  hasPassiveNames,
  lookUpPassive,
  partOf,
  passiveAddressOf,
  withPart,
} from "../../server/ftp/passive_address.ts";

const rule = (network: string, address: string) => ({ network, address });

Deno.test("passiveAddressOf() goes by the smallest network, then by the address for all", () => {
  const shown = passiveAddressOf({
    passiveAddress: "203.0.113.9",
    passiveAddresses: [
      rule("192.168.0.0/16", "192.168.1.10"),
      rule("192.168.7.0/24", "192.168.7.10"),
      rule("192.168.7.7", "192.168.7.1"),
      rule("2001:db8::/32", "198.51.100.6"),
    ],
  });
  const cases = [
    ["192.168.0.1", "192.168.1.10"],
    ["192.168.7.1", "192.168.7.10"],
    ["192.168.7.7", "192.168.7.1"],
    ["::ffff:192.168.7.7", "192.168.7.1"],
    ["2001:db8::7", "198.51.100.6"],
    ["192.169.0.1", "203.0.113.9"],
    ["", "203.0.113.9"],
  ];
  for (const [client, wanted] of cases) assertEquals(shown(client!), wanted);
});

Deno.test("passiveAddressOf() tells nothing where nothing is said", () => {
  assertEquals(passiveAddressOf({})("192.0.2.7"), undefined);
  const rules = [rule("10.0.0.0/8", "10.0.0.1")];
  const shown = passiveAddressOf({ passiveAddresses: rules });
  assertEquals(shown("192.0.2.7"), undefined);
  assertEquals(shown("10.9.9.9"), "10.0.0.1");
});

Deno.test("lookUpPassive() puts addresses in the place of names, and asks about nothing else", async () => {
  const asked: string[] = [];
  const names = {
    active: "off",
    passiveAddress: "ftp.example.org",
    passiveAddresses: [
      rule("10.0.0.0/8", "10.0.0.1"),
      rule("192.0.2.0/24", "inside.example.org"),
    ],
  };
  const found = await lookUpPassive(names, (name) => {
    asked.push(name);
    return Promise.resolve([`203.0.113.${asked.length}`, "203.0.113.99"]);
  });
  assertEquals(asked, ["ftp.example.org", "inside.example.org"]);
  assertEquals(found, {
    active: "off",
    passiveAddress: "203.0.113.1",
    passiveAddresses: [
      rule("10.0.0.0/8", "10.0.0.1"),
      rule("192.0.2.0/24", "203.0.113.2"),
    ],
  });
  assertEquals([names, found, {}].map(hasPassiveNames), [true, false, false]);
});

Deno.test("lookUpPassive() says which name has no address", async () => {
  const none = () => Promise.resolve([]);
  const fails = () => Promise.reject(new Error("no network"));
  for (const resolve of [none, fails]) {
    await assertRejects(
      () => lookUpPassive({ passiveAddress: "a.example" }, resolve),
      RangeError,
      "--passive-address a.example: the name has no IPv4 address",
    );
    await assertRejects(
      () =>
        lookUpPassive(
          { passiveAddresses: [rule("10.0.0.0/8", "b.example")] },
          resolve,
        ),
      RangeError,
      "[passive-address-for] 10.0.0.0/8: b.example",
    );
  }
});

Deno.test("partOf() deals every port out, each to one thread", () => {
  for (let size = 1; size <= 40; size++) {
    for (let count = 1; count <= size; count++) {
      const range = { first: 50000, last: 50000 + size - 1 };
      const parts = Array.from(
        { length: count },
        (_, at) => partOf(range, at, count),
      );
      const ports = parts.flatMap(({ first, last }) =>
        Array.from({ length: last - first + 1 }, (_, at) => first + at)
      );
      assertEquals(ports, Array.from({ length: size }, (_, at) => 50000 + at));
      const sizes = parts.map(({ first, last }) => last - first + 1);
      assertEquals(Math.max(...sizes) - Math.min(...sizes) <= 1, true);
    }
  }
  assertThrows(
    () => partOf({ first: 1, last: 2 }, 0, 3),
    RangeError,
    "too few",
  );
});

Deno.test("withPart() divides only what sessions share", () => {
  const passivePorts = { first: 50000, last: 50003 };
  const own = { workers: 2, data: { passivePorts } };
  assertEquals(withPart(own, 1), own);
  const shared = { workers: 2, data: { passivePorts, sharePassive: true } };
  assertEquals(withPart(shared, 1).data, {
    passivePorts: { first: 50002, last: 50003 },
    sharePassive: true,
  });
});
