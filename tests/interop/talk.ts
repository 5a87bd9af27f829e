/**
 * A foreign program that a test talks with, line by line.
 *
 * @module
 */

import { fail } from "@std/assert";
import { within } from "../../lib/net/wait.ts";
import { type RunOptions, start } from "./program.ts";

/** Longest wait for anything that should happen at once, in milliseconds. */
const SOON = 20_000;

/** How a program ended. */
export interface TalkEnd {
  /** Its exit code. */
  code: number;
  /** What it wrote on its standard output and nobody took. */
  rest: string;
  /** Everything: command line, output and errors, for messages of tests. */
  report: string;
}

/** A program that runs. Disposing of it ends it, if it has not ended. */
export class Talk implements AsyncDisposable {
  /** Its process. */
  readonly pid: number;
  readonly #child: Deno.ChildProcess;
  readonly #words: string;
  readonly #heard: Promise<unknown>;
  readonly #said = { output: "", errors: "" };
  #taken = 0;
  #hasEnded = false;
  #wake: () => void = () => {};

  /** Starts it. */
  constructor(words: readonly string[], options: RunOptions) {
    this.#words = words.join(" ").slice(0, 2000);
    this.#child = start(words, options);
    this.pid = this.#child.pid;
    this.#heard = Promise.all([
      this.#listen(this.#child.stdout, (text) => this.#said.output += text),
      this.#listen(this.#child.stderr, (text) => this.#said.errors += text),
      this.#child.status,
    ]).finally(() => {
      this.#hasEnded = true;
      this.#wake();
    });
  }

  /** Everything it said, for messages. */
  get report(): string {
    return `${this.#words}\n${this.#said.output}\n${this.#said.errors}`;
  }

  /** Writes text to its standard input, as it is. */
  async write(text: string): Promise<void> {
    const writer = this.#child.stdin.getWriter();
    try {
      await writer.write(new TextEncoder().encode(text));
    } finally {
      writer.releaseLock();
    }
  }

  /** Takes its output to the end of what matches; fails when it ends before. */
  async until(pattern: RegExp): Promise<RegExpExecArray> {
    const found = await this.#heardOf(
      pattern,
      () => this.#said.output.slice(this.#taken),
    );
    this.#taken += found.index + found[0].length;
    return found;
  }

  /** Waits for its errors to hold what matches; fails when it ends before. */
  async complains(pattern: RegExp): Promise<void> {
    await this.#heardOf(pattern, () => this.#said.errors);
  }

  async #heardOf(
    pattern: RegExp,
    text: () => string,
  ): Promise<RegExpExecArray> {
    const late = setTimeout(() => this.#kill(), SOON);
    try {
      for (;;) {
        const found = pattern.exec(text());
        if (found !== null) return found;
        if (this.#hasEnded) fail(`it never said ${pattern}: ${this.report}`);
        await new Promise<void>((resolve) => this.#wake = resolve);
      }
    } finally {
      clearTimeout(late);
    }
  }

  /** Waits for its end. */
  async ended(): Promise<TalkEnd> {
    await this.#child.stdin.close().catch(() => {}); // It may have ended.
    if (await within(this.#heard, SOON, null) === null) {
      this.#kill();
      fail(`it did not end: ${this.report}`);
    }
    const { code } = await this.#child.status;
    return {
      code,
      rest: this.#said.output.slice(this.#taken),
      report: this.report,
    };
  }

  /** Ends it. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#hasEnded) this.#kill();
    await this.#child.stdin.close().catch(() => {});
    await this.#heard;
  }

  #kill(): void {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has just ended by itself.
    }
  }

  async #listen(
    stream: ReadableStream<Uint8Array<ArrayBuffer>>,
    keep: (text: string) => void,
  ): Promise<void> {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      keep(text);
      this.#wake();
    }
  }
}
