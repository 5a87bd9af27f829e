import { assertEquals, assertThrows } from "@std/assert";
import { admission } from "../../lib/net/admission.ts";

Deno.test("admission() lets everybody in when there is no limit", () => {
  const door = admission();
  for (let i = 0; i < 1000; i++) assertEquals(door.enter("192.0.2.7"), null);
  assertEquals(door.count, 1000);
  assertEquals(door.addresses, 1);
});

Deno.test("admission() counts all connections against max", () => {
  const door = admission({ max: 2 });
  assertEquals(door.enter("192.0.2.1"), null);
  assertEquals(door.enter("192.0.2.2"), null);
  assertEquals(door.enter("192.0.2.3"), "too-many");
  door.leave("192.0.2.1");
  assertEquals(door.enter("192.0.2.3"), null);
  assertEquals(door.count, 2);
});

Deno.test("admission() counts each address against perAddress", () => {
  const door = admission({ max: 10, perAddress: 2 });
  assertEquals(door.enter("192.0.2.1"), null);
  assertEquals(door.enter("192.0.2.1"), null);
  assertEquals(door.enter("192.0.2.1"), "too-many-from-address");
  assertEquals(door.enter("192.0.2.2"), null);
  door.leave("192.0.2.1");
  assertEquals(door.enter("192.0.2.1"), null);
});

Deno.test("admission() holds only max against the peers of a Unix socket", () => {
  const door = admission({ max: 3, perAddress: 1 });
  for (let i = 0; i < 3; i++) assertEquals(door.enter(""), null);
  assertEquals(door.enter(""), "too-many");
});

Deno.test("admission() forgets addresses that have left", () => {
  const door = admission({ perAddress: 1 });
  for (let i = 0; i < 5000; i++) {
    door.enter(`2001:db8::${i.toString(16)}`);
    door.leave(`2001:db8::${i.toString(16)}`);
  }
  assertEquals([door.count, door.addresses], [0, 0]);
});

Deno.test("admission() ignores a leave without an enter", () => {
  const door = admission({ max: 1 });
  door.leave("192.0.2.1");
  assertEquals(door.count, 0);
  assertEquals(door.enter("192.0.2.1"), null);
  assertEquals(door.enter("192.0.2.1"), "too-many");
});

Deno.test("admission() refuses limits that make no sense", () => {
  for (const limit of [0, -1, 1.5, NaN]) {
    assertThrows(() => admission({ max: limit }), RangeError, "max");
    assertThrows(
      () => admission({ perAddress: limit }),
      RangeError,
      "perAddress",
    );
  }
});

Deno.test("admission() takes other limits, and keeps who is in", () => {
  const door = admission({ max: 2 });
  assertEquals([door.enter("a"), door.enter("b")], [null, null]);
  door.change({ max: 3, perAddress: 1 });
  assertEquals(door.enter("a"), "too-many-from-address");
  assertEquals([door.enter("c"), door.enter("d")], [null, "too-many"]);
  assertThrows(() => door.change({ max: 0 }), RangeError);
  door.leave("a");
  assertEquals(door.enter("a"), null);
});
