import { assert, assertEquals, assertRejects } from "@std/assert";
import type { FtpClient } from "../../client/ftp/client.ts";
import { FtpError, NetworkError } from "../../client/ftp/errors.ts";
import { FtpPool } from "../../client/ftp/pool.ts";
import { Crowd, playPool, type PoolStage } from "./client_pool_harness.ts";
import { type Answers, SERVER } from "./client_peer.ts";

/** A task that begins, and ends when it is told. */
function gate() {
  const begun = Promise.withResolvers<FtpClient>();
  const end = Promise.withResolvers<void>();
  return {
    begun: begun.promise,
    end: () => end.resolve(),
    task: async (client: FtpClient) => {
      begun.resolve(client);
      await end.promise;
    },
  };
}

/** Everything that can go on has gone on. */
function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/** Why each of `tasks` failed. */
async function failures(tasks: Promise<unknown>[]): Promise<string[]> {
  const results = await Promise.allSettled(tasks);
  return results.map((result) => {
    assert(result.status === "rejected");
    return result.reason.message;
  });
}

Deno.test("FtpPool opens connections as they are needed, and no more", () =>
  playPool({}, async ({ pool, crowd }) => {
    assertEquals([pool.connections, crowd.peers.length], [1, 1]);
    await pool.run((client) => client.workingDirectory());
    await pool.run((client) => client.workingDirectory());
    assertEquals(crowd.peers.length, 1);
    const gates = Array.from({ length: 5 }, gate);
    const done = gates.map(({ task }) => pool.run(task));
    const clients = await Promise.all(
      gates.slice(0, 3).map(({ begun }) => begun),
    );
    assertEquals(new Set(clients).size, 3);
    await settled();
    assertEquals([pool.connections, pool.limit, crowd.peers.length], [3, 3, 3]);
    for (const { end } of gates) end();
    await Promise.all(done);
    assertEquals(crowd.said("USER").length, 3);
  }, { connections: 3 }));

for (const connections of [1, 2, 4]) {
  Deno.test(`FtpPool of ${connections} begins tasks in their order`, () =>
    playPool({}, async ({ pool }) => {
      const begun: number[] = [];
      const tasks = Array.from(
        { length: 60 },
        (_, n) =>
          pool.run(async (client) => {
            begun.push(n);
            await client.workingDirectory();
            if (n % 7 === 0) throw new Error(`task ${n}`);
            return n;
          }),
      );
      const results = await Promise.allSettled(tasks);
      assertEquals(begun, begun.toSorted((a, b) => a - b));
      assertEquals(
        results.map((result) =>
          result.status === "fulfilled" ? result.value : -1
        ),
        tasks.map((_, n) => n % 7 === 0 ? -1 : n),
      );
    }, { connections }));
}

Deno.test("FtpPool.run() rejects when a task throws before it promises", () =>
  playPool({}, async ({ pool }) => {
    const thrower = (): Promise<void> => {
      throw new RangeError("at once");
    };
    await assertRejects(() => pool.run(thrower), RangeError, "at once");
    await pool.run((client) => client.workingDirectory());
  }, { connections: 1 }));

/** How a server of two connections refuses a third one. */
const REFUSALS: readonly [
  how: string,
  greet: (open: number) => string,
  answers: (n: number, crowd: Crowd) => Answers,
][] = [
  [
    "421 for a greeting",
    (open) => open < 2 ? "220 Ready" : "421 Too many",
    () => ({}),
  ],
  [
    "530 for a greeting",
    (open) => open < 2 ? "220 Ready" : "530 From your IP",
    () => ({}),
  ],
  ["no connection", (open) => {
    if (open < 2) return "220 Ready";
    throw Object.assign(new Error("no"), { name: "ConnectionRefused" });
  }, () => ({})],
  ["530 for the user", () => "220 Ready", (_, crowd) => ({
    USER: (_, peer) =>
      crowd.open.indexOf(peer) < 2 ? "230 In" : "530 Too many users",
  })],
  ["421 for the password", () => "220 Ready", (_, crowd) => ({
    USER: "331 Password?",
    PASS: (_, peer) =>
      crowd.open.indexOf(peer) < 2 ? "230 In" : "421 Too many users",
  })],
  ["a closed connection", () => "220 Ready", (_, crowd) => ({
    USER: (_, peer) => {
      if (crowd.open.indexOf(peer) < 2) return "230 In";
      peer.control.end();
      return "";
    },
  })],
];

for (const [how, greet, answers] of REFUSALS) {
  Deno.test(`FtpPool learns from ${how} and does with what it has`, () =>
    playPool(answers, async (stage) => {
      const { pool, clock, crowd } = stage;
      crowd.greet = greet;
      await crowdedThenFree(stage);
      assertEquals([pool.limit, pool.connections], [2, 2]);
      const attempts = crowd.peers.length;
      await clock.advance(59_999);
      await crowdedThenFree(stage);
      assertEquals(crowd.peers.length, attempts, "asked again too early");
      await clock.advance(1);
      await crowdedThenFree(stage);
      assertEquals([pool.limit, pool.connections], [2, 2]);
    }, { connections: 4, user: "u", password: "p", retries: 5 }));
}

/** Keeps all connections busy until nothing happens any more. */
async function crowdedThenFree({ pool }: PoolStage): Promise<void> {
  const gates = Array.from({ length: 6 }, gate);
  const done = gates.map(({ task }) => pool.run(task));
  for (let round = 0; round < 5; round++) await settled();
  for (const { end } of gates) end();
  await Promise.all(done);
}

Deno.test("FtpPool grows again when the server lets it", () =>
  playPool({}, async (stage) => {
    const { pool, crowd, clock } = stage;
    crowd.greet = () => "421 Too many";
    await crowdedThenFree(stage);
    assertEquals(pool.limit, 1);
    crowd.greet = () => "220 Ready";
    await clock.advance(60_000);
    await crowdedThenFree(stage);
    assertEquals([pool.limit, pool.connections], [3, 3]);
  }, { connections: 3 }));

Deno.test("FtpPool.connect() rejects when the first connection is refused", async () => {
  const crowd = new Crowd(() => ({ USER: "530 Not you" }));
  const options = { ...SERVER, network: crowd.network };
  await assertRejects(() => FtpPool.connect(options), FtpError, "530 Not you");
  crowd.greet = () => "421 Too many";
  await assertRejects(() => FtpPool.connect(options), FtpError, "421");
  assertEquals(crowd.open.length, 0);
});

Deno.test("FtpPool.run() takes a cancelled task out of the queue", () =>
  playPool({}, async ({ pool }) => {
    const first = gate();
    const running = pool.run(first.task);
    await first.begun;
    const cancel = new AbortController();
    const never = pool.run(() => Promise.reject(new Error("began")), {
      signal: cancel.signal,
    });
    const last = pool.run((client) => client.workingDirectory());
    cancel.abort(new Error("enough"));
    await assertRejects(() => never, Error, "enough");
    await assertRejects(
      () => pool.run(() => Promise.resolve(), { signal: cancel.signal }),
      Error,
      "enough",
    );
    first.end();
    await running;
    assertEquals(await last, "/");
  }, { connections: 1 }));

Deno.test("FtpPool.run() gives a connection away only when its task has settled", () =>
  playPool({}, async ({ pool }) => {
    const first = gate();
    const cancel = new AbortController();
    const running = pool.run(first.task, { signal: cancel.signal });
    await first.begun;
    let next = false;
    const second = pool.run(() => Promise.resolve(next = true));
    cancel.abort(new Error("enough"));
    await settled();
    assert(!next);
    first.end();
    await running; // It did not listen to its signal.
    assertEquals(await second, true);
  }, { connections: 1 }));

Deno.test("FtpPool.abort() cancels all tasks and leaves the pool usable", () =>
  playPool({ MDTM: "" }, async ({ pool, crowd }) => {
    const tasks = ["a", "b", "c"].map((path) =>
      pool.run((client, signal) => client.modified(path, { signal }))
    );
    await crowd.peers[0]!.heard("MDTM");
    pool.abort(new Error("enough"));
    assertEquals(await failures(tasks), Array(3).fill("enough"));
    crowd.peers[0]!.say("213 20200101000000");
    assertEquals(await pool.run((client) => client.workingDirectory()), "/");
  }, { connections: 1 }));

Deno.test("FtpPool.close() cancels, waits for tasks, and ends the pool", () =>
  playPool({ MDTM: "" }, async ({ pool, crowd }) => {
    let ended = false;
    const running = pool.run(async (client, signal) => {
      try {
        await client.modified("a", { signal });
      } finally {
        await settled();
        ended = true;
      }
    });
    const waiting = pool.run((client) => client.workingDirectory());
    await crowd.peers[0]!.heard("MDTM");
    const failed = failures([running, waiting]);
    await pool.close();
    assert(ended);
    assertEquals(await failed, Array(2).fill("The pool is closed"));
    assertEquals(pool.connections, 0);
    await assertRejects(
      () => pool.run(() => Promise.resolve()),
      NetworkError,
      "closed",
    );
  }, { connections: 1 }));

Deno.test("FtpPool.close() stops a connection that is being made", () =>
  playPool((n) => n === 0 ? {} : { USER: "" }, async ({ pool, crowd }) => {
    const first = gate();
    const running = pool.run(first.task);
    const waiting = pool.run(() => Promise.resolve());
    await settled();
    await crowd.peers[1]!.heard("USER");
    first.end();
    await Promise.all([running, waiting]);
  }, { connections: 2 }));

Deno.test("FtpPool replaces a connection that was lost", () =>
  playPool({
    SIZE: (_, peer) => peer.control.end(),
  }, async ({ pool, crowd }) => {
    for (let n = 1; n <= 3; n++) {
      const lost = failures([pool.run((client) => client.size("a"))]);
      const after = pool.run((client) => client.workingDirectory());
      assertEquals((await lost).length, 1);
      assertEquals(await after, "/");
      assertEquals([pool.connections, pool.limit], [1, 1]);
    }
    assertEquals(crowd.peers.length, 4);
  }, { connections: 1 }));

Deno.test("FtpPool's tasks do not notice a loss when there are retries", () =>
  playPool((n) => ({
    SIZE: (_, peer) => n > 0 ? "213 5" : (peer.control.end(), ""),
  }), async ({ pool, crowd, clock }) => {
    const size = pool.run((client) => client.size("a"));
    await crowd.peers[0]!.heard("SIZE");
    await clock.advance(1000);
    assertEquals(await size, 5);
    assertEquals([pool.connections, crowd.peers.length], [1, 2]);
  }, { connections: 1, retries: 1 }));

Deno.test("FtpPool fails what waits when no connection can be had any more", () =>
  playPool({
    SIZE: (_, peer) => peer.control.end(),
  }, async ({ pool, crowd }) => {
    crowd.greet = () => "421 Closed for today";
    const tasks = ["a", "b", "c"].map((path) =>
      pool.run((client) => client.size(path))
    );
    const refused = "Connecting: the server said 421 Closed for today";
    const [first, ...others] = await failures(tasks);
    assert(first?.startsWith("The server 192.0.2.1:21 closed"), first);
    assertEquals(others, [refused, refused]);
    crowd.greet = () => "220 Open again";
    assertEquals(await pool.run((client) => client.workingDirectory()), "/");
  }, { connections: 1 }));

Deno.test("FtpPool asks whether a connection still lives after a pause", () =>
  playPool({}, async ({ pool, crowd, clock }) => {
    await pool.run((client) => client.workingDirectory());
    await clock.advance(14_999);
    await pool.run((client) => client.workingDirectory());
    assertEquals(crowd.said("PWD").length, 2);
    await clock.advance(15_000);
    await pool.run((client) => client.workingDirectory());
    assertEquals(crowd.said("PWD").length, 4);
    crowd.peers[0]!.control.reset();
    await clock.advance(15_000);
    let runs = 0;
    await pool.run((client) => (runs++, client.workingDirectory()));
    assertEquals([runs, crowd.peers.length], [1, 2]);
  }, { connections: 1 }));

Deno.test("FtpPool closes connections that nobody needs, except one", () =>
  playPool({}, async (stage) => {
    const { pool, crowd, clock } = stage;
    await crowdedThenFree(stage);
    assertEquals(pool.connections, 3);
    await clock.advance(60_000);
    assertEquals(pool.connections, 1);
    assertEquals(crowd.said("QUIT").length, 2);
    await crowdedThenFree(stage);
    assertEquals([pool.connections, pool.limit], [3, 3]);
  }, { connections: 3 }));

/** A server with folders: it remembers where each connection is. */
function withFolders(): Answers {
  let folder = "/home";
  return {
    CWD: (path) => {
      if (path === "none") return "550 No";
      folder = path.startsWith("/") ? path : `${folder}/${path}`;
      return "250 OK";
    },
    PWD: () => `257 "${folder}"`,
  };
}

Deno.test("FtpPool.changeDirectory() counts for all later tasks", () =>
  playPool(withFolders, async ({ pool, crowd }) => {
    const where = (folder?: string | null) =>
      pool.run((client) => client.workingDirectory(), { folder });
    assertEquals(pool.folder, null);
    const gates = Array.from({ length: 2 }, gate);
    const early = gates.map(({ task }) => pool.run(task));
    await Promise.all(gates.map(({ begun }) => begun));
    for (const { end } of gates) end();
    await Promise.all(early);
    assertEquals(crowd.said("CWD"), []);
    await pool.changeDirectory("a");
    await pool.changeDirectory("b");
    assertEquals(pool.folder, "/home/a/b");
    const before = where();
    const change = pool.changeDirectory("/c");
    assertEquals(await before, "/home/a/b");
    await change;
    const places = [where(), where(), where(null), where(), where("/d")];
    assertEquals(await Promise.all(places), [
      "/c",
      "/c",
      "/home",
      "/c",
      "/d",
    ]);
    await assertRejects(() => pool.changeDirectory("none"), FtpError, "550");
    assertEquals([pool.folder, await where()], ["/c", "/c"]);
  }, { connections: 2 }));

Deno.test("FtpPool.run() rejects when a connection cannot follow", () =>
  playPool(withFolders, async ({ pool }) => {
    const task = () => Promise.reject(new Error("began"));
    await assertRejects(() => pool.run(task, { folder: "none" }), FtpError);
    assertEquals(
      await pool.run((client) => client.workingDirectory()),
      "/home",
    );
  }, { connections: 1 }));

Deno.test("FtpPool.run() begins an overlapping task while the last one ends", () =>
  playPool(withFolders, async ({ pool }) => {
    const overlap = true;
    const [a, b, c, d] = [gate(), gate(), gate(), gate()];
    const done = [
      pool.run(a.task, { overlap }),
      pool.run(b.task, { overlap }),
      pool.run(c.task, { overlap }),
      pool.run(d.task),
    ];
    const log: string[] = [];
    a.begun.then(() => log.push("a"));
    b.begun.then(() => log.push("b"));
    c.begun.then(() => log.push("c"));
    d.begun.then(() => log.push("d"));
    await b.begun;
    await settled();
    assertEquals(log, ["a", "b"]);
    a.end();
    await c.begun;
    b.end();
    await settled();
    assertEquals(log, ["a", "b", "c"], "d must not share");
    c.end();
    await d.begun;
    d.end();
    await Promise.all(done);
  }, { connections: 1 }));

Deno.test("FtpPool.run() never overlaps tasks of different folders", () =>
  playPool(withFolders, async ({ pool }) => {
    const overlap = true;
    const a = gate();
    const first = pool.run(a.task, { overlap });
    await a.begun;
    let begun = false;
    const other = pool.run((client) => {
      begun = true;
      return client.workingDirectory();
    }, { overlap, folder: "/d" });
    await settled();
    assert(!begun);
    a.end();
    await first;
    assertEquals(await other, "/d");
  }, { connections: 1 }));

Deno.test("FtpPool prefers a new connection to an overlap", () =>
  playPool({}, async ({ pool }) => {
    const gates = [gate(), gate()];
    const done = gates.map(({ task }) => pool.run(task, { overlap: true }));
    const [a, b] = await Promise.all(gates.map(({ begun }) => begun));
    assert(a !== b);
    for (const { end } of gates) end();
    await Promise.all(done);
  }, { connections: 2 }));

Deno.test("FtpPool.data counts for connections of now and later", () =>
  playPool({ EPRT: "500 No", PORT: "500 No" }, async (stage) => {
    const { pool, crowd } = stage;
    pool.data = { mode: "active" };
    await crowdedThenFree(stage);
    const gates = [gate(), gate()];
    const lists = gates.map(({ task }) =>
      pool.run(async (client) => {
        await task(client);
        await client.downloadBytes("a", { size: null });
      })
    );
    await Promise.all(gates.map(({ begun }) => begun));
    for (const { end } of gates) end();
    assertEquals((await failures(lists)).length, 2);
    assertEquals(crowd.said("EPSV"), []);
  }, { connections: 2 }));

Deno.test("FtpPool tells what the server is", () =>
  playPool({}, ({ pool, disk }) => {
    assertEquals(pool.greeting.lines, ["Ready"]);
    assert(pool.features.has("MLST"));
    assertEquals(pool.files, disk);
    return Promise.resolve();
  }));
