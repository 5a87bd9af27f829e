import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  IncompleteError,
  LocalError,
  NetworkError,
} from "../../client/ftp/errors.ts";
import { downloadSegments } from "../../client/ftp/segments.ts";
import {
  LEAST_SEGMENT,
  type Segment,
  SegmentPlan,
} from "../../client/ftp/segments_plan.ts";
import { playPool, type PoolStage } from "./client_pool_harness.ts";
import type { Answers, Peer } from "./client_peer.ts";
import { memorySink, textOf } from "./byte_cases.ts";
import { randomOf } from "./random.ts";

const TEXT = Array.from(
  { length: 5 * LEAST_SEGMENT / 8 + 7 },
  (_, n) => n.toString(16).padStart(8, "0"),
).join("");
const SIZE = TEXT.length;
const DATE = new Date("2020-02-03T04:05:06Z");

/** How a server sends its file from an offset. */
type Sender = (offset: number, peer: Peer) => Promise<string>;

/** Everything, as fast as it is taken. */
const whole: Sender = async (offset, peer) => {
  peer.say("150 Here");
  peer.data.send(TEXT.slice(offset));
  peer.data.end();
  await peer.data.closed;
  return "226 Done";
};

/** So many bytes, of which the server says that they are all. */
function onlySome(bytes: number): Sender {
  return async (offset, peer) => {
    peer.say("150 Here");
    peer.data.send(TEXT.slice(offset, offset + bytes));
    peer.data.end();
    await peer.data.closed;
    return "226 Done";
  };
}

/** So many bytes, and then the connections are lost. */
function lostAfter(bytes: number): Sender {
  return async (offset, peer) => {
    peer.say("150 Here");
    peer.data.send(TEXT.slice(offset, offset + bytes));
    await settled();
    peer.data.reset();
    peer.control.reset();
    return "";
  };
}

/** Everything that can go on has gone on. */
function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/** Servers with one file; number `n` sends it by `senders[n]`, or whole. */
function withFile(
  senders: Sender[] = [],
  others: Answers = {},
): (n: number) => Answers {
  return (n) => {
    let offset = 0;
    return {
      SIZE: `213 ${SIZE}`,
      MDTM: "213 20200203040506",
      REST: (argument) => {
        offset = Number(argument);
        return "350 OK";
      },
      RETR: async (_, peer) => {
        const from = offset;
        offset = 0;
        return await (senders[n] ?? whole)(from, peer);
      },
      ABOR: "226 Nothing to stop",
      ...others,
    };
  };
}

const NOTE = "b.part.map";

function left({ disk }: PoolStage): string[] {
  return [...disk.files.keys()].sort();
}

for (const connections of [1, 2, 3, 8]) {
  Deno.test(`downloadSegments() over ${connections} connections gets a file whole`, () =>
    playPool(withFile(), async (stage) => {
      const { pool, disk, crowd } = stage;
      const seen: number[] = [];
      const result = await downloadSegments(pool, "a", "b", {
        onProgress: ({ position, size }) => {
          assertEquals(size, SIZE);
          seen.push(position);
        },
      });
      assertEquals(result.size, SIZE);
      assert(disk.files.get("b") === TEXT);
      assertEquals(left(stage), ["b"]);
      assertEquals(disk.times.get("b"), DATE);
      assertEquals(seen, seen.toSorted((a, b) => a - b));
      assertEquals(seen.at(-1), SIZE);
      if (connections === 1) {
        assertEquals([crowd.said("REST"), crowd.said("ABOR")], [[], []]);
      } else assert(crowd.said("REST").length > 0);
    }, { connections }));
}

Deno.test("downloadSegments() asks nothing that is known already", () =>
  playPool(withFile(), async ({ pool, disk, crowd }) => {
    await downloadSegments(pool, "a", "b", {
      size: SIZE,
      modified: DATE,
      segments: 2,
    });
    assert(disk.files.get("b") === TEXT);
    assertEquals([...crowd.said("SIZE"), ...crowd.said("MDTM")], []);
    assertEquals(crowd.said("USER").length, 2);
  }));

const PLAIN: readonly [what: string, answers: Answers][] = [
  ["the size is not known", { SIZE: "550 No" }],
  ["the server refuses to begin in the middle", { REST: "502 No REST" }],
  ["the server begins at 0 all the same", { REST: "350 Ha" }],
];

for (const [what, answers] of PLAIN) {
  Deno.test(`downloadSegments() is a plain download when ${what}`, () =>
    playPool(withFile([], answers), async (stage) => {
      const { pool, disk } = stage;
      await downloadSegments(pool, "a", "b", { resume: true });
      assert(disk.files.get("b") === TEXT);
      assertEquals(left(stage), ["b"]);
    }));
}

Deno.test("downloadSegments() leaves a file alone that must not be replaced", () =>
  playPool(withFile(), async (stage) => {
    const { pool, disk, crowd } = stage;
    disk.files.set("b", "mine");
    await assertRejects(
      () => downloadSegments(pool, "a", "b", { overwrite: false }),
      LocalError,
      "a file is there already",
    );
    assertEquals([...disk.files], [["b", "mine"]]);
    assertEquals(crowd.said("RETR"), []);
  }));

Deno.test("downloadSegments() goes on when one of its connections is lost", () =>
  playPool(
    withFile([whole, lostAfter(70_000)]),
    async (stage) => {
      const { pool, disk, crowd } = stage;
      const result = await downloadSegments(pool, "a", "b", { segments: 2 });
      assertEquals(result.bytes, SIZE);
      assert(disk.files.get("b") === TEXT);
      assertEquals(left(stage), ["b"]);
      assertEquals(crowd.peers[1]!.commands.at(-1), "RETR a");
    },
  ));

/** Loses both connections; later ones would work. */
const INTERRUPTED = withFile([lostAfter(70_000), lostAfter(70_000)]);

async function interrupted({ pool }: PoolStage): Promise<void> {
  await assertRejects(
    () => downloadSegments(pool, "a", "b", { segments: 2, resume: true }),
    NetworkError,
  );
}

Deno.test("downloadSegments() goes on where an interrupted one stopped", () =>
  playPool(INTERRUPTED, async (stage) => {
    const { pool, disk } = stage;
    await interrupted(stage);
    assertEquals(left(stage), ["b.part", NOTE]);
    const { size, modified, done } = JSON.parse(disk.files.get(NOTE)!);
    assertEquals([size, new Date(modified)], [SIZE, DATE]);
    const bytes = done.reduce(
      (sum: number, [start, end]: [number, number]) => sum + end - start,
      0,
    );
    assertEquals(bytes, 140_000);
    const { path: _, ...result } = await downloadSegments(pool, "a", "b", {
      segments: 2,
      resume: true,
    });
    assertEquals(result, { size: SIZE, bytes: SIZE - 140_000 });
    assert(disk.files.get("b") === TEXT);
    assertEquals(left(stage), ["b"]);
  }));

const ANEW: readonly [when: string, change: (stage: PoolStage) => void][] = [
  ["the server's file has another time", ({ crowd }) => {
    crowd.others = { MDTM: "213 20210203040506" };
  }],
  ["the note makes no sense", ({ disk }) => disk.files.set(NOTE, "{")],
  ["the note is about something else", ({ disk }) => disk.files.set(NOTE, "7")],
  ["the note has no ranges", ({ disk }) =>
    disk.files.set(
      NOTE,
      JSON.stringify({ size: SIZE, modified: DATE, done: [[5, 1]] }),
    )],
  [
    "the part is shorter than the note says",
    ({ disk }) => disk.files.set("b.part", ""),
  ],
  ["the part is gone", ({ disk }) => disk.files.delete("b.part")],
  ["the note is gone", ({ disk }) => disk.files.delete(NOTE)],
];

for (const [when, change] of ANEW) {
  Deno.test(`downloadSegments() begins anew when ${when}`, () =>
    playPool(INTERRUPTED, async (stage) => {
      await interrupted(stage);
      change(stage);
      const { pool, disk } = stage;
      const result = await downloadSegments(pool, "a", "b", { resume: true });
      assertEquals(result.bytes, SIZE);
      assert(disk.files.get("b") === TEXT);
      assertEquals(left(stage), ["b"]);
    }));
}

Deno.test("FtpClient.download() does not take a part with holes for whole", () =>
  playPool(INTERRUPTED, async (stage) => {
    await interrupted(stage);
    const { pool, disk } = stage;
    const { bytes } = await pool.run((client) =>
      client.download("a", "b", { resume: true })
    );
    assertEquals(bytes, SIZE - 70_000);
    assert(disk.files.get("b") === TEXT);
    assertEquals(left(stage), ["b"]);
  }));

Deno.test("FtpClient.download() knows the holes of a part, whenever it was left", () =>
  playPool(INTERRUPTED, async ({ pool, disk }) => {
    let killed: Map<string, string> | null = null;
    const interrupted = downloadSegments(pool, "a", "b", {
      segments: 2,
      onProgress: () => {
        const hasHoles = disk.files.get("b.part")!.includes("\0");
        if (hasHoles) killed ??= new Map(disk.files);
      },
    });
    await assertRejects(() => interrupted, NetworkError);
    disk.files.clear();
    for (const [path, text] of killed!) disk.files.set(path, text);
    await pool.run((client) => client.download("a", "b", { resume: true }));
    assert(disk.files.get("b") === TEXT);
    assertEquals([...disk.files.keys()], ["b"]);
  }));

Deno.test("downloadSegments() cancelled stops all of it", () =>
  playPool(withFile(), async (stage) => {
    const { pool } = stage;
    for (const resume of [true, false]) {
      const cancel = new AbortController();
      await assertRejects(
        () =>
          downloadSegments(pool, "a", "b", {
            resume,
            signal: cancel.signal,
            onProgress: ({ position }) =>
              position > SIZE / 4 && cancel.abort(new Error("enough")),
          }),
        Error,
        "enough",
      );
      assertEquals(left(stage), resume ? ["b.part", NOTE] : []);
    }
    assertEquals(await pool.run((client) => client.workingDirectory()), "/");
  }));

Deno.test("downloadSegments() does not believe a server that sends too little", () =>
  playPool(withFile(Array(9).fill(onlySome(70_000))), async (stage) => {
    const error = await assertRejects(
      () => downloadSegments(stage.pool, "a", "b"),
      IncompleteError,
    );
    assert(error.received < SIZE);
    assertEquals(left(stage), []);
  }, { connections: 2 }));

Deno.test("downloadSegments() says what it cannot write", () =>
  playPool(withFile(), async (stage) => {
    stage.disk.failure = new Error("no space left");
    await assertRejects(
      () => downloadSegments(stage.pool, "a", "b"),
      LocalError,
      "Cannot write b.part.map: no space left",
    );
    assertEquals(left(stage), []);
  }));

Deno.test("downloadSegments() has one rate limit for all connections", () =>
  playPool(withFile(), async ({ pool, disk }) => {
    let taken = 0;
    await downloadSegments(pool, "a", "b", {
      rateLimit: {
        burst: 65_536,
        take: (bytes) => {
          taken += bytes;
          return Promise.resolve();
        },
      },
    });
    assert(disk.files.get("b") === TEXT);
    assert(taken >= SIZE, `${taken} bytes`);
  }));

Deno.test("downloadSegments() notes what is there about once a second", () =>
  playPool(withFile(), async ({ pool, disk, clock }) => {
    const notes = new Set<string>();
    let pieces = 0;
    await downloadSegments(pool, "a", "b", {
      clock: { ...clock, now: () => pieces * 300 },
      onProgress: () => {
        pieces++;
        notes.add(disk.files.get(NOTE) ?? "");
      },
    });
    assert(notes.size > 2 && notes.size <= pieces / 3, `${notes.size}`);
  }, { connections: 2 }));

Deno.test("FtpClient.downloadRange() gives what was asked for", () =>
  playPool(withFile(), async ({ pool }) => {
    const ranges = [[0, 5], [1000, 1], [SIZE - 4, 4], [SIZE - 4, 99], [7, 0]];
    for (const [offset = 0, length = 0] of ranges) {
      const sink = memorySink();
      const result = await pool.run((client) =>
        client.downloadRange("a", sink, { offset, length })
      );
      const text = textOf(new Uint8Array(sink.bytes));
      assertEquals(text, TEXT.slice(offset, offset + length));
      assertEquals([result.bytes, sink.events], [text.length, []]);
    }
  }));

Deno.test("SegmentPlan gives every byte to somebody, and to one alone", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = randomOf(seed);
    const size = random.below(12) * LEAST_SEGMENT + random.below(1000);
    const plan = new SegmentPlan(size, []);
    const active: Segment[] = [];
    const times = new Map<number, number>();
    for (let step = 0; step < 5000 && !plan.complete; step++) {
      const segment = active.length > 0 ? random.pick(active) : null;
      if (segment === null || random.below(20) === 0) {
        const next = plan.take();
        if (next !== null) active.push(next);
        continue;
      }
      const { position, end } = segment;
      const count = Math.min(end - position, 1 + random.below(1 << 19));
      segment.position += count;
      for (let at = position; at < segment.position; at += 997) {
        times.set(at, (times.get(at) ?? 0) + 1);
      }
      if (segment.position < end && random.below(20) > 0) continue;
      plan.leave(segment);
      active.splice(active.indexOf(segment), 1);
    }
    assert(plan.complete, `seed ${seed}`);
    assertEquals(plan.bytes, size);
    assertEquals(plan.take(), null);
    assert([...times.values()].every((count) => count === 1), `seed ${seed}`);
  }
});

Deno.test("SegmentPlan begins with the holes", () => {
  const plan = new SegmentPlan(100, [[50, 60], [0, 10], [5, 20]]);
  assertEquals(plan.bytes, 30);
  assertEquals(plan.take(), { start: 20, position: 20, end: 50 });
  assertEquals(plan.take(), { start: 60, position: 60, end: 100 });
  assertEquals(plan.take(), null);
  assert(new SegmentPlan(0, []).complete);
  assert(!new SegmentPlan(100, [[0, 50]]).complete);
});
