/**
 * The frame of tests of `lib/net/tls` with other people's TLS: certificates as
 * files, our server on a socket, and theirs.
 *
 * @module
 */

import { fail } from "@std/assert";
import type { Bytes } from "../../lib/bytes.ts";
import { type Stream, streamOf } from "../../lib/net/stream.ts";
import { noTls } from "../../lib/net/tls/ability.ts";
import { serverTls } from "../../lib/net/tls/server.ts";
import {
  type ServerTlsOptions,
  TlsError,
  type TlsFacts,
  type TlsStream,
} from "../../lib/net/tls/stream.ts";
import { within } from "../../lib/net/wait.ts";
import { testCertificates } from "../tls_certificates.ts";
import { isInstalled } from "./program.ts";

/** A test in a folder with `ca.pem`, `server.pem`, `server.key` and their kin. */
export function libraryTest(
  program: string,
  name: string,
  action: (folder: string) => Promise<void>,
): void {
  const missing = noTls() ??
    (isInstalled(program) ? null : `${program} is not installed`);
  Deno.test({
    name: missing === null ? name : `${name} (SKIPPED: ${missing})`,
    ignore: missing !== null,
    async fn() {
      const folder = await Deno.makeTempDir({ prefix: "wharf-tls-" });
      try {
        await writeCertificates(folder);
        await action(folder);
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}

async function writeCertificates(folder: string): Promise<void> {
  const all = Object.entries(await testCertificates());
  for (const [name, { cert, key }] of all) {
    await Deno.writeTextFile(`${folder}/${name}.pem`, cert);
    await Deno.writeTextFile(`${folder}/${name}.key`, key);
  }
}

/** What became of a connection to our server. */
export interface Served {
  /** How it was protected, when it was. */
  readonly facts?: TlsFacts;
  /** How the other end ended. */
  readonly end?: string;
  /** What went wrong. */
  readonly error?: string;
}

/** Our server, which answers with what it gets. */
export interface EchoServer extends AsyncDisposable {
  readonly port: number;
  /** What became of the next connection, in their order. */
  next(): Promise<Served>;
}

/** Does something with a connection whose handshake is done. */
export type Action = (stream: TlsStream) => Promise<void>;

/** Starts our server on the loopback. */
export async function startEcho(
  options: Partial<ServerTlsOptions> = {},
  action: Action = echo,
): Promise<EchoServer> {
  const { server } = await testCertificates();
  const tls = serverTls({ certificates: [server], ...options });
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const served: Promise<Served>[] = [];
  const waiting: ((one: Promise<Served>) => void)[] = [];
  async function serve(stream: Stream): Promise<Served> {
    let secured: TlsStream | undefined;
    try {
      secured = await tls.secure(stream, AbortSignal.timeout(20_000));
      await action(secured);
      return { facts: secured.facts, end: secured.end };
    } catch (error) {
      const told = error instanceof TlsError ? error.message : `${error}`;
      return secured ? { facts: secured.facts, error: told } : { error: told };
    } finally {
      secured?.close();
    }
  }
  const accepting = (async () => {
    for await (const conn of listener) {
      const one = serve(streamOf(conn));
      const waiter = waiting.shift();
      if (waiter) waiter(one);
      else served.push(one);
    }
  })();
  return {
    port: listener.addr.port,
    next() {
      const one = served.shift() ?? new Promise<Served>((resolve) => {
        waiting.push((served) => resolve(served));
      });
      return soon(one, "the end of a connection");
    },
    async [Symbol.asyncDispose]() {
      listener.close();
      await accepting;
    },
  };
}

/** Sends back what comes, until the end. */
export async function echo(stream: TlsStream): Promise<void> {
  const buffer: Bytes = new Uint8Array(65_536);
  for (let count; (count = await stream.read(buffer)) !== null;) {
    for (let at = 0; at < count;) {
      at += await stream.write(buffer.subarray(at, count));
    }
  }
  await stream.closeWrite();
}

/** Settles as `promise` does, or fails the test after 20 s. */
export async function soon<T>(promise: Promise<T>, what: string): Promise<T> {
  const late = Symbol();
  const result = await within(promise, 20_000, late);
  return result === late
    ? fail(`${what} did not happen within 20 s`)
    : result as T;
}

/** Connects to a port of the loopback. */
export async function dial(port: number): Promise<Stream> {
  return streamOf(await Deno.connect({ hostname: "127.0.0.1", port }));
}
