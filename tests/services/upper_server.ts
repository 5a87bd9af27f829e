/**
 * Small servers on sockets of this machine, and plain connections to them.
 *
 * @module
 */

import { assertEquals, assertRejects, fail } from "@std/assert";
import type { Bytes } from "../../lib/bytes.ts";
import { createLog } from "../../lib/log.ts";
import type { Service } from "../../lib/net/service.ts";
import { serveTcp, type TcpContext } from "../../lib/net/tcp.ts";
import { serveUdp, type UdpHandler } from "../../lib/net/udp.ts";
import { within } from "../../lib/net/wait.ts";
import { readLimits } from "../../server/service/options.ts";
import { serveEndpoints } from "../../server/service/serve.ts";
import { ServiceError } from "../../client/service/errors.ts";
import type {
  TcpTarget,
  UdpTarget,
  UnixTarget,
} from "../../client/service/target.ts";

/** Longest wait for anything that should happen at once, in milliseconds. */
const SOON = 15_000;

/** A service at every kind of address. */
export interface EverywhereServer extends AsyncDisposable {
  readonly tcp: TcpTarget;
  readonly udp: UdpTarget;
  readonly unix: UnixTarget;
  /** What it logged so far. */
  readonly log: readonly string[];
  /** Stops it. Safe to call more than once. */
  stop(): Promise<void>;
}

/** Serves on free ports of the loopback and on a socket in a fresh folder. */
export async function serveEverywhere(
  service: Service,
  { grace = 1000 }: { grace?: number } = {},
): Promise<EverywhereServer> {
  const folder = Deno.makeTempDirSync({ prefix: "wharf-" });
  const unix = { transport: "unix", path: `${folder}/sock` } as const;
  const log: string[] = [];
  const serving = await serveEndpoints({
    endpoints: [
      { at: { transport: "tcp", ...LOOPBACK }, service: "it" },
      { at: { transport: "udp", ...LOOPBACK }, service: "it" },
      { at: unix, service: "it" },
    ],
    services: { it: service },
    limits: readLimits({ rate: "off", allow: [], deny: [], grace }),
    log: createLog({ format: "text", write: (line) => log.push(line) }),
  });
  const [tcp, udp] = serving.addresses;
  if (tcp?.transport !== "tcp" || udp?.transport !== "udp") fail("addresses");
  let stopped: Promise<void> | null = null;
  const stop = () => stopped ??= serving.stop();
  return {
    tcp: { ...tcp, transport: "tcp" },
    udp: { ...udp, transport: "udp" },
    unix,
    log,
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
      Deno.removeSync(folder, { recursive: true });
      assertEquals(log.filter((line) => / ERROR /.test(line)), []);
    },
  };
}

/** Settles as `promise` does, or fails the test. */
export async function soon<T>(promise: Promise<T>, what: string): Promise<T> {
  const late = Symbol();
  const result = await within(promise, SOON, late);
  return result === late
    ? fail(`${what} did not happen within ${SOON / 1000} s`)
    : result as T;
}

/** Everything a connection says until its end, in parts that are taken. */
export async function readToEnd(
  conn: Pick<Deno.Conn, "read">,
  take: (part: Bytes) => void,
): Promise<void> {
  const buffer = new Uint8Array(65_536);
  for (;;) {
    const count = await soon(conn.read(buffer), "a read");
    if (count === null) return;
    take(buffer.subarray(0, count));
  }
}

/** The same as text. */
export async function textToEnd(
  conn: Pick<Deno.Conn, "read">,
): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  await readToEnd(
    conn,
    (part) => text += decoder.decode(part, { stream: true }),
  );
  return text + decoder.decode();
}

/** Reads until `length` characters came. */
export async function readText(
  conn: Pick<Deno.Conn, "read">,
  length: number,
): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  while (text.length < length) {
    const buffer = new Uint8Array(length - text.length);
    const count = await soon(conn.read(buffer), `${length} characters`);
    if (count === null) fail(`the connection ended after "${text}"`);
    text += decoder.decode(buffer.subarray(0, count), { stream: true });
  }
  return text;
}

/** Any port of this machine. */
export const LOOPBACK = { hostname: "127.0.0.1", port: 0 };
/** Longest wait for an answer that must come. */
export const TIMEOUT = 10_000;

/** A server of our own that does something else than upperd. */
export async function tcpServer(
  handler: (conn: Deno.Conn, context: TcpContext) => Promise<void>,
): Promise<{ target: TcpTarget } & AsyncDisposable> {
  const server = await serveTcp(handler, {
    listen: [{ transport: "tcp", ...LOOPBACK }],
    grace: 0,
  });
  return {
    target: server.addresses[0] as TcpTarget,
    [Symbol.asyncDispose]: () => server.stop(),
  };
}

/** The same over UDP. */
export async function udpServer(
  handler: UdpHandler,
): Promise<{ target: UdpTarget } & AsyncDisposable> {
  const server = await serveUdp(handler, { listen: [LOOPBACK], mayGrow: true });
  return {
    target: { transport: "udp", ...server.addresses[0]! },
    [Symbol.asyncDispose]: () => server.stop(),
  };
}

/** Takes everything that a connection sends. */
export async function drain(conn: Deno.Conn): Promise<void> {
  const buffer = new Uint8Array(65_536);
  while (await conn.read(buffer) !== null);
}

/** Says and does nothing until the server is stopped. */
export function standStill({ stopping }: TcpContext): Promise<void> {
  return new Promise((resolve) =>
    stopping.addEventListener("abort", () => resolve())
  );
}

/** The error that `running` must end with. */
export async function failure(
  running: Promise<unknown>,
): Promise<ServiceError> {
  return await assertRejects(() => running, ServiceError);
}
