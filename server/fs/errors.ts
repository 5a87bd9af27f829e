/**
 * What the runtime's errors mean to a file system.
 *
 * @module
 */

import { FsError, type FsErrorKind } from "./file_system.ts";

/** By the system's error code; by the error's name where it has no code. */
const KINDS: ReadonlyMap<string, FsErrorKind> = new Map([
  ["ENOENT", "not-found"],
  ["NotFound", "not-found"],
  ["ELOOP", "not-found"],
  ["FilesystemLoop", "not-found"],
  ["EEXIST", "exists"],
  ["AlreadyExists", "exists"],
  ["ENOTDIR", "not-directory"],
  ["NotADirectory", "not-directory"],
  ["EISDIR", "is-directory"],
  ["IsADirectory", "is-directory"],
  ["ENOTEMPTY", "not-empty"],
  ["EACCES", "permission"],
  ["EPERM", "permission"],
  ["EROFS", "permission"],
  ["EBUSY", "permission"],
  ["PermissionDenied", "permission"],
  ["NotCapable", "permission"],
  ["ENAMETOOLONG", "bad-name"],
  ["EILSEQ", "bad-name"],
  ["EINVAL", "bad-name"],
  ["ENOSPC", "no-space"],
  ["EDQUOT", "no-space"],
  ["EFBIG", "too-large"],
  ["EXDEV", "unsupported"],
  ["ENOTSUP", "unsupported"],
  ["EOPNOTSUPP", "unsupported"],
  ["ENOSYS", "unsupported"],
  ["NotSupported", "unsupported"],
]);

/** Errors that the runtime tells by the system's number only. */
const NUMBERS: Partial<Record<typeof Deno.build.os, Record<string, string>>> = {
  linux: { 27: "EFBIG", 122: "EDQUOT" },
  darwin: { 27: "EFBIG", 69: "EDQUOT" },
  windows: { 112: "ENOSPC" },
};

const MESSAGES: ReadonlyMap<string, string> = new Map([
  ["EXDEV", "Cannot rename between file systems; copy and delete instead."],
]);

/**
 * The {@linkcode FsError} for whatever was thrown, which becomes its cause.
 *
 * An `FsError` comes back as it is; what no row of the table knows is `io`.
 *
 * @example
 * ```ts
 * import { fsError } from "./errors.ts";
 * const error = fsError(new Deno.errors.AlreadyExists("/a"));
 * console.assert(error.kind === "exists");
 * ```
 */
export function fsError(thrown: unknown): FsError {
  if (thrown instanceof FsError) return thrown;
  const code = errorCode(thrown);
  const kind = KINDS.get(code) ?? "io";
  return new FsError(kind, MESSAGES.get(code), { cause: thrown });
}

/**
 * The system's error code (`ENOENT`), the error's name, or `""`.
 *
 * @example
 * ```ts
 * import { errorCode } from "./errors.ts";
 * console.assert(errorCode(new TypeError("no")) === "TypeError");
 * ```
 */
export function errorCode(thrown: unknown): string {
  if (!(thrown instanceof Error)) return "";
  const { code } = thrown as { code?: unknown };
  if (typeof code === "string") return code;
  const [, number = ""] = /\(os error (\d+)\)/.exec(thrown.message) ?? [];
  return NUMBERS[Deno.build.os]?.[number] ?? thrown.name;
}

/**
 * Does `act` and throws an {@linkcode FsError} where it throws anything.
 *
 * @example
 * ```ts
 * import { assertRejects } from "@std/assert";
 * import { attempt } from "./errors.ts";
 * import { FsError } from "./file_system.ts";
 * await assertRejects(() => attempt(() => JSON.parse("no")), FsError);
 * ```
 */
export async function attempt<T>(act: () => T | Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw fsError(error);
  }
}

/**
 * The error of a file that ends before the length that it had when it was
 * opened. Nobody must take what was read for the whole file.
 *
 * @example
 * ```ts
 * import { wasCut } from "./errors.ts";
 * console.assert(wasCut().kind === "io");
 * ```
 */
export function wasCut(): FsError {
  return new FsError("io", "The file was cut while it was read.");
}
