/**
 * What DNS says, asked directly.
 *
 * Not through the runtime's own resolver: that one takes names from the hosts
 * file first, so it could not show that the two differ, and it tells a name
 * that does not exist from a server that fails as little as from one that
 * refuses.
 *
 * @module
 */

import type { HostPort } from "../../../lib/host_port.ts";
import { formatHostPort } from "../../../lib/net/address.ts";
import type { WaitLimits } from "../../service/in_time.ts";
import {
  codeName,
  type DnsRecord,
  type DnsReply,
  type RecordType,
} from "./message.ts";
import { DnsFormatError, sameName } from "./name.ts";
import { askServer, type DnsWire } from "./wire.ts";

/** Whom to ask, and what for. */
export interface DnsOptions extends WaitLimits {
  /** Servers, in order; the next one is asked when one has no answer. */
  readonly servers: readonly HostPort[];
  /** How to reach them. */
  readonly wire: DnsWire;
}

/** What DNS says about a name. */
export interface DnsAnswer {
  /** `none` when there is such a name, but nothing of this kind. */
  readonly status: "found" | "none" | "no such name";
  /** The name that was asked about, and those it is an alias of, in turn. */
  readonly chain: readonly string[];
  /** What was found, without doubles. */
  readonly records: readonly DnsRecord[];
  /** Who said so, such as `192.0.2.53:53`. */
  readonly server: string;
}

/** No server has an answer. */
export class DnsServerError extends Error {
  /** Says what the last one said. */
  constructor(message: string) {
    super(message);
    this.name = "DnsServerError";
  }
}

const NO_ERROR = 0;
const NO_SUCH_NAME = 3;
/** More aliases than anybody has in a row. */
const MOST_ALIASES = 16;

/**
 * Asks for the records of `name` of one kind. `timeout` is for all servers
 * together.
 *
 * @throws {DnsServerError} when the last server failed or refused,
 * {@linkcode ServiceError} when it could not be reached in time, and
 * {@linkcode DnsFormatError} when what it said makes no sense, or `name` cannot
 * be a name.
 *
 * @example
 * ```ts
 * import { askDns } from "./resolver.ts";
 * import { SOCKET_WIRE } from "./wire.ts";
 * const options = { servers: [], wire: SOCKET_WIRE, timeout: 2000 };
 * const why = await askDns("a.test", "A", options).catch((error) => error);
 * console.assert(why.message === "no server is known");
 * ```
 */
export async function askDns(
  name: string,
  type: RecordType,
  options: DnsOptions,
): Promise<DnsAnswer> {
  const { reply, server } = await askServers(name, type, options);
  const { chain, records } = follow(reply.records, name, type);
  const empty = reply.code === NO_SUCH_NAME ? "no such name" : "none";
  return {
    status: records.length > 0 ? "found" : empty,
    chain,
    records,
    server,
  };
}

async function askServers(
  name: string,
  type: RecordType,
  { servers, wire, timeout, signal }: DnsOptions,
): Promise<{ reply: DnsReply; server: string }> {
  const end = performance.now() + timeout;
  let why: unknown = new DnsServerError("no server is known");
  for (const [at, server] of servers.entries()) {
    const left = Math.max(1, end - performance.now());
    const timeout = Math.ceil(left / (servers.length - at));
    const where = formatHostPort(server.hostname, server.port);
    try {
      const reply = await askServer(wire, server, name, type, {
        timeout,
        signal,
      });
      if (isAnswer(reply)) return { reply, server: where };
      why = new DnsServerError(`${where} answers ${codeName(reply.code)}`);
    } catch (error) {
      why = error;
    }
  }
  throw why;
}

function isAnswer({ code }: DnsReply): boolean {
  return code === NO_ERROR || code === NO_SUCH_NAME;
}

/**
 * The records of `name`, or of what it is an alias of. Names of which nobody
 * asked are not looked at, whatever the answer says about them.
 *
 * @throws {DnsFormatError} when the aliases lead in circles, or there are more
 * than 16 in a row.
 *
 * @example
 * ```ts
 * import { follow } from "./resolver.ts";
 * const { chain } = follow([
 *   { name: "www.a.test", type: "CNAME", ttl: 60, value: "a.test" },
 *   { name: "a.test", type: "A", ttl: 60, value: "192.0.2.1" },
 * ], "www.a.test", "A");
 * console.assert(chain.join(" ") === "www.a.test a.test");
 * ```
 */
export function follow(
  all: readonly DnsRecord[],
  name: string,
  type: RecordType,
): { chain: string[]; records: DnsRecord[] } {
  const chain = [name.replace(/\.$/, "")];
  for (;;) {
    const here = all.filter((record) => sameName(record.name, chain.at(-1)!));
    const records = here.filter((record) => record.type === type);
    const alias = here.find((record) => record.type === "CNAME");
    if (records.length > 0 || !alias) {
      return { chain, records: withoutDoubles(records) };
    }
    const isCircle = chain.some((each) => sameName(each, alias.value));
    chain.push(alias.value);
    if (isCircle) {
      throw new DnsFormatError(
        `aliases lead in circles: ${chain.join(" -> ")}`,
      );
    }
    if (chain.length > MOST_ALIASES) {
      throw new DnsFormatError(`more than ${MOST_ALIASES} aliases in a row`);
    }
  }
}

function withoutDoubles(records: readonly DnsRecord[]): DnsRecord[] {
  return [...new Map(records.map((record) => [record.value, record])).values()];
}
