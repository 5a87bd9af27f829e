/**
 * tmux in its control mode: a command goes in, a block of lines comes out,
 * and between the blocks stands what has happened.
 *
 * @module
 */

import { fail } from "@std/assert";
import { soon } from "../ftp/helpers.ts";

/** Where tmux runs. */
export interface TmuxPlace {
  /** A socket of its own, so that no other session is touched. */
  readonly socket: string;
  /** The folder. */
  readonly cwd: string;
  /** The whole environment. */
  readonly env: Record<string, string>;
}

/** A tmux with one pane of 80 × 24. */
export class TmuxControl {
  /** How often something has changed. */
  changes = 0;
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #ended: Promise<void>;
  #over = false;
  #change = Promise.withResolvers<void>();
  /** Who waits for a block; the first one is about the start. */
  readonly #asked: ((lines: string[]) => void)[] = [() => {}];

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#writer = child.stdin.getWriter();
    this.#ended = this.#listen();
  }

  /** Starts a program in a pane. */
  static start(
    words: readonly string[],
    { socket, cwd, env }: TmuxPlace,
  ): TmuxControl {
    const command = new Deno.Command("tmux", {
      args: [
        ...["-u", "-S", socket, "-f", "/dev/null", "-C"],
        ...["new-session", "-x", "80", "-y", "24", ...words],
      ],
      cwd,
      clearEnv: true,
      env,
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    });
    return new TmuxControl(command.spawn());
  }

  /** The screen behind a line end, without empty lines at its end. */
  async screen(): Promise<string> {
    const lines = await this.ask("capture-pane -p -J -S -");
    return `\n${lines.map((line) => line.trimEnd()).join("\n").trimEnd()}`;
  }

  /** Gives a command; the lines that it prints. */
  async ask(command: string): Promise<string[]> {
    if (this.#over) fail("tmux has ended");
    const { promise, resolve } = Promise.withResolvers<string[]>();
    this.#asked.push(resolve);
    await this.#writer.write(new TextEncoder().encode(`${command}\n`));
    return await promise;
  }

  /** Waits until there were more changes than `seen`. */
  async changed(seen: number): Promise<void> {
    while (this.changes === seen && !this.#over) await this.#change.promise;
  }

  /** Ends tmux and what runs in it. */
  async close(): Promise<void> {
    this.#writer.write(new TextEncoder().encode("kill-server\n"))
      .catch(() => {}); // It has ended already.
    await soon(this.#ended, "the end of tmux");
    await this.#writer.close().catch(() => {});
    await this.#child.status;
  }

  async #listen(): Promise<void> {
    let block: string[] | null = null;
    for await (const line of linesOf(this.#child.stdout)) {
      if (/^%begin \d+ \d+ \d+$/.test(line)) block = [];
      else if (/^%(end|error) \d+ \d+ \d+$/.test(line)) {
        this.#asked.shift()?.(block ?? []);
        block = null;
      } else if (block !== null) block.push(line);
      else this.#wake();
    }
    this.#over = true;
    for (const answer of this.#asked.splice(0)) answer([]);
    this.#wake();
  }

  #wake(): void {
    this.changes++;
    this.#change.resolve();
    this.#change = Promise.withResolvers();
  }
}

async function* linesOf(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
}
