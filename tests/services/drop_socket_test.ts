import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { type Bytes, writeAll } from "../../lib/bytes.ts";
import { within } from "../../lib/net/wait.ts";
import { dropDir, DropError, dropGet, dropPut } from "../../client/drop/mod.ts";
import { ServiceError } from "../../client/service/errors.ts";
import type { StreamTarget } from "../../client/service/target.ts";
import { type DropServer, dropServer } from "./drop_server.ts";
import { CLOSED_PORT } from "../net/ports.ts";

const LIMITS = { timeout: 10_000 };

function bytesOf(size: number, seed = 31): Bytes {
  return Uint8Array.from({ length: size }, (_, at) => at * seed);
}

function keep(parts: Bytes[]) {
  return {
    write(bytes: Bytes) {
      parts.push(bytes.slice());
      return Promise.resolve(bytes.length);
    },
  };
}

async function fetched(target: StreamTarget, name: string): Promise<Bytes> {
  const parts: Bytes[] = [];
  await dropGet(target, name, keep(parts), LIMITS);
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

function connect({ target }: DropServer): Promise<Deno.TcpConn> {
  return Deno.connect(target);
}

async function say(conn: Deno.Conn, text: string): Promise<void> {
  await writeAll(conn, new TextEncoder().encode(text));
}

/** Everything that comes until the end, or until the connection breaks. */
async function hear(conn: Deno.Conn): Promise<string> {
  const decoder = new TextDecoder();
  const buffer: Bytes = new Uint8Array(65_536);
  let text = "";
  const listen = async () => {
    for (let n; (n = await conn.read(buffer)) !== null;) {
      text += decoder.decode(buffer.subarray(0, n), { stream: true });
    }
    return text;
  };
  const heard = await within(listen(), 15_000, null);
  assert(heard !== null, `no end within 15 s; heard "${text}"`);
  return heard;
}

/** Looks until it is so, 10 s at most. */
async function until(isSo: () => boolean): Promise<void> {
  const end = performance.now() + 10_000;
  while (!isSo() && performance.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert(isSo());
}

Deno.test("dropPut(), dropGet() and dropDir() agree with dropService() over TCP and Unix sockets", async () => {
  await using box = await dropServer();
  const sizes = [0, 1, 1023, 1024, 1025, 5_000_000];
  for (const target of [box.target, box.unix]) {
    for (const size of sizes) {
      const name = `${target.transport} ${size}`;
      assertEquals(await dropPut(target, name, bytesOf(size), LIMITS), size);
      assertEquals(await fetched(target, name), bytesOf(size));
    }
  }
  const entries = await Array.fromAsync(dropDir(box.target, LIMITS));
  const found = Object.fromEntries(
    entries.map(({ name, size }) => [name, size]),
  );
  assertEquals(Object.keys(found).length, 2 * sizes.length);
  assertEquals(found["unix 1024"], 1024);
});

Deno.test("dropPut() lets exactly one of two clients win that send the same name at once", async () => {
  await using box = await dropServer();
  for (let round = 0; round < 5; round++) {
    const name = `same ${round}`;
    const contents = [bytesOf(300_000, 3), bytesOf(300_000, 5)];
    const results = await Promise.allSettled(
      contents.map((bytes) => dropPut(box.target, name, bytes, LIMITS)),
    );
    const winners = results.filter(({ status }) => status === "fulfilled");
    assertEquals(winners.length, 1, `round ${round}`);
    const loser = results.find((result) => result.status === "rejected");
    assert(loser?.reason instanceof DropError);
    assertMatch(loser.reason.message, /exists already/);
    const winner = results.findIndex(({ status }) => status === "fulfilled");
    assertEquals(await fetched(box.target, name), contents[winner]!);
  }
  assertEquals(box.names().filter((name) => name.startsWith(".")), []);
});

Deno.test("dropService() serves many clients at once", async () => {
  await using box = await dropServer();
  const names = Array.from({ length: 40 }, (_, at) => `file ${at}`);
  await Promise.all(
    names.map((name, at) =>
      dropPut(box.target, name, bytesOf(20_000, at + 1), LIMITS)
    ),
  );
  const all = await Promise.all(names.map((name) => fetched(box.target, name)));
  all.forEach((bytes, at) => assertEquals(bytes, bytesOf(20_000, at + 1)));
});

Deno.test("dropService() answers although the client still sends", async () => {
  await using box = await dropServer({ maxSize: 1000 });
  using conn = await connect(box);
  const zeros = new Uint8Array(1 << 20);
  const flood = (async () => {
    await say(conn, "big\n");
    for (let sent = 0; sent < 64; sent++) await writeAll(conn, zeros);
  })().catch(() => {}); // The server has stopped to listen.
  assertMatch(await hear(conn), /^error: big: larger than 1000 bytes/);
  await flood;
  assertEquals(box.names(), []);
});

Deno.test("dropService() keeps nothing of send when the client's end comes early", async () => {
  await using box = await dropServer();
  using conn = await connect(box);
  await say(conn, "send 10 a\n12345");
  await conn.closeWrite();
  assertEquals(
    await hear(conn),
    "error: only 5 of 10 bytes came; nothing was saved\n",
  );
  assertEquals(box.names(), []);
});

Deno.test("dropService() has nothing under a file's name before all of it came", async () => {
  await using box = await dropServer();
  using conn = await connect(box);
  await say(conn, "a\nhalf");
  await until(() => box.names().length > 0);
  assertMatch(box.names().join(), /^\.wharf-.*\.part$/);
  assertEquals(await Array.fromAsync(dropDir(box.target, LIMITS)), []);
  await conn.closeWrite();
  assertEquals(await hear(conn), "saved a (4 bytes)\n");
  assertEquals(box.names(), ["a"]);
});

Deno.test("dropService() tells a client that never ends, and keeps nothing", async () => {
  await using box = await dropServer({ patience: 200, idleTimeout: 5000 });
  using conn = await connect(box);
  await say(conn, "a\nhalf");
  assertMatch(
    await hear(conn),
    /^error: a: nothing came for 0\.2 s, and no end .*; nothing was saved\n$/,
  );
  assertEquals(box.names(), []);
});

Deno.test("dropService() tells a client that brings no first line in time, however it trickles", async () => {
  await using box = await dropServer({ patience: 200, idleTimeout: 5000 });
  using silent = await connect(box);
  using slow = await connect(box);
  const trickle = setInterval(() => say(slow, "a").catch(() => {}), 20);
  try {
    const told = /^error: the first line \(.*\) did not come within 0\.2 s\n$/;
    assertMatch(await hear(silent), told);
    assertMatch(await hear(slow), told);
  } finally {
    clearInterval(trickle);
  }
  assertEquals(box.names(), []);
});

Deno.test("dropService() keeps nothing when the frame's time is over", async () => {
  await using box = await dropServer({ idleTimeout: 200 });
  using conn = await connect(box);
  await say(conn, "a\nhalf");
  await until(() => box.names().length > 0);
  assertEquals(await hear(conn).catch(() => ""), "");
  await until(() => box.names().length === 0);
});

Deno.test("dropService() leaves no part of an upload behind when the server stops", async () => {
  await using box = await dropServer({ grace: 100 });
  using conn = await connect(box);
  await say(conn, "a\nhalf");
  await until(() => box.names().length > 0);
  await box.stop();
  assertEquals(box.names(), []);
});

Deno.test("dropService() follows no link out of its folder, and writes through none", async () => {
  await using box = await dropServer({ overwrite: true });
  Deno.writeTextFileSync(`${box.beside}/secret`, "secret");
  Deno.symlinkSync(`${box.beside}/secret`, `${box.folder}/link`);
  Deno.symlinkSync(`${box.beside}/new`, `${box.folder}/broken`);
  Deno.symlinkSync("real", `${box.folder}/inside`);
  Deno.writeTextFileSync(`${box.folder}/real`, "real");
  await assertRejects(() => fetched(box.target, "link"), DropError, "no such");
  assertEquals(
    new TextDecoder().decode(await fetched(box.target, "inside")),
    "real",
  );
  for (const name of ["link", "broken"]) {
    await assertRejects(
      () => dropPut(box.target, name, bytesOf(3), LIMITS),
      DropError,
      `${name}: leads elsewhere; choose another name`,
    );
  }
  assertEquals(Deno.readTextFileSync(`${box.beside}/secret`), "secret");
  assertEquals(Array.from(Deno.readDirSync(box.beside)).length, 1);
  const entries = await Array.fromAsync(dropDir(box.target, LIMITS));
  assert(entries.every(({ name }) => name !== "broken" && name !== "link"));
});

Deno.test("dropService() says that its folder is gone, and serves it when it is back", async () => {
  await using box = await dropServer();
  const put = () => dropPut(box.target, "a", bytesOf(3), LIMITS);
  Deno.removeSync(box.folder);
  await assertRejects(put, DropError, "a: the server's folder is gone");
  await assertRejects(
    () => Array.fromAsync(dropDir(box.target, LIMITS)),
    DropError,
    "dir: the server's folder is gone",
  );
  Deno.mkdirSync(box.folder);
  assertEquals(await put(), 3);
});

Deno.test("dropPut() says that nobody listens, or that the host has no such socket", async () => {
  const hostname = "127.0.0.1";
  const target = { transport: "tcp", hostname, port: CLOSED_PORT } as const;
  const error = await dropPut(target, "a", bytesOf(3), LIMITS)
    .catch((error) => error);
  assert(error instanceof ServiceError);
  assertMatch(error.message, /connection refused; is a server listening\?/);
  const unix = { transport: "unix", path: "/nonexistent/sock" } as const;
  await assertRejects(
    () => Array.fromAsync(dropDir(unix, LIMITS)),
    ServiceError,
    "there is no such socket",
  );
});
