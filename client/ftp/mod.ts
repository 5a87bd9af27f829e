/**
 * The FTP client for programs.
 *
 * @module
 */

export * from "./client.ts";
export * from "./options.ts";
export * from "./errors.ts";
export type { Command } from "./command_text.ts";
export type { TraceEvent } from "./control.ts";
export type { DataOptions } from "./data.ts";
export type {
  DownloadOptions,
  Progress,
  TransferOptions,
  TransferResult,
} from "./download.ts";
export * from "./hash.ts";
export type { HashAlgorithm } from "./hash_offer.ts";
export { isPlainName, type ListEntry, type ListOptions } from "./listing.ts";
export * from "./local_files.ts";
export type { LinkOptions } from "./link.ts";
export * from "./mirror/mod.ts";
export * from "./pool.ts";
export type { PoolOptions, PoolTask, PoolTaskOptions } from "./pool_options.ts";
export type { RangeOptions } from "./range_target.ts";
export { createRateLimit, type RateLimit } from "./rate_limit.ts";
export type { RetryOptions } from "./retry.ts";
export * from "./segments.ts";
export type { SessionOptions } from "./session.ts";
export type { UploadSource } from "./supplies.ts";
export type { ClientTlsChoice, TlsMaker } from "./tls.ts";
export * from "../../lib/net/tls/stream.ts";
export type { DownloadTarget } from "./transfers.ts";
export type { UploadOptions } from "./upload.ts";
