/**
 * What the shell needs of the machine it runs on, besides the network and the
 * files of transfers.
 *
 * @module
 */

import type { Sink, Source } from "../../../lib/bytes.ts";

/** The machine, as the shell sees it. Paths are as the user gave them. */
export interface Machine {
  /** An environment variable; `undefined` when it is not set or not allowed. */
  env(name: string): string | undefined;
  /**
   * A text file; `null` when it does not exist.
   *
   * @throws {Error} when it cannot be read, or has more than 1 MiB.
   */
  readText(path: string): Promise<string | null>;
  /** Replaces a text file that only its owner may read; makes its folder. */
  writeText(path: string, text: string): Promise<void>;
  /** Whether others than its owner may read a file; false where unknown. */
  openToOthers(path: string): Promise<boolean>;
  /** A file for text that is written at once. */
  openText(path: string, append: boolean): TextSink;
  /** The standard input as lines, for a script. */
  scriptLines(): AsyncIterable<string>;
  /** The standard input as bytes. */
  input(): Source;
  /** The standard output as bytes. */
  output(): Sink;
  /**
   * Runs a program of the machine and waits for it.
   *
   * @returns Its exit code.
   */
  run(command: string, signal: AbortSignal): Promise<number>;
  /** A file's permission bits that new files lack; `null` where unknown. */
  umask(mask?: number): number | null;
  /** The current folder; `null` when the program may not know it. */
  folder(): string | null;
  /**
   * Has the runtime trust the authorities of a file (PEM), too, or of none,
   * from the first TLS connection on. Nobody can change that any more.
   *
   * @returns Whether it may be told so.
   */
  trustAlso(path: string | null): boolean;
  /** The system, as `linux`. */
  readonly system: string;
}

/** Takes text at once, and bytes. */
export interface TextSink {
  /** Writes all of it. */
  write(text: string): void;
  /** The same file for bytes; closing it closes nothing. */
  bytes(): Sink;
  /** Ends it. */
  close(): void;
}
