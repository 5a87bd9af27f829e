/**
 * The options for faults on purpose.
 *
 * @module
 */

import { UsageError } from "../../../lib/cli.ts";
import { visible } from "../../../lib/visible.ts";
import type { Faults } from "../faults.ts";

/** Options of servers that can inject faults. */
export const FAULT_OPTIONS = {
  delay: {
    type: "seconds",
    default: 0,
    max: 60,
    placeholder: "SECONDS",
    help: "answer so much later",
    group: "Faults on purpose",
  },
  jitter: {
    type: "seconds",
    default: 0,
    max: 60,
    placeholder: "SECONDS",
    help: "and up to so much more, in the same order",
    group: "Faults on purpose",
  },
  drop: {
    type: "text",
    placeholder: "PERCENT",
    help: "leave datagrams without an answer",
    group: "Faults on purpose",
  },
  duplicate: {
    type: "text",
    placeholder: "PERCENT",
    help: "answer datagrams twice",
    group: "Faults on purpose",
  },
  reorder: {
    type: "text",
    placeholder: "PERCENT",
    help: "let answers be overtaken by the next one",
    group: "Faults on purpose",
  },
  corrupt: {
    type: "text",
    placeholder: "PERCENT",
    help: "send a wrong bit, in datagrams and KiB of streams",
    group: "Faults on purpose",
  },
  seed: {
    type: "integer",
    default: 1,
    max: 0xffffffff,
    placeholder: "N",
    help: "repeat the same faults, or choose others",
    group: "Faults on purpose",
  },
} as const;

/** The percentages, in the order of the options; the first three of datagrams. */
const SHARES = ["drop", "duplicate", "reorder", "corrupt"] as const;

/** The values of {@linkcode FAULT_OPTIONS}; times in milliseconds. */
export interface FaultValues {
  /** The value of `--delay`. */
  readonly delay: number;
  /** The value of `--jitter`. */
  readonly jitter: number;
  /** The value of `--drop`. */
  readonly drop: string | undefined;
  /** The value of `--duplicate`. */
  readonly duplicate: string | undefined;
  /** The value of `--reorder`. */
  readonly reorder: string | undefined;
  /** The value of `--corrupt`. */
  readonly corrupt: string | undefined;
  /** The value of `--seed`. */
  readonly seed: number;
}

/**
 * The faults that the options ask for, or `null` when they ask for none.
 * `datagrams` says whether there are any that could suffer.
 *
 * @throws {UsageError} when a percentage can't be read, they are more than 100
 * together, or only streams are served and cannot suffer so.
 *
 * @example
 * ```ts
 * import { readFaults } from "./options.ts";
 * const none = { delay: 0, jitter: 0, seed: 1, duplicate: undefined, reorder: undefined, corrupt: undefined };
 * const faults = readFaults({ ...none, drop: "2.5" }, { datagrams: true });
 * console.assert(faults?.drop === 2.5);
 * ```
 */
export function readFaults(
  values: FaultValues,
  { datagrams }: { datagrams: boolean },
): Required<Faults> | null {
  const { delay, jitter, seed } = values;
  const [drop, duplicate, reorder, corrupt] = SHARES.map((name) =>
    readShare(name, values[name])
  ) as [number, number, number, number];
  const together = drop + duplicate + reorder + corrupt;
  if (together > 100) {
    throw new UsageError(
      `--drop, --duplicate, --reorder and --corrupt are ${together} % together: a datagram suffers only one of them, so 100 is the most`,
    );
  }
  const lost = SHARES.slice(0, 3).find((name) => readShare(name, values[name]));
  if (lost && !datagrams) {
    throw new UsageError(
      `--${lost} is for datagrams, and only connections are served: add --udp`,
    );
  }
  if (delay + jitter + together === 0) return null;
  return { delay, jitter, drop, duplicate, reorder, corrupt, seed };
}

function readShare(name: string, text = "0"): number {
  const share = /^\d{1,3}(\.\d+)?%?$/.test(text) ? parseFloat(text) : NaN;
  if (share <= 100) return share;
  throw new UsageError(
    `--${name}: expected a percentage from 0 to 100 such as 2.5, got "${
      visible(text)
    }"`,
  );
}

/** What a ready line says of faults, such as `(drop 5 %, delay 20 ms; seed 1)`. */
export function aboutFaults({ seed, ...faults }: Required<Faults>): string {
  const words = Object.entries(faults).filter(([, value]) => value > 0)
    .map(([name, value]) =>
      `${name} ${value} ${name === "delay" || name === "jitter" ? "ms" : "%"}`
    );
  return `(${words.join(", ")}; seed ${seed})`;
}
