/**
 * Where what workers say arrives in the warden, and is handed to the clerk
 * whose duty it is.
 *
 * @module
 */

import type { Log } from "../../../lib/log.ts";
import type { AskReport, Order, Question, Report } from "./messages.ts";
import type { Settings } from "../settings.ts";
import type { Answers, Clerk, Colleague } from "./clerk.ts";

/** Any answer of any clerk, with the types of one question forgotten. */
type Answer = (ask: Question, from: Colleague) => unknown;

/** All clerks of a warden. */
export class Desk {
  readonly #log: Log;
  readonly #clerks: Clerk[] = [];
  readonly #gone: WeakSet<Colleague> = new WeakSet();

  /** Nobody is hired yet. `log` is told what goes wrong. */
  constructor(log: Log) {
    this.#log = log;
  }

  /** Takes on a clerk. */
  hire(clerk: Clerk): void {
    this.#clerks.push(clerk);
  }

  /** Hears a report; `send` reaches who made it. */
  hear(
    report: Report,
    from: Colleague,
    send: (order: Order) => void,
  ): void {
    switch (report.kind) {
      case "ask":
        return this.#answer(report, from, send);
      case "notice":
        return this.#tell((clerk) => clerk.onNotice?.(report.notice, from));
      default:
        return this.#tell((clerk) => clerk.onReport?.(report, from));
    }
  }

  /** A worker is gone. */
  gone(worker: Colleague): void {
    this.#gone.add(worker);
    this.#tell((clerk) => clerk.onGone?.(worker));
  }

  /**
   * Lets every clerk try settings.
   *
   * @throws {ToolError} when one of them can't take them.
   */
  async check(settings: Settings): Promise<void> {
    for (const clerk of this.#clerks) await clerk.check?.(settings);
  }

  /** Hands new settings to every clerk. */
  async change(settings: Settings): Promise<void> {
    await this.#each((clerk) => clerk.change?.(settings));
  }

  /** Has every clerk open its files again. */
  async reopen(): Promise<void> {
    await this.#each((clerk) => clerk.reopen?.());
  }

  /** Lets all of them go. */
  async close(): Promise<void> {
    await this.#each((clerk) => clerk.close?.());
  }

  #answer(
    { id, question }: AskReport,
    from: Colleague,
    send: (order: Order) => void,
  ): void {
    const tell = (answer: unknown, failed?: string) => {
      // Whoever has its place now must not take this for an answer of its own.
      if (this.#gone.has(from)) return;
      send({ kind: "answer", id, answer, failed });
    };
    const refuse = (error: unknown) => {
      this.#complain(question.of, error);
      tell(null, messageOf(error));
    };
    try {
      const answer = this.#whoAnswers(question.of)(question, from);
      if (answer instanceof Promise) answer.then((it) => tell(it), refuse);
      else tell(answer);
    } catch (error) {
      refuse(error);
    }
  }

  #whoAnswers(of: keyof Answers): Answer {
    for (const { answers } of this.#clerks) {
      const answer = answers?.[of];
      if (answer !== undefined) return answer as Answer;
    }
    throw new Error(`Nobody answers "${of}"`);
  }

  #tell(say: (clerk: Clerk) => void): void {
    for (const clerk of this.#clerks) {
      try {
        say(clerk);
      } catch (error) {
        this.#complain("report", error);
      }
    }
  }

  async #each(act: (clerk: Clerk) => void | Promise<void>): Promise<void> {
    for (const clerk of this.#clerks) {
      try {
        await act(clerk);
      } catch (error) {
        this.#complain("change", error);
      }
    }
  }

  #complain(what: string, error: unknown): void {
    this.#log.error("warden-error", { what, reason: messageOf(error) });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
