/**
 * What to try when the server and we begin in different ways.
 *
 * @module
 */

import { TlsError } from "../../../lib/net/tls/stream.ts";
import { FtpError, NetworkError } from "../errors.ts";
import { type FtpUrl, portOf } from "../url.ts";
import { isDemand } from "./distrust_line.ts";
import { ShellError } from "./failure.ts";

/** The port where TLS comes first. */
const IMPLICIT_PORT = 990;
/** How servers say that they want TLS. */
const WANTED_REGEXP = /\b(?:tls|ssl|ftps|auth|encrypt\w*|clear.?text)\b/i;

/** The same failure, with what another kind of TLS would do about it. */
export function withTlsAdvice(error: unknown, url: FtpUrl): unknown {
  const advice = adviceFor(error, url);
  if (advice === null) return error;
  const line = `${(error as Error).message}; ${advice}`;
  if (!(error instanceof NetworkError)) {
    return new ShellError("tls", line, { cause: error });
  }
  return new NetworkError(error.kind, line, { cause: error.cause });
}

function adviceFor(error: unknown, url: FtpUrl): string | null {
  if (error instanceof NetworkError && isDemand(error)) {
    return "--cert FILE shows it one";
  }
  if (url.tls === null) {
    if (wantsTls(error)) return "--tls, or ftpes://, protects the connection";
    return portOf(url) === IMPLICIT_PORT && isMute(error)
      ? "this port is usually that of ftps://"
      : null;
  }
  if (isClearOnly(error)) return "--clear-data leaves them unprotected";
  if (url.tls === "implicit") {
    return isNoTls(error) || url.port === null && isAbsent(error)
      ? "if this server has to be asked for TLS, --tls or ftpes:// does so"
      : null;
  }
  return isMute(error)
    ? "if this server begins with TLS, --tls-implicit or ftps:// does so, too"
    : null;
}

/** Whether a server says that it will not talk without. */
function wantsTls(error: unknown): boolean {
  if (error instanceof FtpError) {
    return WANTED_REGEXP.test(error.lines.join(" "));
  }
  return error instanceof NetworkError && error.kind === "closed" &&
    /said goodbye/.test(error.message) && WANTED_REGEXP.test(error.message);
}

/** Whether nobody was there. */
function isAbsent(error: unknown): boolean {
  return error instanceof NetworkError &&
    (error.kind === "refused" || error.kind === "timeout");
}

/** Whether a server waited for us to speak first. */
function isMute(error: unknown): boolean {
  return error instanceof NetworkError && error.kind === "timeout" &&
    /did not answer/.test(error.message);
}

/** Whether a server does not protect data connections. */
function isClearOnly(error: unknown): boolean {
  return error instanceof NetworkError && error.cause instanceof FtpError &&
    error.cause.command === "PROT P";
}

/** Whether what came was no TLS. */
function isNoTls(error: unknown): boolean {
  return error instanceof NetworkError && error.cause instanceof TlsError &&
    error.cause.problem === "handshake";
}
