/**
 * How `lookup` tells what it found: lines for people, or JSON.
 *
 * @module
 */

import { type Stream, writeErr, writeText } from "../../lib/cli.ts";
import { visibleJson } from "../../lib/visible.ts";
import type { Finding } from "./finding.ts";

/** Tells findings, one after the other. */
export interface Report {
  /** Prints one; `false` when nobody reads any more. */
  tell(finding: Finding): boolean;
  /** The exit code: that of the first finding that has one other than 0. */
  code(): number;
}

/** Options for {@linkcode createReport}. */
export interface ReportOptions {
  /** An object a line, for programs. @default {false} */
  json?: boolean;
  /** Where findings go. @default {Deno.stdout} */
  out?: Stream;
  /** Where remarks go. @default {writeErr} */
  err?: (text: string) => void;
}

/** How long a full pipe is waited for, in milliseconds. */
const PATIENCE = 5000;
/** Remarks that are not told twice; of others nobody keeps count. */
const MOST_KNOWN = 1000;

/**
 * Prints findings and, once each, the remarks on them.
 *
 * @example
 * ```ts
 * import { createReport } from "./report.ts";
 * const out = { writeSync: (bytes: Uint8Array) => bytes.length };
 * const report = createReport({ json: true, out });
 * console.assert(report.tell({ record: {}, lines: [], code: 1 }));
 * console.assert(report.code() === 1);
 * ```
 */
export function createReport(
  { json = false, out = Deno.stdout, err = writeErr }: ReportOptions = {},
): Report {
  const told = new Set<string>();
  const reader = watched(out);
  let code = 0;
  return {
    code: () => code,
    tell({ record, lines, remarks = [], code: each }) {
      code ||= each;
      const printed = json ? [visibleJson(JSON.stringify(record))] : lines;
      const text = printed.map((line) => `${line}\n`).join("");
      writeText(reader.stream, text, PATIENCE);
      for (const remark of remarks) {
        if (!told.has(remark)) err(`lookup: ${remark}\n`);
        if (told.size < MOST_KNOWN) told.add(remark);
      }
      return !reader.hasGone();
    },
  };
}

/** A stream that remembers that its reader has gone. */
function watched(out: Stream): { stream: Stream; hasGone(): boolean } {
  let hasGone = false;
  return {
    hasGone: () => hasGone,
    stream: {
      writeSync(bytes) {
        try {
          return out.writeSync(bytes);
        } catch (error) {
          hasGone ||= error instanceof Deno.errors.BrokenPipe;
          throw error;
        }
      },
    },
  };
}
