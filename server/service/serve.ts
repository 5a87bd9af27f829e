/**
 * Serving the endpoints of a small server: one accept or receive loop each,
 * one set of limits and counters for all of them.
 *
 * @module
 */

import type { HostPort } from "../../lib/host_port.ts";
import type { Fields, Log } from "../../lib/log.ts";
import { closeGently } from "../../lib/net/close.ts";
import { accessRules } from "../../lib/net/cidr.ts";
import { ListenError } from "../../lib/net/listen_error.ts";
import type { Service } from "../../lib/net/service.ts";
import { serveTcp, type TcpServer } from "../../lib/net/tcp.ts";
import { serveUdp, type UdpServer } from "../../lib/net/udp.ts";
import { serveConnection } from "./connection.ts";
import {
  datagramFields,
  streamCounters,
  streamFields as fieldsOf,
} from "./counters.ts";
import { Deadlines, QUIET } from "./deadlines.ts";
import { doorOf } from "./door.ts";
import type { Limits } from "./options.ts";
import type { Address, Endpoint } from "./program.ts";

/** Attempts to find a port that is free for TCP and for UDP. */
const PAIR_ATTEMPTS = 20;
/** Milliseconds for a peer to take the last bytes and end its side. */
const LAST_BYTES = 1000;

/** What {@linkcode serveEndpoints} goes by. */
export interface ServeOptions {
  /** Where to serve what; hosts are numeric. */
  readonly endpoints: readonly Endpoint[];
  /** The services by name. */
  readonly services: Readonly<Record<string, Service>>;
  /** What holds for all of them together. */
  readonly limits: Limits;
  /** Where events are told. */
  readonly log: Log;
}

/** Endpoints being served. */
export interface Serving {
  /** Where, in the order of the endpoints, with real ports. */
  readonly addresses: readonly Address[];
  /** Tells the log what was counted so far. */
  tell(): void;
  /** Stops all of them, in good order. */
  stop(): Promise<void>;
}

/**
 * Serves every endpoint. Resolves when all sockets are bound.
 *
 * @throws {ListenError} If one fails; then none is left open.
 */
export async function serveEndpoints(options: ServeOptions): Promise<Serving> {
  const opener = openerOf(options);
  for (let attempt = 1;; attempt++) {
    const servers: (TcpServer | UdpServer)[] = [];
    try {
      for (const [index, endpoint] of options.endpoints.entries()) {
        const pair = pairedPort(options.endpoints, index, servers[index - 1]);
        servers.push(await opener.open(endpoint, pair));
      }
      return servingOf(servers, options, opener);
    } catch (error) {
      await Promise.all(servers.map((server) => server.stop()));
      if (!isPairTrouble(error, options) || attempt === PAIR_ATTEMPTS) {
        throw error;
      }
    }
  }
}

/** The port that the TCP half of a pair got, for its UDP half. */
function pairedPort(
  endpoints: readonly Endpoint[],
  index: number,
  before: TcpServer | UdpServer | undefined,
): number | null {
  const [tcp, udp] = [endpoints[index - 1], endpoints[index]];
  const isPair = tcp?.at.transport === "tcp" && udp?.at.transport === "udp" &&
    tcp.service === udp.service && tcp.at.hostname === udp.at.hostname &&
    tcp.at.port === 0 && udp.at.port === 0;
  const [address] = before?.addresses ?? [];
  return isPair && address && "port" in address ? address.port : null;
}

/** The free TCP port was not free for UDP: another one may be. */
function isPairTrouble(error: unknown, { endpoints }: ServeOptions): boolean {
  return error instanceof ListenError && error.kind === "in-use" &&
    endpoints.some(({ at }) => at.transport === "udp" && at.port === 0);
}

function openerOf({ services, limits, log }: ServeOptions) {
  const counters = streamCounters();
  const deadlines = new Deadlines(limits);
  const door = doorOf(limits, counters, log);
  const allows = accessRules(limits);
  const ownPorts = new Set<number>();
  const onError = (error: unknown, what: string) =>
    log.error("failed", { what, reason: reasonOf(error) });

  function openStream(
    at: Address & { transport: "tcp" | "unix" },
    service: Service,
  ): Promise<TcpServer> {
    const frame = { service, deadlines, counters, log };
    return serveTcp(async (conn, context) => {
      const ended = await serveConnection(conn, context, frame);
      // What is unread would make closing a reset, which overtakes the answer.
      if (ended.ending !== "done" || ended.heardAll) return;
      await closeGently(conn, LAST_BYTES, { signal: context.signal });
    }, {
      listen: [at as Parameters<typeof serveTcp>[1]["listen"][number]],
      admission: door,
      grace: limits.grace,
      onError,
      onRefused: async (conn, refusal) => {
        const line = service.refusal?.(refusal);
        if (line) await conn.write(new TextEncoder().encode(line));
      },
    });
  }

  function openDatagrams(
    { hostname, port }: HostPort,
    service: Service,
    silent: boolean,
  ): Promise<UdpServer> {
    return serveUdp(service.datagram ?? (() => null), {
      listen: [{ hostname, port }],
      mayGrow: service.mayGrow ?? false,
      silent,
      rate: limits.rate,
      ownPorts,
      allows,
      allowServicePorts: limits.allowServicePorts,
      grace: limits.grace,
      onError,
      onDropped: (reason, { hostname, port }) =>
        log.warn("dropped", { peer: hostname, port, why: reason }),
      onLoop: ({ hostname, port }) =>
        log.warn("possible-loop", { peer: hostname, port }),
    });
  }

  return {
    streamFields: () => fieldsOf(counters),
    hurry: () => deadlines.hurry(QUIET),
    open(
      { at, service: name, silent = false }: Endpoint,
      paired: number | null,
    ): Promise<TcpServer | UdpServer> {
      const service = services[name];
      if (!service) throw new TypeError(`There is no service "${name}"`);
      if (at.transport !== "udp") {
        return openStream(at as Address & { transport: "tcp" }, service);
      }
      const { hostname, port } = at;
      const bound = { hostname, port: paired ?? port };
      return openDatagrams(bound, service, silent);
    },
  };
}

function servingOf(
  servers: readonly (TcpServer | UdpServer)[],
  { endpoints, services, log }: ServeOptions,
  { streamFields, hurry }: ReturnType<typeof openerOf>,
): Serving {
  const addresses = servers.map((server, index) =>
    boundTo(endpoints[index]!.at, server.addresses[0]!)
  );
  const udp = servers.filter((server) => "counters" in server);
  const hasStreams = endpoints.some(({ at }) => at.transport !== "udp");
  return {
    addresses,
    tell: () =>
      log.info("counters", {
        ...hasStreams ? streamFields() : {},
        ...udp.length > 0
          ? datagramFields(udp.map(({ counters }) => counters))
          : {},
        ...ownCounters(services),
      }),
    async stop() {
      const stopped = servers.map((server) => server.stop());
      hurry();
      await Promise.all(stopped);
      for (const service of Object.values(services)) await service.close?.();
    },
  };
}

/** The endpoint's own words (the runtime forgets zones), and the real port. */
function boundTo(
  at: Address,
  bound: (TcpServer | UdpServer)["addresses"][number],
): Address {
  return at.transport === "unix" || !("port" in bound)
    ? at
    : { ...at, port: bound.port };
}

function ownCounters(services: Readonly<Record<string, Service>>): Fields {
  return Object.assign(
    {},
    ...Object.values(services).map((service) => service.counters?.() ?? {}),
  );
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
