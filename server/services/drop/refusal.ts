/**
 * How a drop box says no: one line that its client reads.
 *
 * @module
 */

import { FsError, type FsErrorKind } from "../../fs/file_system.ts";

/** The box said no; the message is what the client is told. */
export class DropRefusal extends Error {
  /** Says why, in one line without its end. */
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "DropRefusal";
  }
}

/** What a file system's no means, behind the name of the file. */
const MEANINGS: Readonly<Record<FsErrorKind, string>> = {
  "not-found": "there is no such file; dir lists those there are",
  "exists": "exists already; choose another name",
  "not-directory": "the server's folder is gone",
  "is-directory": "is a folder; files only",
  "not-empty": "is a folder; files only",
  "permission": "the server may not do that in its folder",
  "bad-name": "the server's disk takes no such name; choose another one",
  "bad-offset": "the file changed meanwhile; try again",
  "no-space": "the server's disk is full",
  "too-large": "too large for the server's disk",
  "over-quota": "too large for what the server may keep",
  "unsupported": "is no regular file",
  "io": "the server could not read or write it; try again later",
};

/** Kinds that somebody at the server should look at. */
const FAULTS: ReadonlySet<FsErrorKind> = new Set([
  "not-directory",
  "permission",
  "no-space",
  "io",
]);

/**
 * The refusal that `thrown` means; what is no {@linkcode FsError} is thrown
 * on.
 *
 * @param name The file it is about.
 *
 * @example
 * ```ts
 * import { FsError } from "../../fs/file_system.ts";
 * import { refusalOf } from "./refusal.ts";
 * const { message } = refusalOf("a.txt", new FsError("exists"));
 * console.assert(message === "a.txt: exists already; choose another name");
 * ```
 */
export function refusalOf(name: string, thrown: unknown): DropRefusal {
  if (thrown instanceof DropRefusal) return thrown;
  if (!(thrown instanceof FsError)) throw thrown;
  return new DropRefusal(`${name}: ${MEANINGS[thrown.kind]}`, {
    cause: thrown,
  });
}

/**
 * The same for what needs nothing but the folder: that it was not found says
 * that it is gone.
 */
export function folderRefusal(name: string, thrown: unknown): DropRefusal {
  const isGone = thrown instanceof FsError && thrown.kind === "not-found";
  const gone = () => new FsError("not-directory", undefined, { cause: thrown });
  return refusalOf(name, isGone ? gone() : thrown);
}

/**
 * What the system said, for whoever runs the server, when the server is to
 * blame for a refusal: its disk is full or does not work. Else `null`.
 *
 * @example
 * ```ts
 * import { FsError } from "../../fs/file_system.ts";
 * import { faultOf, refusalOf } from "./refusal.ts";
 * const full = new FsError("no-space", undefined, { cause: new Error("full") });
 * console.assert(faultOf(refusalOf("a.txt", full)) === "full");
 * console.assert(faultOf(refusalOf("a.txt", new FsError("exists"))) === null);
 * ```
 */
export function faultOf({ cause }: DropRefusal): string | null {
  if (!(cause instanceof FsError) || !FAULTS.has(cause.kind)) return null;
  let root: unknown = cause;
  while (root instanceof FsError && root.cause !== undefined) root = root.cause;
  return root instanceof Error ? root.message : String(root);
}
