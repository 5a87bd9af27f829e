/**
 * What `upperc` says about an answer, apart from the answer itself.
 *
 * @module
 */

import { visibleJson } from "../../lib/visible.ts";
import { formatTarget, type Target } from "../service/target.ts";
import type { WrongAnswer } from "./wrong_answer.ts";

/** Questions and answers, counted. */
export interface UpperReport {
  /** Whom was asked. */
  readonly target: Target;
  /** Bytes that were sent. */
  readonly sent: number;
  /** Bytes that came back. */
  readonly received: number;
  /** From the first byte sent to the end of the answer. */
  readonly milliseconds: number;
  /** Whether it was checked, and what came of that. */
  readonly check: CheckReport | null;
}

/** What a check found. */
export interface CheckReport {
  /** Where the answer is wrong; `null` when every byte is right. */
  readonly wrong: WrongAnswer | null;
  /** Characters that were not compared, for they are not known here. */
  readonly unjudged: number;
}

/**
 * A JSON object on a line; `answer` is left out when it is `null`.
 *
 * @example
 * ```ts
 * import { reportJson } from "./report.ts";
 * const target = { transport: "udp", hostname: "::1", port: 2345 } as const;
 * const json = reportJson(
 *   { target, sent: 2, received: 2, milliseconds: 0.5, check: null },
 *   "HI",
 * );
 * console.assert(JSON.parse(json).answer === "HI");
 * ```
 */
export function reportJson(
  { target, sent, received, milliseconds, check }: UpperReport,
  answer: string | null,
): string {
  const report = {
    server: formatTarget(target),
    sent,
    received,
    milliseconds: rounded(milliseconds),
    ...answer === null ? {} : { answer },
    ...check === null ? {} : {
      check: {
        right: check.wrong === null,
        unjudged: check.unjudged,
        ...check.wrong?.wrong,
      },
    },
  };
  return `${visibleJson(JSON.stringify(report))}\n`;
}

/**
 * The line that a check ends with, when every byte was right.
 *
 * @example
 * ```ts
 * import { checkedLine } from "./report.ts";
 * const target = { transport: "udp", hostname: "::1", port: 2345 } as const;
 * const check = { wrong: null, unjudged: 0 };
 * const line = checkedLine(
 *   { target, sent: 2, received: 2, milliseconds: 0.51, check },
 * );
 * console.assert(line === "2 bytes in 0.5 ms, all right");
 * ```
 */
export function checkedLine(
  { received, milliseconds, check }: UpperReport,
): string {
  const unjudged = check?.unjudged ?? 0;
  const but = unjudged === 0
    ? ""
    : `; ${unjudged} characters, unknown to this Unicode, were not compared`;
  const bytes = `${received} ${received === 1 ? "byte" : "bytes"}`;
  return `${bytes} in ${rounded(milliseconds, 1)} ms, all right${but}`;
}

function rounded(value: number, digits = 3): number {
  return Number(value.toFixed(digits));
}
