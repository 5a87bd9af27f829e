/**
 * A client for drop boxes: {@linkcode dropPut} saves a file there,
 * {@linkcode dropGet} fetches one, {@linkcode dropDir} lists them.
 *
 * It talks with `dropd` only: other servers of files that take a name and
 * contents do not say what became of them.
 *
 * @module
 */

export { dropDir, type DropEntry } from "./dir.ts";
export { DropError } from "./errors.ts";
export { dropGet, type DropGetOptions } from "./get.ts";
export { type DropContents, type DropOptions, dropPut } from "./put.ts";
