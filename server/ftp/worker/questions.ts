/**
 * A worker's side of asking: each question goes out once, and its answer comes
 * back by its number.
 *
 * @module
 */

import type {
  AnswerOrder,
  Notice,
  Question,
  Questions,
  Report,
  Topic,
} from "../warden/messages.ts";

/** How a worker talks to the warden. */
export interface Warden {
  /**
   * Asks, and waits for the answer. Where the warden works in the same thread
   * it may come before this returns.
   *
   * @throws {Error} (rejects) when the warden could not find out.
   */
  ask<T extends Topic>(
    of: T,
    about: Questions[T]["ask"],
  ): Promise<Questions[T]["answer"]>;
  /** Tells something that is not answered. */
  tell(notice: Notice): void;
  /** Reports anything else. */
  report(report: Report): void;
  /** Takes the warden's answer. */
  answer(order: AnswerOrder): void;
}

/**
 * The warden, as a worker knows it: through what it reports.
 *
 * @example
 * ```ts
 * import { wardenBehind } from "./questions.ts";
 * const warden = wardenBehind((report) => {
 *   if (report.kind !== "ask") return;
 *   warden.answer({ kind: "answer", id: report.id, answer: null });
 * });
 * console.assert(await warden.ask("enter", { address: "192.0.2.7" }) === null);
 * ```
 */
export function wardenBehind(report: (report: Report) => void): Warden {
  const asked = new Map<number, PromiseWithResolvers<unknown>>();
  let last = 0;
  return {
    ask<T extends Topic>(of: T, about: Questions[T]["ask"]) {
      const id = ++last;
      const waiting = Promise.withResolvers<Questions[T]["answer"]>();
      asked.set(id, waiting as PromiseWithResolvers<unknown>);
      report({ kind: "ask", id, question: { of, ...about } as Question });
      return waiting.promise;
    },
    tell: (notice) => report({ kind: "notice", notice }),
    report,
    answer({ id, answer, failed }) {
      const waiting = asked.get(id);
      asked.delete(id);
      if (failed === undefined) waiting?.resolve(answer);
      else waiting?.reject(new Error(failed));
    },
  };
}
