/** The debug sink as a service, without a socket. */
import { assertEquals } from "@std/assert";
import type { Bytes } from "../../lib/bytes.ts";
import { manualClock } from "../../lib/clock.ts";
import type { UdpContext } from "../../lib/net/udp.ts";
import {
  type BucketOptions,
  bucketService,
  type DebugRecord,
} from "../../server/services/bucket.ts";
import { Intake } from "../../server/services/bucket/intake.ts";
import { tally } from "../../server/services/bucket/tally.ts";
import { NOON } from "./bucket_records.ts";

const CONTEXT: UdpContext = {
  peer: { hostname: "192.0.2.7", port: 40001 },
  local: { hostname: "192.0.2.1", port: 7739 },
  signal: new AbortController().signal,
};

/** A sink that keeps its records, and has to be told the time. */
function bucketIn(options: Partial<BucketOptions> = {}) {
  const records: DebugRecord[] = [];
  let time = 0;
  const service = bucketService({
    onRecord: (record) => records.push(record),
    now: () => NOON + time,
    monotonic: () => 5000 + time,
    ...options,
  });
  return {
    records,
    service,
    at(moment: number, text: string, port = 40001) {
      time = moment;
      const data = new TextEncoder().encode(text);
      const peer = { hostname: "192.0.2.7", port };
      return service.datagram!(data, { ...CONTEXT, peer });
    },
    texts: () => records.map(({ data }) => new TextDecoder().decode(data)),
  };
}

Deno.test("bucketService() answers nothing, ever", async () => {
  const { at, service } = bucketIn();
  assertEquals([at(0, ""), at(0, "x"), at(0, "[#1] x")], [null, null, null]);
  await service.close?.();
});

Deno.test("bucketService() makes a record of each datagram, also of an empty one", async () => {
  const { at, service, records } = bucketIn();
  at(10, "hello");
  at(25, "");
  await service.close?.();
  assertEquals(records, [
    {
      ...{ time: NOON + 10, elapsed: 10, delta: 10 },
      from: { hostname: "192.0.2.7", port: 40001 },
      to: { hostname: "192.0.2.1", port: 7739 },
      data: new TextEncoder().encode("hello"),
      label: null,
      place: null,
    },
    {
      ...{ time: NOON + 25, elapsed: 25, delta: 15 },
      from: { hostname: "192.0.2.7", port: 40001 },
      to: { hostname: "192.0.2.1", port: 7739 },
      data: new Uint8Array(0),
      label: null,
      place: null,
    },
  ]);
});

Deno.test("bucketService() keeps a copy: the memory of datagrams is shared", async () => {
  const { service, records } = bucketIn();
  const block: Bytes = new Uint8Array(1000);
  service.datagram!(block.subarray(10, 20), CONTEXT);
  await service.close?.();
  assertEquals(records[0]!.data.buffer.byteLength, 10);
});

Deno.test("bucketService() counts what does not pass, and measures from what did", async () => {
  const { at, service, texts, records } = bucketIn({
    passes: ({ data }) => data.length > 1,
  });
  at(10, "one");
  at(20, "x");
  at(30, "two");
  await service.close?.();
  assertEquals([texts(), records.map(({ delta }) => delta)], [
    ["one", "two"],
    [10, 20],
  ]);
  assertEquals(service.counters?.(), {
    ...{ records: 2, filtered: 1, overrun: 0 },
    ...{ lost: 0, late: 0, duplicates: 0 },
  });
});

Deno.test("bucketService() follows the numbers of each sender and tag", async () => {
  const { at, service, records } = bucketIn();
  at(0, "[a #1] x");
  at(0, "[b #5] x");
  at(0, "[a #3] x");
  at(0, "[a #2] x");
  at(0, "[a #7] x", 40002);
  at(0, "[b #5] x");
  await service.close?.();
  assertEquals(
    records.map(({ place }) => `${place?.lost} ${place?.order}`),
    ["0 next", "0 next", "1 next", "0 late", "0 next", "0 duplicate"],
  );
});

Deno.test("bucketService() finds gaps of what passes no filter, too", async () => {
  const { at, service, records } = bucketIn({
    passes: ({ label }) => label?.label.level === "error",
  });
  at(0, "[error #1] x");
  at(0, "[info #2] x");
  at(0, "[error #3] x");
  await service.close?.();
  assertEquals(records.map(({ place }) => place?.lost), [0, 0]);
});

Deno.test("bucketService() takes exactly as many records as were asked for", async () => {
  let ends = 0;
  const { at, service, texts } = bucketIn({ count: 2, onFull: () => ends++ });
  for (const text of ["1", "2", "3", "4"]) at(0, text);
  await service.close?.();
  at(0, "5");
  await service.close?.();
  assertEquals([texts(), ends], [["1", "2"], 1]);
});

Deno.test("bucketService() makes records by itself once datagrams pause", async () => {
  const made = Promise.withResolvers<string>();
  const { at } = bucketIn({
    onRecord: ({ data }) => made.resolve(new TextDecoder().decode(data)),
  });
  at(0, "x");
  assertEquals(await made.promise, "x");
});

Deno.test("bucketService() counts and tells what comes too fast to be kept", async () => {
  let overruns = 0;
  const { service, records } = bucketIn({
    onOverrun: (count) => overruns += count,
  });
  const data = new Uint8Array(65_507);
  for (let i = 0; i < 300; i++) service.datagram!(data, CONTEXT);
  await service.close?.();
  // 16 MiB hold 256 of the longest datagrams.
  assertEquals([records.length, overruns], [256, 44]);
});

Deno.test("an intake is bounded in number, and empty after a flush", () => {
  const handled: number[] = [];
  const intake = new Intake<{ data: Bytes; id: number }>(
    ({ id }) => handled.push(id),
    { maxItems: 2 },
  );
  const put = (id: number) => intake.put({ data: new Uint8Array(1), id });
  assertEquals([put(1), put(2), put(3)], [true, true, false]);
  intake.flush();
  assertEquals(put(4), true);
  intake.flush();
  intake.flush();
  assertEquals(handled, [1, 2, 4]);
});

Deno.test("a tally tells at once, then once a second, then the rest", async () => {
  const clock = manualClock();
  const told: number[] = [];
  const { add, flush } = tally((count) => told.push(count), clock);
  add(1);
  add(2);
  add(3);
  await clock.advance(999);
  add(4);
  assertEquals(told, [1]);
  await clock.advance(1);
  add(5);
  assertEquals(told, [1, 14]);
  add(6);
  flush();
  flush();
  assertEquals(told, [1, 14, 6]);
});
