import { assertEquals, assertRejects } from "@std/assert";
import { writeAll } from "../../lib/bytes.ts";
import { memoryConn } from "../../lib/net/memory_conn.ts";

Deno.test("memoryConn() gives each part in one read, and then the end", async () => {
  const conn = memoryConn(["ab", "", new Uint8Array([99, 100, 101])]);
  const buffer = new Uint8Array(2);
  const reads = [];
  for (let n; (n = await conn.read(buffer)) !== null;) {
    reads.push(new TextDecoder().decode(buffer.subarray(0, n)));
  }
  assertEquals(reads, ["ab", "cd", "e"]);
  assertEquals(await conn.read(buffer), null);
});

Deno.test("memoryConn() keeps a copy of what is written, as partially as asked", async () => {
  const conn = memoryConn("", { maxWrite: 2 });
  const bytes = new TextEncoder().encode("hello");
  assertEquals(await conn.write(bytes), 2);
  await writeAll(conn, bytes);
  bytes.fill(0);
  assertEquals(conn.text, "hehello");
});

Deno.test("memoryConn() takes nothing after its end", async () => {
  const conn = memoryConn("");
  assertEquals(conn.endedWrite, false);
  await conn.closeWrite();
  assertEquals(conn.endedWrite, true);
  await assertRejects(() => conn.write(new Uint8Array(1)), Error, "ended");
});
