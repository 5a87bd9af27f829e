/**
 * TLS between two ends of a connection in memory.
 *
 * @module
 */
import { fail } from "@std/assert";
import type { Bytes } from "../../lib/bytes.ts";
import type { Stream } from "../../lib/net/stream.ts";
import { noTls } from "../../lib/net/tls/ability.ts";
import { clientTls } from "../../lib/net/tls/client.ts";
import type { DuplexListener } from "../../lib/net/tls/duplex.ts";
import { serverTls } from "../../lib/net/tls/server.ts";
import type {
  ClientTls,
  ServerTls,
  ServerTlsOptions,
  TlsStream,
  TrustOptions,
} from "../../lib/net/tls/stream.ts";
import { within } from "../../lib/net/wait.ts";
import { testCertificates } from "../tls_certificates.ts";
import { connection, type ConnectionOptions, type End } from "./tls_ends.ts";

export { connection, type End };

const NO_TLS = noTls();

/** A test that needs TLS; where there is none, its name says so. */
export function tlsTest(name: string, fn: () => Promise<void>): void {
  const ignore = NO_TLS !== null;
  Deno.test({
    name: ignore ? `${name} (SKIPPED: ${NO_TLS})` : name,
    ignore,
    fn,
  });
}

/** Both versions of TLS. */
export const VERSIONS = ["TLSv1.2", "TLSv1.3"] as const;

/** Settles as `promise` does, or fails the test after 10 s. */
export async function soon<T>(promise: Promise<T>, what: string): Promise<T> {
  const late = Symbol();
  const result = await within(promise, 10_000, late);
  return result === late
    ? fail(`${what} did not happen within 10 s`)
    : result as T;
}

/** Does not listen to a connection. */
export const NOBODY: DuplexListener = {
  ended: () => {},
  readFailed: () => {},
  writeFailed: () => {},
};

/** Never aborts. */
export const PATIENT: AbortSignal = new AbortController().signal;

/** What {@linkcode secured} makes. */
export interface Secured {
  readonly client: TlsStream;
  readonly server: TlsStream;
  /** The client's end of the connection below. */
  readonly clientEnd: End;
  /** The server's. */
  readonly serverEnd: End;
  readonly clientTls: ClientTls;
  readonly serverTls: ServerTls;
  /** Closes both. */
  [Symbol.dispose](): void;
}

/** Options for {@linkcode secured}. */
export interface SecuredOptions extends ConnectionOptions {
  readonly trust?: TrustOptions;
  readonly server?: Partial<ServerTlsOptions>;
  readonly host?: string;
}

/** A client and a server that have shaken hands. */
export async function secured(options: SecuredOptions = {}): Promise<Secured> {
  const { trust = { insecure: true }, host = "localhost" } = options;
  const [clientEnd, serverEnd] = connection(options);
  const ours = clientTls(host, trust);
  const theirs = await testServer(options.server);
  const [client, server] = await soon(
    Promise.all([
      ours.control(clientEnd, PATIENT),
      theirs.secure(serverEnd, PATIENT),
    ]),
    "the handshake",
  );
  return {
    client,
    server,
    clientEnd,
    serverEnd,
    clientTls: ours,
    serverTls: theirs,
    [Symbol.dispose]() {
      ours.close();
      client.close();
      server.close();
    },
  };
}

/** A server with the certificate for localhost. */
export async function testServer(
  options: Partial<ServerTlsOptions> = {},
): Promise<ServerTls> {
  const { server } = await testCertificates();
  return serverTls({ certificates: [server], ...options });
}

/** Reads so many bytes. */
export async function readBytes(stream: Stream, count: number): Promise<Bytes> {
  const bytes = new Uint8Array(count);
  for (let at = 0; at < count;) {
    const n = await soon(stream.read(bytes.subarray(at)), "a read");
    if (n === null) fail(`the end after ${at} of ${count} bytes`);
    at += n;
  }
  return bytes;
}

/** Reads the end. */
export async function readEnd(stream: Stream): Promise<void> {
  const count = await soon(stream.read(new Uint8Array(64)), "the end");
  if (count !== null) fail(`${count} bytes instead of the end`);
}

/** Resolves when all that is about to happen in this process has happened. */
export async function calm(): Promise<void> {
  for (let turns = 0; turns < 200; turns++) {
    await new Promise((resolve) => void setImmediate(resolve));
  }
}

/** Writes until a write waits for the other end to read. */
export async function pendingWrite(
  stream: Stream,
): Promise<{ write: Promise<number>; written: number }> {
  for (let written = 0; written < 100_000_000;) {
    let isDone = false;
    const write = stream.write(new Uint8Array(65_536));
    write.then((count) => {
      written += count;
      isDone = true;
    }, () => {});
    for (let turns = 0; turns < 200 && !isDone; turns++) {
      await new Promise((resolve) => void setImmediate(resolve));
    }
    if (!isDone) return { write, written };
  }
  fail("a write never waits");
}
