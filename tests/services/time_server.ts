/**
 * Servers for the tests of the time clients: ours, and some that misbehave.
 *
 * @module
 */

import type { Target } from "../../client/service/target.ts";
import { type Bytes, writeAll } from "../../lib/bytes.ts";
import { createLog } from "../../lib/log.ts";
import { serveTcp } from "../../lib/net/tcp.ts";
import type { Service } from "../../lib/net/service.ts";
import { serveUdp } from "../../lib/net/udp.ts";
import { readLimits } from "../../server/service/options.ts";
import { serveEndpoints } from "../../server/service/serve.ts";

/** Any free port of this machine. */
const HERE = { hostname: "127.0.0.1", port: 0 } as const;

/** A service being served at one port over TCP and UDP. */
export interface Served extends AsyncDisposable {
  /** Where, over TCP. */
  readonly tcp: Target;
  /** Where, over UDP. */
  readonly udp: Target;
}

/** Serves `service` as `timed` does. */
export async function serve(
  service: Service,
  hostname = "127.0.0.1",
): Promise<Served> {
  const serving = await serveEndpoints({
    endpoints: (["tcp", "udp"] as const).map((transport) => ({
      at: { transport, hostname, port: 0 },
      service: "it",
    })),
    services: { it: service },
    limits: readLimits({ rate: "off", allow: [], deny: [], grace: 100 }),
    log: createLog({ format: "text", write: () => {} }),
  });
  const [tcp, udp] = serving.addresses;
  return {
    tcp: tcp as Target,
    udp: udp as Target,
    [Symbol.asyncDispose]: () => serving.stop(),
  };
}

/** A TCP server that answers with these pieces, and then ends if it does. */
export async function tcpServer(
  pieces: readonly Bytes[],
  { ends = true }: { ends?: boolean } = {},
): Promise<AsyncDisposable & { readonly target: Target }> {
  const server = await serveTcp(async (conn, { signal }) => {
    for (const piece of pieces) await writeAll(conn, piece);
    if (!ends) await new Promise((stop) => signal.onabort = stop);
  }, { listen: [{ transport: "tcp", ...HERE }], grace: 0 });
  return {
    target: server.addresses[0] as Target,
    [Symbol.asyncDispose]: () => server.stop(),
  };
}

/** A UDP server; `answer` gets the number of the datagram, from 1. */
export async function udpServer(
  answer: (number: number) => Bytes | null,
): Promise<AsyncDisposable & { readonly target: Target }> {
  let count = 0;
  const server = await serveUdp(() => answer(++count), {
    listen: [HERE],
    mayGrow: true,
  });
  return {
    target: { transport: "udp", ...server.addresses[0]! },
    [Symbol.asyncDispose]: () => server.stop(),
  };
}
