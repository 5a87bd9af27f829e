import { assert, assertEquals, assertRejects } from "@std/assert";
import { type ClientConn, connectTo } from "../../client/service/connect.ts";
import { ServiceError } from "../../client/service/errors.ts";
import type { StreamTarget } from "../../client/service/target.ts";
import { writeAll } from "../../lib/bytes.ts";
import { CLOSED_PORT } from "../net/ports.ts";

const LIMITS = { timeout: 5000 };

/** Why a connection to `target` fails. */
async function failure(
  target: StreamTarget,
  limits: Parameters<typeof connectTo>[1] = LIMITS,
): Promise<string> {
  const error = await assertRejects(() => connectTo(target, limits));
  return String((error as Error).message);
}

Deno.test("connectTo() exchanges bytes over TCP and ends our side alone", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  const target = { transport: "tcp", hostname: "127.0.0.1", port } as const;
  const conn = await connectTo(target, LIMITS);
  assertEquals(conn.remote, `127.0.0.1:${port}`);
  using server = await listener.accept();
  await writeAll(conn, new Uint8Array([1, 2, 3]));
  await conn.closeWrite();
  const buffer = new Uint8Array(10);
  assertEquals(await server.read(buffer), 3);
  assertEquals(await server.read(buffer), null);
  await server.write(new Uint8Array([4]));
  assertEquals(await conn.read(buffer), 1);
  conn.close();
  conn.close();
});

Deno.test("connectTo() reaches a Unix socket by its path", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/echo.sock`;
    using listener = Deno.listen({ transport: "unix", path });
    const conn = await connectTo({ transport: "unix", path }, LIMITS);
    assertEquals(conn.remote, path);
    (await listener.accept()).close();
    assertEquals(await conn.read(new Uint8Array(1)), null);
    conn.close();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("connectTo() tries all addresses of a name", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  const target = { transport: "tcp", hostname: "localhost", port } as const;
  const conn = await connectTo(target, LIMITS);
  assertEquals(conn.remote, `127.0.0.1:${port}`);
  conn.close();
  (await listener.accept()).close();
});

Deno.test("connectTo() says that nobody listens", async () => {
  const port = CLOSED_PORT;
  const tcp = { transport: "tcp", hostname: "127.0.0.1", port } as const;
  const why = "connection refused; is a server listening?";
  assertEquals(
    await failure(tcp),
    `cannot connect to 127.0.0.1:${port} (tcp): ${why}`,
  );
  const named = { ...tcp, hostname: "localhost" };
  assertEquals(
    await failure(named),
    `cannot connect to localhost:${port} (tcp): ${why}`,
  );
});

Deno.test("connectTo() says that a host has no address", async () => {
  const target = {
    transport: "tcp",
    hostname: "nosuch.invalid",
    port: 7,
  } as const;
  assertEquals(
    await failure(target),
    "cannot connect to nosuch.invalid:7 (tcp): no such host; check the name's spelling",
  );
});

Deno.test("connectTo() says what is wrong with a Unix socket's path", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/missing.sock`;
    assertEquals(
      await failure({ transport: "unix", path }),
      `cannot connect to ${path} (unix): there is no such socket; is a server listening?`,
    );
    const long = `${folder}/${"x".repeat(120)}`;
    const why = await failure({ transport: "unix", path: long });
    assert(
      why.endsWith(
        `has ${long.length} bytes and may have 107; choose a shorter one`,
      ),
      why,
    );
    await Deno.writeTextFile(`${folder}/file`, "");
    const file = await failure({ transport: "unix", path: `${folder}/file` });
    assert(file.endsWith("connection refused; is a server listening?"), file);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("connectTo() ends with the reason of its signal", async () => {
  const port = CLOSED_PORT;
  const target = { transport: "tcp", hostname: "127.0.0.1", port } as const;
  const reason = new Error("enough");
  const limits = { timeout: 5000, signal: AbortSignal.abort(reason) };
  assertEquals(await assertRejects(() => connectTo(target, limits)), reason);
});

Deno.test("connectTo() gives up in time where nobody answers", async () => {
  // Once its queue is full, a listener that accepts nobody leaves the others
  // without an answer.
  const at = { hostname: "127.0.0.1", port: 0 };
  using listener = Deno.listen({ ...at, tcpBacklog: 1 } as typeof at);
  const { port } = listener.addr;
  const target = { transport: "tcp", hostname: "127.0.0.1", port } as const;
  const held: ClientConn[] = [];
  try {
    const error = await assertRejects(async () => {
      while (held.length < 5000) {
        held.push(await connectTo(target, { timeout: 300 }));
      }
    }, ServiceError);
    assertEquals(error.kind, "timeout");
    assertEquals(
      error.message,
      `cannot connect to 127.0.0.1:${port} (tcp): no answer in 0.3 s`,
    );
  } finally {
    for (const conn of held) conn.close();
  }
});

Deno.test("a connection says in our words that the server broke it off", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  const target = { transport: "tcp", hostname: "127.0.0.1", port } as const;
  const conn = await connectTo(target, LIMITS);
  (await listener.accept()).close();
  // The first bytes are what the system resets the connection for.
  const error = await assertRejects(async () => {
    for (let tries = 0; tries < 1000; tries++) {
      await conn.write(new Uint8Array(1000));
    }
  }, ServiceError);
  assertEquals(
    error.message,
    `cannot write to 127.0.0.1:${port} (tcp): the server broke the connection off`,
  );
  assertEquals(error.kind, "closed");
  conn.close();
});
