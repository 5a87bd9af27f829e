/**
 * What the shell says: answers for a person or a program on the standard
 * output, talk on the standard error.
 *
 * @module
 */

import type { Sink } from "../../../lib/bytes.ts";
import type { TextSink } from "./machine.ts";
import { visible, visibleJson } from "../../../lib/visible.ts";

/** A value in a record. */
export type RecordValue =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly RecordValue[]
  | { readonly [name: string]: RecordValue };

/** Options for {@linkcode Output}. */
export interface OutputOptions {
  /** Takes text for the standard output. */
  readonly out: (text: string) => void;
  /** Takes bytes for the standard output. */
  readonly bytes: () => Sink;
  /** Takes text for the standard error. */
  readonly err: (text: string) => void;
  /** Records instead of words. @default {false} */
  readonly json?: boolean;
  /** No talk but warnings and errors. @default {false} */
  readonly quiet?: boolean;
  /** How the talk looks. @default {"text"} */
  readonly log?: "text" | "json";
  /** Columns of the screen; 0 where there is none. @default {80} */
  readonly columns?: () => number;
  /** Whether colours may be used. @default {false} */
  readonly color?: boolean;
  /** What stands in front of errors. @default {"ftp"} */
  readonly name?: string;
}

/** Where the shell's words go. */
export class Output {
  /** Records instead of words. */
  readonly json: boolean;
  /** No talk but warnings and errors. */
  readonly quiet: boolean;
  /** Whether colours may be used. */
  readonly color: boolean;
  readonly #options: OutputOptions;

  /** Says nothing yet. */
  constructor(options: OutputOptions) {
    this.#options = options;
    this.color = options.color ?? false;
    this.json = options.json ?? false;
    this.quiet = options.quiet ?? false;
  }

  /** Columns of the screen; 0 where there is none. */
  get columns(): number {
    return this.#options.columns?.() ?? 80;
  }

  /** One line of an answer; nothing when records are wanted. */
  line(text: string): void {
    if (!this.json) this.#options.out(`${text}\n`);
  }

  /** Text of an answer as it is, line ends included. */
  text(text: string): void {
    if (!this.json) this.#options.out(text);
  }

  /** One record of an answer; nothing when words are wanted. */
  record(record: { readonly [name: string]: RecordValue }): void {
    if (this.json) {
      this.#options.out(`${visibleJson(JSON.stringify(record))}\n`);
    }
  }

  /** Talk that nobody has to read. */
  note(text: string): void {
    if (!this.quiet) this.#say("info", text);
  }

  /** Talk that was asked for, also when it is quiet. */
  talk(text: string): void {
    this.#say("info", text);
  }

  /** Something that somebody should read. */
  warn(text: string): void {
    this.#say("warning", text);
  }

  /** Something that went wrong. */
  error(text: string): void {
    this.#say("error", text);
  }

  /**
   * The same, with the answers going to a file: bytes, too, when it has a
   * place for them.
   */
  to(sink: TextSink): Output {
    return new Output({
      ...this.#options,
      out: (text) => sink.write(text),
      bytes: sink.bytes,
      columns: () => 0,
      color: false,
    });
  }

  /** The same, with everything put off: `defer` is handed what says it. */
  later(defer: (say: () => void) => void): Output {
    const { out, err } = this.#options;
    return new Output({
      ...this.#options,
      out: (text) => defer(() => out(text)),
      err: (text) => defer(() => err(text)),
    });
  }

  /** Where the bytes of an answer go. */
  get bytes(): Sink {
    return this.#options.bytes();
  }

  #say(level: "info" | "warning" | "error", text: string): void {
    const { err, log = "text", name = "ftp" } = this.#options;
    if (log === "json") {
      const time = new Date().toISOString();
      const line = JSON.stringify({ time, level, message: text });
      return err(`${visibleJson(line)}\n`);
    }
    const start = level === "info"
      ? ""
      : level === "warning"
      ? `${name}: warning: `
      : `${name}: `;
    err(`${start}${visible(text)}\n`);
  }
}
