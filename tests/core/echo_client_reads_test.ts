import { assertEquals, assertRejects } from "@std/assert";
import { ServiceError } from "../../client/service/errors.ts";
import { readExactly, readUntilEnd } from "../../client/service/reads.ts";
import { memoryConn } from "../../lib/net/memory_conn.ts";

const LIMITS = { timeout: 5000 };

/** A connection on which nothing more comes. */
function silentAfter(text: string) {
  const conn = memoryConn(text);
  return {
    remote: "192.0.2.7:7",
    async read(buffer: Uint8Array<ArrayBuffer>): Promise<number | null> {
      return await conn.read(buffer) ?? await new Promise<never>(() => {});
    },
  };
}

Deno.test("readUntilEnd() puts together whatever comes, up to the limit", async () => {
  for (const parts of [[], ["a"], ["ab", "c"], ["x".repeat(10_000), "y"]]) {
    const all = parts.join("");
    const answer = await readUntilEnd(memoryConn(parts), {
      ...LIMITS,
      maxLength: all.length,
    });
    assertEquals(new TextDecoder().decode(answer), all);
  }
});

Deno.test("readUntilEnd() takes no byte too many", async () => {
  const conn = { ...memoryConn(["ab", "c"]), remote: "192.0.2.7:7" };
  const error = await assertRejects(
    () => readUntilEnd(conn, { ...LIMITS, maxLength: 2 }),
    ServiceError,
  );
  assertEquals(error.kind, "size");
  assertEquals(
    error.message,
    "the answer from 192.0.2.7:7 has more than 2 bytes",
  );
});

Deno.test("readUntilEnd() waits only so long, for all of it", async () => {
  for (
    const [said, got] of [["", "nothing"], ["abc", "only 3 bytes"]] as const
  ) {
    const error = await assertRejects(
      () => readUntilEnd(silentAfter(said), { timeout: 20, maxLength: 10 }),
      ServiceError,
    );
    assertEquals(error.kind, "timeout");
    assertEquals(
      error.message,
      `the answer from 192.0.2.7:7 is late: ${got} in 0.02 s`,
    );
  }
});

Deno.test("readUntilEnd() ends with the reason of its signal", async () => {
  const reason = new Error("enough");
  const limits = {
    timeout: 60_000,
    maxLength: 10,
    signal: AbortSignal.abort(reason),
  };
  assertEquals(
    await assertRejects(() => readUntilEnd(silentAfter("a"), limits)),
    reason,
  );
});

Deno.test("readExactly() leaves what comes behind", async () => {
  const conn = memoryConn(["ab", "cdef"]);
  const answer = await readExactly(conn, 4, LIMITS);
  assertEquals(new TextDecoder().decode(answer), "abcd");
  const rest = await readUntilEnd(conn, { ...LIMITS, maxLength: 10 });
  assertEquals(new TextDecoder().decode(rest), "ef");
});

Deno.test("readExactly() says how little came", async () => {
  const error = await assertRejects(
    () => readExactly(memoryConn("abc"), 4, LIMITS),
    ServiceError,
  );
  assertEquals(error.kind, "closed");
  assertEquals(error.message, "the answer ended after 3 of 4 bytes");
});
