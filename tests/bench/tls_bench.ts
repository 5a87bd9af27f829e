/**
 * Compares our FTP server and client with others over TLS, one after the other.
 *
 * @module
 */

import { benchClients, type ClientOptions } from "./client_bench.ts";
import type { Findings } from "./report.ts";
import { benchServers, type ServerOptions } from "./server_bench.ts";
import { writeIdentity } from "./tls_servers.ts";

/**
 * Measures every server and client that has TLS, in every case.
 *
 * @throws {Error} If there is no compiler or no OpenSSL for it, no room, or a
 * signal was aborted.
 */
export async function benchTls(
  servers: Omit<ServerOptions, "tls">,
  clients: Omit<ClientOptions, "tls">,
): Promise<Findings> {
  const tls = await writeIdentity();
  const all: Findings[] = [];
  try {
    if (servers.cases.length > 0) {
      all.push(await benchServers({ ...servers, tls }));
    }
    if (clients.cases.length > 0) {
      all.push(await benchClients({ ...clients, tls }));
    }
  } finally {
    await tls.remove();
  }
  return joined(all);
}

/** What both found out about the machine, or lack, is said once. */
export function joined(all: readonly Findings[]): Findings {
  const missing = all.flatMap(({ missing }) => missing);
  return {
    facts: [...new Set(all.flatMap(({ facts }) => facts))],
    programs: all.flatMap(({ programs = [] }) => programs),
    missing: missing.filter(({ name }, index) =>
      index === missing.findIndex((other) => other.name === name)
    ),
    tables: all.flatMap(({ tables }) => tables),
    ending: all.flatMap(({ ending }) => ending),
  };
}
