/**
 * How a tool ends, and the errors that say so.
 *
 * @module
 */

/**
 * The exit codes of every tool: `done`, `failed` (the job was not done),
 * `usage` (the command line makes no sense) and `network` (the other side
 * could not be reached or broke off).
 */
export const EXIT = { done: 0, failed: 1, usage: 2, network: 3 } as const;

/**
 * The command line makes no sense, or a configuration file: exit code 2. The
 * message is the line a person sees behind the tool's name, so it says which
 * argument, what is wrong and what is expected.
 */
export class UsageError extends Error {
  /** Further mistakes, a line each: a file can have several. */
  readonly more: readonly string[];

  /** Makes the error. */
  constructor(
    message: string,
    { more = [], ...options }: UsageErrorOptions = {},
  ) {
    super(message, options);
    this.name = "UsageError";
    this.more = more;
  }
}

/** Options for {@linkcode UsageError}. */
export interface UsageErrorOptions extends ErrorOptions {
  /** Further mistakes, a line each. @default {[]} */
  readonly more?: readonly string[];
}

/**
 * The job failed, in a way that the user can understand: the message is the
 * one line they see behind the tool's name.
 */
export class ToolError extends Error {
  /** The exit code of the tool, one of {@linkcode EXIT}. */
  readonly exitCode: number;

  /** Makes the error; without an exit code, 1. */
  constructor(
    message: string,
    exitCode: number = EXIT.failed,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = "ToolError";
    this.exitCode = exitCode;
  }
}
