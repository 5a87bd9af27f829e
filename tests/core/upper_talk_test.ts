import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Bytes } from "../../lib/bytes.ts";
import { memoryConn } from "../../lib/net/memory_conn.ts";
import { bytesSource } from "../../client/service/bytes_source.ts";
import type { ClientConn } from "../../client/service/connect.ts";
import { ServiceError } from "../../client/service/errors.ts";
import { talk, type Talked, type TalkEnd } from "../../client/upper/talk.ts";
import { brokenOff } from "../../client/upper/talk_end.ts";
import { bytesOf, textOf } from "./byte_cases.ts";

const TARGET = {
  transport: "tcp",
  hostname: "192.0.2.1",
  port: 2345,
} as const;

/** What happened in a conversation. */
interface Seen {
  talked: Talked;
  answer: string;
  wasClosed: boolean;
}

async function converse(
  conn: Partial<ClientConn>,
  { text = "abc", timeout = 60_000, signal }: {
    text?: string;
    timeout?: number;
    signal?: AbortSignal;
  } = {},
): Promise<Seen> {
  let answer = "";
  let wasClosed = false;
  const talked = await talk({
    ...memoryConn(""),
    remote: "memory",
    close: () => wasClosed = true,
    ...conn,
  }, {
    source: bytesSource(bytesOf(text)),
    onAnswer: (piece) => {
      answer += textOf(piece.slice());
    },
    timeout,
    signal,
  });
  return { talked, answer, wasClosed };
}

/** A read that goes on when somebody says so. */
function reads(...answers: (string | null | Promise<string | null>)[]) {
  return async (buffer: Bytes): Promise<number | null> => {
    const answer = await answers.shift();
    if (answer === undefined || answer === null) return null;
    buffer.set(bytesOf(answer));
    return answer.length;
  };
}

/** The end, when everything else that can go on has gone on. */
function later(): Promise<null> {
  return new Promise((resolve) => setTimeout(() => resolve(null), 0));
}

Deno.test("talk() sends all, ends its side, and reads to the end", async () => {
  const ended = Promise.withResolvers<null>();
  const { talked, answer, wasClosed } = await converse({
    read: reads("AB", "C", ended.promise),
    closeWrite: () => Promise.resolve(ended.resolve(null)),
  });
  assertEquals(talked, { end: "done", sentAll: true, sent: 3, received: 3 });
  assertEquals(answer, "ABC");
  assert(wasClosed);
});

Deno.test("talk() reads while it sends", async () => {
  const answered = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<null>();
  const talked = await talk({
    ...memoryConn(""),
    remote: "memory",
    read: reads("A", ended.promise),
    // The server takes nothing before its answer was read.
    write: async (bytes) => (await answered.promise, bytes.length),
    closeWrite: () => Promise.resolve(ended.resolve(null)),
    close() {},
  }, {
    source: bytesSource(bytesOf("a")),
    onAnswer: () => answered.resolve(),
    timeout: 60_000,
  });
  assertEquals(talked, { end: "done", sentAll: true, sent: 1, received: 1 });
});

Deno.test("talk() is early when the server ends before all was sent", async () => {
  const never = new Promise<number>(() => {});
  const { talked } = await converse({ read: reads("A"), write: () => never });
  assertEquals(talked, { end: "early", sentAll: false, sent: 0, received: 1 });
});

Deno.test("talk() reads on when sending fails, then throws why", async () => {
  const why = new ServiceError("closed", "gone");
  let answer = "";
  const conn = {
    ...memoryConn(""),
    remote: "memory",
    write: () => Promise.reject(why),
    read: reads("NO", later()),
    close() {},
  };
  const error = await assertRejects(() =>
    talk(conn, {
      source: bytesSource(bytesOf("abc")),
      onAnswer: (piece) => {
        answer += textOf(piece.slice());
      },
      timeout: 60_000,
    })
  );
  assertEquals(error, why);
  assertEquals(answer, "NO");
});

Deno.test("talk() throws what a read throws", async () => {
  const why = new ServiceError("closed", "reset");
  const error = await assertRejects(() =>
    converse({ read: () => Promise.reject(why) })
  );
  assertEquals(error, why);
});

Deno.test("talk() throws what the taker of the answer throws", async () => {
  const conn = { ...memoryConn("A"), remote: "memory", close() {} };
  await assertRejects(
    () =>
      talk(conn, {
        source: bytesSource(bytesOf("a")),
        onAnswer: () => Promise.reject(new RangeError("wrong")),
        timeout: 60_000,
      }),
    RangeError,
  );
});

Deno.test("talk() is silent when the server says no more", async () => {
  const never = new Promise<null>(() => {});
  const { talked, wasClosed } = await converse(
    { read: reads("AB", never) },
    { timeout: 5 },
  );
  assertEquals(talked, { end: "silent", sentAll: true, sent: 3, received: 2 });
  assert(wasClosed);
});

Deno.test("talk() is silent when the server takes no more", async () => {
  const never = new Promise<never>(() => {});
  const { talked } = await converse(
    { read: () => never, write: () => never },
    { timeout: 5 },
  );
  assertEquals(talked, { end: "silent", sentAll: false, sent: 0, received: 0 });
});

Deno.test("talk() has all the time while there is nothing to send", async () => {
  const typed = Promise.withResolvers<null>();
  const ended = Promise.withResolvers<null>();
  const conn = {
    ...memoryConn(""),
    remote: "memory",
    read: reads(ended.promise),
    closeWrite: () => Promise.resolve(ended.resolve(null)),
    close() {},
  };
  // Much longer than the timeout passes before the person types the end.
  setTimeout(() => typed.resolve(null), 60);
  const talked = await talk(conn, {
    source: { read: () => typed.promise },
    onAnswer() {},
    timeout: 2,
  });
  assertEquals(talked.end, "done");
});

Deno.test("talk() does not count the time that the answer waits for its taker", async () => {
  const ended = Promise.withResolvers<null>();
  const conn = {
    ...memoryConn(""),
    remote: "memory",
    read: reads("A", ended.promise),
    close() {},
  };
  const talked = await talk(conn, {
    source: bytesSource(bytesOf("a")),
    onAnswer: () =>
      new Promise<void>((resolve) =>
        setTimeout(() => {
          ended.resolve(null);
          resolve();
        }, 60)
      ),
    timeout: 2,
  });
  assertEquals(talked.end, "done");
});

Deno.test("talk() stops when it is told to", async () => {
  const never = new Promise<null>(() => {});
  const stop = new AbortController();
  const running = converse({ read: reads("A", never) }, {
    signal: stop.signal,
  });
  setTimeout(() => stop.abort(), 0);
  const { talked, answer } = await running;
  assertEquals(talked.end, "stopped");
  assertEquals(answer, "A");
  const late = await converse({ read: () => never }, { signal: stop.signal });
  assertEquals(late.talked.end, "stopped");
});

const ENDS: readonly (readonly [TalkEnd, number, number, string | null])[] = [
  ["done", 3, 3, null],
  ["done", 3, 1, null],
  ["done", 0, 0, null],
  [
    "done",
    3,
    0,
    "192.0.2.1:2345 (tcp) closed the connection without an answer",
  ],
  ["stopped", 3, 0, null],
  ["silent", 3, 3, null],
  ["silent", 3, 4, null],
  ["silent", 0, 0, null],
  [
    "silent",
    3,
    2,
    "192.0.2.1:2345 (tcp) fell silent for 2 s after 2 bytes of its answer",
  ],
  [
    "silent",
    3,
    0,
    "no reply in 2 s from 192.0.2.1:2345 (tcp); is a server listening?",
  ],
  [
    "early",
    3,
    3,
    "192.0.2.1:2345 (tcp) closed the connection before everything was sent",
  ],
];

for (const [end, sent, received, message] of ENDS) {
  Deno.test(`brokenOff() says ${message} when ${end} at ${received} of ${sent}`, () => {
    const talked = { end, sent, received, sentAll: end !== "early" };
    assertEquals(brokenOff(TARGET, talked, 2000)?.message ?? null, message);
  });
}

Deno.test("brokenOff() does not take silence before all was sent for an end", () => {
  const talked = {
    end: "silent",
    sent: 3,
    received: 3,
    sentAll: false,
  } as const;
  assertEquals(brokenOff(TARGET, talked, 500)?.kind, "timeout");
});
