import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Bytes } from "../../lib/bytes.ts";
import { memoryConn, memoryContext } from "../../lib/net/memory_conn.ts";
import { upperDatagram } from "../../lib/upper/datagram.ts";
import type { Casing } from "../../lib/upper/mapping.ts";
import { upperService } from "../../server/services/upper.ts";
import { bytesOf, everySplit, textOf } from "./byte_cases.ts";

const CONTEXT = {
  peer: { hostname: "192.0.2.7", port: 40_001 },
  local: { hostname: "192.0.2.1", port: 2345 },
  signal: new AbortController().signal,
};

async function answerTo(
  pieces: readonly Bytes[],
  casing: Casing = "ascii",
  maxWrite = Infinity,
): Promise<Bytes> {
  const conn = memoryConn(pieces, { maxWrite });
  await upperService({ casing }).stream?.(conn, memoryContext());
  return conn.output;
}

Deno.test("upperService() maps a stream, wherever it is cut", async () => {
  const bytes = bytesOf("straße\r\n\n");
  for (const pieces of everySplit(bytes)) {
    assertEquals(textOf(await answerTo(pieces)), "STRAßE\r\n\n");
    assertEquals(textOf(await answerTo(pieces, "unicode")), "STRASSE\r\n\n");
  }
});

Deno.test("upperService() answers sizes around every limit", async () => {
  const sizes = [0, 1, 1023, 1024, 1025, 65_535, 65_536, 65_537, 1_048_576];
  for (const size of sizes) {
    for (const casing of ["ascii", "unicode"] as const) {
      const answer = await answerTo(
        [bytesOf("z".repeat(size))],
        casing,
        10_007,
      );
      assert(textOf(answer) === "Z".repeat(size), `${size} ${casing}`);
    }
  }
});

Deno.test("upperService() sends an unfinished character back at the end", async () => {
  const answer = await answerTo([Uint8Array.of(0x61, 0xe2, 0x82)], "unicode");
  assertEquals(answer.join(), "65,226,130");
});

Deno.test("upperService() does not end at an empty line", async () => {
  const answer = await answerTo([bytesOf("\r\n"), bytesOf("more")]);
  assertEquals(textOf(answer), "\r\nMORE");
});

Deno.test("upperService() reads on when the answer was taken", async () => {
  const events: string[] = [];
  const left = ["one", "two"].map(bytesOf);
  const taken = Promise.withResolvers<void>();
  const service = upperService();
  const done = service.stream?.({
    read(buffer) {
      events.push("read");
      const piece = left.shift();
      if (piece === undefined) return Promise.resolve(null);
      buffer.set(piece);
      return Promise.resolve(piece.length);
    },
    async write(bytes) {
      events.push(textOf(bytes.slice()));
      if (events.length === 2) await taken.promise;
      return bytes.length;
    },
    closeWrite: () => Promise.resolve(),
  }, memoryContext());
  await new Promise((resolve) => setTimeout(resolve, 0));
  assertEquals(events, ["read", "ONE"]);
  taken.resolve();
  await done;
  assertEquals(events, ["read", "ONE", "read", "TWO", "read"]);
});

Deno.test("upperService() throws what the connection throws", async () => {
  const conn = {
    ...memoryConn("a"),
    write: () => Promise.reject(new Deno.errors.BrokenPipe("gone")),
  };
  await assertRejects(
    async () => await upperService().stream?.(conn, memoryContext()),
    Deno.errors.BrokenPipe,
  );
});

Deno.test("upperService() answers datagrams of any size with the same size", async () => {
  const { datagram } = upperService();
  for (const size of [0, 1, 1023, 1024, 1025, 65_507, 65_527]) {
    const answer = await datagram?.(bytesOf("q".repeat(size)), CONTEXT);
    assert(answer && textOf(answer) === "Q".repeat(size), String(size));
  }
});

const DATAGRAMS: readonly (readonly [text: string, answer: string])[] = [
  ["ß ä", "SS Ä"],
  ["ı", "I"],
  ["ŉ a", "ŉ A"],
  ["ΐ grüße", "ΐ GRüßE"],
  ["ŉıııı", "ʼNIIII"],
];

for (const [text, answer] of DATAGRAMS) {
  Deno.test(`upperDatagram() never grows: ${text}`, () => {
    assertEquals(textOf(upperDatagram(bytesOf(text), "unicode")), answer);
    assert(bytesOf(answer).length <= bytesOf(text).length);
  });
}

Deno.test("upperDatagram() passes what is not UTF-8 through", () => {
  const odd = Uint8Array.of(0x61, 0xff, 0xc3);
  assertEquals(upperDatagram(odd, "unicode").join(), "65,255,195");
});

Deno.test("upperDatagram() for Turkish falls back when the dots make it longer", () => {
  assertEquals(textOf(upperDatagram(bytesOf("i"), "turkish")), "I");
  assertEquals(textOf(upperDatagram(bytesOf("iı"), "turkish")), "İI");
});
