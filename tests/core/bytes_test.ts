import { assertEquals, assertRejects } from "@std/assert";
import { type Bytes, writeAll } from "../../lib/bytes.ts";
import { bytesOf, memorySink } from "./byte_cases.ts";

Deno.test("writeAll() writes everything in order, however little each call takes", async () => {
  const bytes = bytesOf("one after the other");
  for (const most of [1, 2, 3, 7, 18, 19, 20]) {
    const sink = memorySink(most);
    await writeAll(sink, bytes);
    assertEquals(new Uint8Array(sink.bytes), bytes, `${most} a call`);
  }
});

Deno.test("writeAll() does not call the sink when there is nothing to write", async () => {
  let calls = 0;
  await writeAll({
    write: (bytes: Bytes) => (calls++, Promise.resolve(bytes.length)),
  }, new Uint8Array(0));
  assertEquals(calls, 0);
});

Deno.test("writeAll() passes the sink's error on and stops", async () => {
  let calls = 0;
  const write = () =>
    ++calls === 2 ? Promise.reject(new RangeError("full")) : Promise.resolve(1);
  await assertRejects(
    () => writeAll({ write }, bytesOf("abc")),
    RangeError,
    "full",
  );
  assertEquals(calls, 2);
});
