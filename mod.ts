/**
 * Wharf as a library: the FTP server and client, the small services and their
 * clients, and the accept loops that every server here stands on.
 *
 * @example Serve a folder of files that exist only in memory
 * ```ts
 * import { listedAccounts, memoryFileSystem, serveFtp } from "@wharf/wharf";
 *
 * const fs = memoryFileSystem({ "/hello.txt": "Hello!\n" });
 * await using server = await serveFtp({
 *   listen: [{ transport: "tcp", hostname: "127.0.0.1", port: 0 }],
 *   authenticate: listedAccounts([
 *     { name: "anonymous", password: null, write: false, fs },
 *   ]),
 * });
 * console.assert(server.addresses.length === 1);
 * ```
 *
 * @module
 */

export * from "./lib/bytes.ts";
export * from "./lib/clock.ts";
export type { Fact } from "./lib/ftp/listing.ts";
export type { Reply } from "./lib/ftp/reply.ts";
export * from "./lib/host_port.ts";
export type { Histogram } from "./lib/histogram.ts";
export * from "./lib/log.ts";
export * from "./lib/cli/errors.ts";
export * from "./lib/net/address.ts";
export * from "./lib/net/admission.ts";
export * from "./lib/net/cidr.ts";
export * from "./lib/net/close.ts";
export * from "./lib/net/listen_error.ts";
export * from "./lib/net/proxied.ts";
export type { ProxiedEnds } from "./lib/net/proxy_protocol.ts";
export * from "./lib/net/memory_conn.ts";
export * from "./lib/net/service.ts";
export type { Shaper } from "./lib/net/shaper.ts";
export * from "./lib/net/tcp.ts";
export * from "./lib/net/udp.ts";
export * from "./lib/password/check.ts";
export * from "./lib/services.ts";
export * from "./lib/time/mod.ts";
export * from "./lib/upper/mod.ts";
export * from "./server/fs/file_system.ts";
export type { CountOptions } from "./server/fs/count_tree.ts";
export * from "./server/fs/keep_free.ts";
export * from "./server/fs/limited_size.ts";
export * from "./server/fs/local.ts";
export * from "./server/fs/memory.ts";
export * from "./server/fs/mounted.ts";
export type { TreeChange } from "./server/fs/observed.ts";
export { quota, type QuotaOptions } from "./server/fs/quota.ts";
export * from "./server/fs/refused_names.ts";
export * from "./server/fs/restricted.ts";
export * from "./server/fs/usage.ts";
export * from "./server/fs/wrapped.ts";
export * from "./server/ftp/accounts.ts";
export * from "./server/ftp/data_port.ts";
export type { VirtualHost } from "./server/ftp/accounts/hosts.ts";
export {
  type Admitted,
  type Ban,
  type BanRule,
  type Gate,
  type Ledger,
  type LedgerEvent,
  type LedgerLimits,
  type LedgerOptions,
  type LedgerTotals,
  newLedger,
  type Penalty,
} from "./server/ftp/limits/ledger.ts";
export type {
  Direction,
  ObservedSession,
  Observer,
  SessionObserver,
  SessionView,
  TransferEnd,
  TransferOutcome,
  TransferView,
} from "./server/ftp/operations/observer.ts";
export {
  type AccountRates,
  type Pacing,
  sessionPacing,
  type Way,
} from "./server/ftp/limits/pacing.ts";
export * from "./server/ftp/profile.ts";
export * from "./server/ftp/serve.ts";
export * from "./server/ftp/session.ts";
export type { Counters } from "./server/ftp/operations/counters.ts";
export type { FailureLimits } from "./server/ftp/limits/failures.ts";
export type { FrequencyLimits } from "./server/ftp/limits/frequency.ts";
export type { Survey } from "./server/ftp/operations/survey.ts";
export {
  type Happening,
  Telemetry,
  type TelemetryOptions,
  type Where,
} from "./server/ftp/operations/telemetry.ts";
export type { FtpTls, TlsDemand } from "./server/ftp/tls.ts";
export * from "./server/services/mod.ts";
export * from "./client/ftp/mod.ts";
export * from "./client/service/mod.ts";
export type { Charset } from "./lib/ftp/charset.ts";
export * from "./lib/net/client_network.ts";
export type { RemoteEntry } from "./lib/ftp/list_parser.ts";
export type { Features } from "./lib/ftp/replies.ts";
export type { Stream } from "./lib/net/stream.ts";
export { noTls } from "./lib/net/tls/ability.ts";
export { certificateFingerprint } from "./lib/net/tls/certificates.ts";
export { clientTls } from "./lib/net/tls/client.ts";
export { serverTls } from "./lib/net/tls/server.ts";
export * from "./lib/net/tls/stream.ts";
export * from "./lib/x509.ts";
