/**
 * Opening a connection that TLS protects, from its beginning or from AUTH on.
 *
 * @module
 */

import type { HostPort } from "../../lib/host_port.ts";
import { formatHostPort } from "../../lib/net/address.ts";
import type {
  ClientConnection,
  ClientNetwork,
} from "../../lib/net/client_network.ts";
import { ipVersion } from "../../lib/net/ip.ts";
import type { Stream } from "../../lib/net/stream.ts";
import { type ClientTlsOptions, TlsError } from "../../lib/net/tls/stream.ts";
import { connectWithin, type ConnectWithinOptions } from "./connect_within.ts";
import { NetworkError } from "./errors.ts";
import { networkError } from "./network_errors.ts";
import type { ClientTlsChoice } from "./tls.ts";
import { runtimeTls } from "./tls_runtime.ts";
import { SessionTls } from "./tls_session.ts";

/** A control connection: what is said on it, and between whom. */
export interface ControlStream
  extends Pick<ClientConnection, "remote" | "local"> {
  /** Where commands go. */
  readonly stream: Stream;
}

/**
 * Connects; where TLS is implicit, it begins at once.
 *
 * @throws {NetworkError} when that fails; the signal's reason.
 */
export async function connectControl(
  network: ClientNetwork,
  to: HostPort,
  tls: SessionTls | null,
  limits: Omit<ConnectWithinOptions, "what">,
): Promise<ControlStream> {
  try {
    const what = "Cannot connect to";
    const made = await connectWithin(network, to, { what, ...limits });
    const { remote, local } = made;
    if (tls?.choice.mode !== "implicit") return { remote, local, stream: made };
    const attempt = `No TLS with ${formatHostPort(to.hostname, to.port)}`;
    const stream = await tls.control(made, { what: attempt, ...limits });
    return { remote, local, stream };
  } catch (error) {
    limits.patience.end();
    throw error;
  }
}

/** With whom TLS is to be spoken. */
export interface TlsServerName {
  /** What the server is called, which its certificate must show. */
  readonly hostname: string;
  /** The server, for messages, as `ftp.example.org:21`. */
  readonly where: string;
  /** Milliseconds in which something must move. */
  readonly timeout: number;
}

/**
 * Opens something with TLS. A server that is not told its name may show the
 * wrong certificate: it is then told, at the price of a session that other
 * connections of this program may take.
 *
 * @throws {NetworkError} when what was chosen can't be used; what `open` throws.
 */
export async function withTls<T>(
  choice: ClientTlsChoice,
  server: TlsServerName,
  open: (tls: SessionTls) => Promise<T>,
): Promise<T> {
  const patience = server.timeout;
  const first = await make(choice, server, { patience });
  try {
    return await open(first);
  } catch (error) {
    first.close();
    const isNameless = !first.sendsName && ipVersion(server.hostname) === null;
    if (!isNameless || !isAboutServer(error)) throw error;
  }
  const second = await make(choice, server, { patience, sharesSessions: true });
  try {
    return await open(second);
  } catch (error) {
    second.close();
    throw error;
  }
}

async function make(
  choice: ClientTlsChoice,
  { hostname, where }: TlsServerName,
  options: ClientTlsOptions,
): Promise<SessionTls> {
  const { connect = runtimeTls, trust = {} } = choice;
  try {
    return new SessionTls(choice, await connect(hostname, trust, options));
  } catch (error) {
    throw networkError(`No TLS with ${where}`, error);
  }
}

/** Whether another certificate may be all that it takes. */
function isAboutServer(error: unknown): boolean {
  if (!(error instanceof NetworkError)) return false;
  const { cause } = error;
  return cause instanceof TlsError &&
    (cause.problem === "certificate" || cause.problem === "handshake");
}
