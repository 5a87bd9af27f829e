/**
 * What a session waits for: command lines, above all.
 *
 * @module
 */

import {
  type CommandLine,
  parseCommandLine,
} from "../../lib/ftp/command_line.ts";
import type { Line } from "../../lib/lines.ts";
import { Mailbox } from "../../lib/mailbox.ts";
import type { ControlChannel, ReadOptions } from "./control_channel.ts";
import type { TransferResult } from "./transfer.ts";

/** Commands that wait for a transfer's end before reading pauses. */
const MAX_WAITING = 32;
const END = { kind: "end" } as const;

/** Something that the session goes on with. */
export type Arrival =
  | { kind: "line"; line: Line }
  | { kind: "transferred"; result: TransferResult }
  | { kind: "end"; error?: unknown }
  | { kind: "dismissed" };

/** A command that has arrived; ABOR acts at once and is answered in turn. */
export type Waiting = CommandLine & { readonly stopped: boolean };

const TOO_LONG: CommandLine = {
  verb: "",
  argument: "",
  problem: "Command line too long.",
};

/** Takes what comes, in the order in which it comes. */
export class Arrivals {
  readonly #channel: ControlChannel;
  readonly #arrived = new Mailbox<Arrival>();
  readonly #commands: Waiting[] = [];
  #isReading = false;
  #hasEnded = false;

  /** Lines come from `channel`. */
  constructor(channel: ControlChannel) {
    this.#channel = channel;
  }

  /** Whether a line is awaited. */
  get isReading(): boolean {
    return this.#isReading;
  }

  /** Whether the client sends no more. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Puts something behind what is there. */
  put(arrival: Arrival): void {
    this.#hasEnded ||= arrival.kind === "end";
    this.#arrived.put(arrival);
  }

  /** The next of what comes. */
  async take(): Promise<Arrival> {
    const arrival = await this.#arrived.take();
    if (arrival.kind === "line" || arrival.kind === "end") {
      this.#isReading = false;
    }
    return arrival;
  }

  /** Reads on, also while a transfer runs, because ABOR may come. */
  readOn(options: ReadOptions): void {
    if (this.#isReading || this.#hasEnded) return;
    if (this.#commands.length >= MAX_WAITING) return;
    this.#isReading = true;
    this.#channel.next(options).then(
      (line) => this.put(line !== null ? { kind: "line", line } : END),
      (error) => this.put({ kind: "end", error }),
    );
  }

  /** Takes a command; `onAbort` is called for ABOR: was there something? */
  accept(line: Line, onAbort: () => boolean): void {
    const command = line.tooLong ? TOO_LONG : parseCommandLine(line.bytes);
    const stopped = command.verb === "ABOR" && onAbort();
    this.#commands.push({ ...command, stopped });
  }

  /** The verb of the next command; `undefined` without one. */
  get nextVerb(): string | undefined {
    return this.#commands[0]?.verb;
  }

  /** The next command; only when there is one. */
  nextCommand(): Waiting {
    return this.#commands.shift()!;
  }

  /** Whether a QUIT has come that waits for its turn. */
  get saidGoodbye(): boolean {
    return this.#commands.some(({ verb }) => verb === "QUIT");
  }
}
