/**
 * A DNS server on this machine that says what a test wants, over UDP and TCP.
 *
 * @module
 */

import { assert } from "@std/assert";
import { type Bytes, writeAll } from "../../lib/bytes.ts";
import type { HostPort } from "../../lib/host_port.ts";
import { serveTcp } from "../../lib/net/tcp.ts";
import { serveUdp } from "../../lib/net/udp.ts";
import { readExactly } from "../../client/service/connect.ts";
import { askedIn } from "../core/lookup_dns_zone.ts";

/** What a server answers: bytes, or nothing. */
export type DnsAnswerer = (question: Bytes) => Bytes | null;

/** Options for {@linkcode startDns}. */
export interface DnsOptions {
  /** What it answers over TCP. @default the same as over UDP */
  readonly tcp?: DnsAnswerer;
}

/** A running server. Disposing of it stops it. */
export interface DnsServer extends AsyncDisposable {
  /** Where it is, for UDP and TCP. */
  readonly address: HostPort;
  /** The same as text: `127.0.0.1:5353`. */
  readonly text: string;
  /** What it was asked, such as `udp a.test A`. */
  readonly asked: string[];
}

const HOSTNAME = "127.0.0.1";
/** Another program may take the port of UDP on TCP. */
const MOST_TRIES = 20;

/** Starts a server on a free port. */
export async function startDns(
  udp: DnsAnswerer,
  { tcp = udp }: DnsOptions = {},
): Promise<DnsServer> {
  const asked: string[] = [];
  for (let left = MOST_TRIES;; left--) {
    const datagrams = await serveUdp((question) => {
      asked.push(`udp ${askedIn(question)}`);
      return udp(question.slice());
    }, {
      listen: [{ hostname: HOSTNAME, port: 0 }],
      mayGrow: true,
      rate: null,
      grace: 0,
    });
    const address = datagrams.addresses[0]!;
    const streams = await startStreams(address, tcp, asked);
    if (streams !== null) {
      return {
        address,
        text: `${HOSTNAME}:${address.port}`,
        asked,
        async [Symbol.asyncDispose]() {
          await streams[Symbol.asyncDispose]();
          await datagrams[Symbol.asyncDispose]();
        },
      };
    }
    await datagrams[Symbol.asyncDispose]();
    assert(left > 0, "no port is free for both UDP and TCP");
  }
}

async function startStreams(
  { hostname, port }: HostPort,
  answer: DnsAnswerer,
  asked: string[],
): Promise<AsyncDisposable | null> {
  const listen = [{ transport: "tcp", hostname, port } as const];
  return await serveTcp(async (conn) => {
    const limits = { timeout: 10_000 };
    const [high = 0, low = 0] = await readExactly(conn, 2, limits);
    const question = await readExactly(conn, high << 8 | low, limits);
    asked.push(`tcp ${askedIn(question)}`);
    const reply = answer(question);
    if (reply === null) return;
    const { length } = reply;
    await writeAll(conn, new Uint8Array([length >> 8, length, ...reply]));
  }, { listen, grace: 0 }).catch(() => null);
}
