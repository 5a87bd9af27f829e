import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { inOrder, readQueries } from "../../client/lookup/queries.ts";
import { queriesOf, verbNamed, VERBS } from "../../client/lookup/verbs.ts";
import { UsageError } from "../../lib/cli.ts";
import { memoryConn } from "../../lib/net/memory_conn.ts";

async function* upTo(count: number): AsyncGenerator<number> {
  for (let at = 0; at < count; at++) yield await Promise.resolve(at);
}

Deno.test("readQueries() reads a question a line, however the bytes arrive", async () => {
  const text = "localhost\r\n\n  # none\nbücher.test # a comment\n::1\nlast";
  const wanted = ["localhost", "bücher.test", "::1", "last"];
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at <= bytes.length; at++) {
    const input = memoryConn([bytes.slice(0, at), bytes.slice(at)]);
    assertEquals(await Array.fromAsync(readQueries(input)), wanted);
  }
});

Deno.test("readQueries() reads nothing from nothing", async () => {
  assertEquals(await Array.fromAsync(readQueries(memoryConn(""))), []);
});

Deno.test("readQueries() refuses lines of more than 1,024 bytes", async () => {
  const read = (length: number) =>
    Array.fromAsync(readQueries(memoryConn(`${"a".repeat(length)}\n`)));
  assertEquals((await read(1024))[0]?.length, 1024);
  await assertRejects(() => read(1025), UsageError, "1024 bytes");
});

Deno.test("inOrder() gives results in order, whichever is there first", async () => {
  const gates = Array.from({ length: 4 }, () => Promise.withResolvers<void>());
  const taken: number[] = [];
  const all = inOrder(upTo(4), async (item) => {
    await gates[item]!.promise;
    gates[item - 1]?.resolve();
    return item;
  }, (item) => taken.push(item) > 0);
  gates[3]!.resolve();
  await all;
  assertEquals(taken, [0, 1, 2, 3]);
});

Deno.test("inOrder() has eight under way at most, and does all", async () => {
  const full = Promise.withResolvers<void>();
  let running = 0;
  let most = 0;
  const taken: number[] = [];
  await inOrder(upTo(100), async (item) => {
    most = Math.max(most, ++running);
    if (running === 8) full.resolve();
    await full.promise;
    running--;
    return item;
  }, (item) => taken.push(item) > 0);
  assertEquals(taken, Array.from({ length: 100 }, (_, at) => at));
  assertEquals(most, 8);
});

Deno.test("inOrder() takes a result before the input ends", async () => {
  const answered = Promise.withResolvers<void>();
  async function* conversation(): AsyncGenerator<string> {
    yield "first";
    await answered.promise;
    yield "second";
  }
  const taken: string[] = [];
  await inOrder(conversation(), (item) => Promise.resolve(item), (item) => {
    answered.resolve();
    return taken.push(item) > 0;
  });
  assertEquals(taken, ["first", "second"]);
});

Deno.test("inOrder() throws what the input throws, after what came before", async () => {
  async function* broken(): AsyncGenerator<string> {
    yield await Promise.resolve("first");
    throw new UsageError("the input is broken");
  }
  const taken: string[] = [];
  // The input has long failed when this is done: nobody may take it for a bug.
  const slowly = (item: string) =>
    new Promise<string>((resolve) => setTimeout(resolve, 0, item));
  await assertRejects(
    () => inOrder(broken(), slowly, (item) => taken.push(item) > 0),
    UsageError,
    "broken",
  );
  assertEquals(taken, ["first"]);
});

Deno.test("inOrder() ends with the reader, though the input never does", async () => {
  async function* endless(): AsyncGenerator<number> {
    for (let at = 0;; at++) yield await Promise.resolve(at);
  }
  const taken: number[] = [];
  await inOrder(
    endless(),
    (item) => Promise.resolve(item),
    (item) => taken.push(item) < 3,
  );
  assertEquals(taken, [0, 1, 2]);
});

Deno.test("queriesOf() makes a question of each word", () => {
  assertEquals(queriesOf(verbNamed("host"), ["a", "b"]), ["a", "b"]);
  assertEquals(queriesOf(verbNamed("addrinfo"), ["a", "http"]), ["a http"]);
  assertEquals(queriesOf(verbNamed("self"), []), [""]);
  for (const verb of ["service", "host", "reverse", "addrinfo"]) {
    assertEquals(queriesOf(verbNamed(verb), ["-"]), null);
  }
});

for (
  const [verb, ...words] of [
    ["host"],
    ["service"],
    ["reverse"],
    ["addrinfo"],
    ["addrinfo", "a"],
    ["addrinfo", "a", "b", "c"],
    ["self", "a"],
    ["self", "-"],
    ["host", "a", "-"],
  ] as const
) {
  Deno.test(`queriesOf() refuses ${[verb, ...words].join(" ")}`, () => {
    assertThrows(() => queriesOf(verbNamed(verb), words), UsageError);
  });
}

Deno.test("verbNamed() knows what was meant", () => {
  assertThrows(
    () => verbNamed("addrinof"),
    UsageError,
    'unknown verb "addrinof"; did you mean addrinfo?',
  );
  assertThrows(() => verbNamed("toString"), UsageError, "verbs are service");
  assertEquals(Object.keys(VERBS).length, 5);
});
