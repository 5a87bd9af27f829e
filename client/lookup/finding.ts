/**
 * What the verbs of `lookup` work with, and what they find.
 *
 * @module
 */

import { EXIT } from "../../lib/cli.ts";
import { displayWidth, padEnd } from "../../lib/terminal/width.ts";
import { visible } from "../../lib/visible.ts";
import type { Machine } from "./machine.ts";
import type { Answer, Source } from "./sources.ts";

/** Which kind of socket a row of `addrinfo` is for. */
export type SocketType = "stream" | "datagram" | "raw";

/** What a verb works with. */
export interface Scene {
  /** The machine. */
  readonly machine: Machine;
  /** The places that know names and addresses. */
  readonly sources: readonly Source[];
  /** Only addresses of this family. */
  readonly family?: 4 | 6 | undefined;
  /** Only sockets of this type. */
  readonly type?: SocketType | undefined;
  /** Addresses to listen on, where no host is named. */
  readonly passive: boolean;
  /** Only numbers, so that nothing needs to be looked up. */
  readonly numeric: boolean;
}

/** What a verb found. */
export interface Finding {
  /** What it found, for programs. */
  readonly record: Readonly<Record<string, unknown>>;
  /** The same for people: lines without their ends, safe to show. */
  readonly lines: readonly string[];
  /** What people should know besides. */
  readonly remarks?: readonly string[];
  /** 0, or why it is none: one of {@linkcode EXIT}. */
  readonly code: number;
}

/**
 * Lines of columns; control characters are made visible. The last column is
 * not padded.
 *
 * @example
 * ```ts
 * import { table } from "./finding.ts";
 * const lines = table([["a", "1"], ["bbb", "22"]]);
 * console.assert(lines.join("\n") === "a    1\nbbb  22");
 * ```
 */
export function table(rows: readonly (readonly string[])[]): string[] {
  const cells = rows.map((row) => row.map(visible));
  const widths = (cells[0] ?? []).map((_, column) =>
    Math.max(...cells.map((row) => displayWidth(row[column] ?? "")))
  );
  return cells.map((row) =>
    row.map((cell, at) => padEnd(cell, widths[at] ?? 0)).join("  ").trimEnd()
  );
}

/** Values that are listed in one line. */
const MOST_LISTED = 8;

/**
 * Values in one line; of many only the first, and how many more there are.
 *
 * @example
 * ```ts
 * import { listed } from "./finding.ts";
 * console.assert(listed(["a", "b"]) === "a, b");
 * console.assert(listed(Array(9).fill("a")).endsWith("a and 1 more"));
 * ```
 */
export function listed(values: readonly string[]): string {
  const shown = values.slice(0, MOST_LISTED).join(", ");
  const rest = values.length - MOST_LISTED;
  return rest > 0 ? `${shown} and ${rest} more` : shown;
}

/**
 * The exit code that answers mean: 0 when any source found something; 1 when
 * the system's resolver or DNS said that there is nothing; 3 when neither
 * could be asked.
 *
 * @example
 * ```ts
 * import { codeOf } from "./finding.ts";
 * const answer = { source: "dns", status: "none", values: [], note: "" } as const;
 * console.assert(codeOf([answer]) === 1);
 * ```
 */
export function codeOf(answers: readonly Answer[]): number {
  const said = (status: Answer["status"]) =>
    answers.some((answer) => answer.status === status);
  if (said("found")) return EXIT.done;
  const knows = answers.some(({ source, status }) =>
    source !== "hosts" && status === "none"
  );
  return knows ? EXIT.failed : EXIT.network;
}
