import { assertEquals } from "@std/assert";
import { Outbox } from "../../server/ftp/operations/outbox.ts";

/** A place that takes lines when the test says so. */
function slowPlace() {
  const came: string[][] = [];
  const waiting: { resolve(): void; reject(why: Error): void }[] = [];
  const deliver = (lines: readonly string[]) => {
    came.push([...lines]);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    waiting.push({ resolve, reject });
    return promise;
  };
  return { came, waiting, deliver };
}

Deno.test("Outbox hands lines on together, in order", async () => {
  const { came, waiting, deliver } = slowPlace();
  const outbox = new Outbox(deliver);
  outbox.put("1");
  outbox.put("2");
  const flushed = outbox.flush();
  outbox.put("3");
  outbox.put("4");
  assertEquals(came, [["1", "2"]]);
  waiting[0]!.resolve();
  while (waiting.length < 2) await Promise.resolve();
  waiting[1]!.resolve();
  await flushed;
  assertEquals(came, [["1", "2"], ["3", "4"]]);
});

Deno.test("Outbox drops what there is no room for, and says how much", async () => {
  const { came, waiting, deliver } = slowPlace();
  const told: number[] = [];
  const outbox = new Outbox(deliver, {
    room: 10,
    onDropped: (count) => told.push(count),
  });
  outbox.put("1234567");
  const flushed = outbox.flush();
  outbox.put("12345");
  outbox.put("123456");
  outbox.put("123456");
  outbox.put("6789");
  assertEquals([outbox.dropped, told], [2, []]);
  waiting[0]!.resolve();
  while (waiting.length < 2) await Promise.resolve();
  assertEquals(told, [2]);
  waiting[1]!.resolve();
  await flushed;
  assertEquals(came, [["1234567"], ["12345", "6789"]]);
});

Deno.test("Outbox counts what nobody took, and goes on", async () => {
  const { came, waiting, deliver } = slowPlace();
  const outbox = new Outbox(deliver);
  outbox.put("1");
  outbox.put("2");
  const flushed = outbox.flush();
  waiting[0]!.reject(new Error("gone"));
  await flushed;
  assertEquals(outbox.dropped, 2);
  outbox.put("3");
  const again = outbox.flush();
  waiting[1]!.resolve();
  await again;
  assertEquals(came, [["1", "2"], ["3"]]);
});

Deno.test("Outbox delivers what came while a delivery failed", async () => {
  const { came, waiting, deliver } = slowPlace();
  const outbox = new Outbox(deliver, { delay: 0 });
  outbox.put("1");
  while (waiting.length < 1) await turn();
  outbox.put("2");
  waiting[0]!.reject(new Error("no answer"));
  for (let turns = 0; turns < 100 && waiting.length < 2; turns++) await turn();
  assertEquals(came, [["1"], ["2"]]);
  waiting[1]!.resolve();
  await outbox.flush();
  assertEquals(outbox.dropped, 1);
});

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
