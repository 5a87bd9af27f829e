/**
 * The runtime's TLS, for those who bring none of their own.
 *
 * @module
 */

import { noTls } from "../../lib/net/tls/ability.ts";
import {
  type ClientTls,
  type ClientTlsOptions,
  TlsError,
  type TrustOptions,
} from "../../lib/net/tls/stream.ts";

/**
 * TLS of the runtime. It is loaded when it is first wanted: that takes longer
 * than everything else that a client needs.
 *
 * @throws {TlsError} when the runtime is too old, or what it gets is no use.
 */
export async function runtimeTls(
  host: string,
  trust: TrustOptions,
  options: ClientTlsOptions,
): Promise<ClientTls> {
  const why = noTls();
  if (why !== null) throw new TlsError("set-up", why);
  const { clientTls } = await import("../../lib/net/tls/client.ts");
  return clientTls(host, trust, options);
}
