/**
 * Fuzzes one target: the same seed gives the same inputs in the same order.
 *
 * @module
 */

import type { Bytes } from "../../lib/bytes.ts";
import { type Random, randomOf } from "../core/random.ts";
import { type Material, mutate } from "./mutate.ts";
import { shrink } from "./shrink.ts";
import { bytesOf, type Target } from "./target.ts";

/** How long and from where. */
export interface HuntOptions {
  /** Chooses the inputs. @default {1} */
  readonly seed?: number;
  /** Most inputs. @default no limit */
  readonly runs?: number;
  /** Whether there is time for another one. @default always */
  readonly goesOn?: () => boolean;
  /** Is shown every input before it is tried. @default nobody is */
  readonly before?: (input: Bytes) => void;
  /** Is told at once what was found. @default nobody is */
  readonly found?: (finding: Finding) => void;
}

/** An input for which something does not hold. */
export interface Finding {
  /** The input, as small as it got. */
  readonly input: Bytes;
  /** What happened: one line or several. */
  readonly reason: string;
}

/** What came of it. Plain data. */
export interface Hunt {
  /** Inputs that were tried, those for shrinking not counted. */
  readonly inputs: number;
  /** Different outcomes. */
  readonly outcomes: number;
  /** Longest time of one input, in milliseconds. */
  readonly slowest: number;
  /** What was found; no two for the same reason. */
  readonly findings: readonly Finding[];
}

/** More would be told by the same mistake. */
const MOST_FINDINGS = 5;
/** Inputs that are kept to be changed further. */
const MOST_KEPT = 400;

/** Tries inputs until there is no time left, or too much was found. */
export async function hunt(
  target: Target,
  options: HuntOptions = {},
): Promise<Hunt> {
  const { seed = 1, runs = Infinity, goesOn = () => true } = options;
  const { before = () => {}, found = () => {} } = options;
  const random = randomOf(seedFor(seed, target.name));
  const kept = (await target.seeds()).map(bytesOf);
  const seeds = kept.length;
  const known = new Map<string, Finding>();
  const outcomes = new Set<string>();
  let [inputs, slowest] = [0, 0];
  while (inputs < runs && known.size < MOST_FINDINGS && goesOn()) {
    const input = nextInput(target, random, kept, inputs++);
    before(input);
    const start = performance.now();
    const outcome = await tried(target, input);
    slowest = Math.max(slowest, performance.now() - start);
    if (outcome instanceof Error) {
      if (known.has(kindOf(outcome))) continue;
      const finding = await findingOf(target, input, outcome, before);
      known.set(kindOf(outcome), finding);
      found(finding);
    } else if (!outcomes.has(outcome) && outcomes.size < 10_000) {
      outcomes.add(outcome);
      if (kept.length < seeds + MOST_KEPT) kept.push(input);
    }
  }
  const findings = [...known.values()];
  return { inputs, outcomes: outcomes.size, slowest, findings };
}

/** Why `input` fails; `null` when everything holds. */
export async function failureOf(
  target: Target,
  input: Bytes,
): Promise<string | null> {
  const outcome = await tried(target, input);
  return outcome instanceof Error ? reasonOf(outcome) : null;
}

/** Seeds first, as they are; then what is made of them. */
function nextInput(
  target: Target,
  random: Random,
  kept: readonly Bytes[],
  count: number,
): Bytes {
  const { generate, isScript = false, longest = 2048, tokens = [] } = target;
  if (count < kept.length && count < 50) return kept[count]!;
  const material: Material = {
    others: kept,
    tokens: tokens.map(bytesOf),
    isScript,
    longest,
  };
  if (generate !== undefined && random.below(4) === 0) {
    const made = bytesOf(generate(random));
    return random.below(2) === 0 ? made : mutate(made, random, material);
  }
  return mutate(random.pick(kept), random, material);
}

async function tried(target: Target, input: Bytes): Promise<string | Error> {
  try {
    return await target.check(input.slice());
  } catch (error) {
    return error instanceof Error ? error : new Error(`threw ${error}`);
  }
}

/** What is told of an input that fails, when it was made smaller. */
async function findingOf(
  target: Target,
  input: Bytes,
  error: Error,
  before: (input: Bytes) => void,
): Promise<Finding> {
  const kind = kindOf(error);
  async function fails(smaller: Bytes): Promise<boolean> {
    before(smaller);
    const outcome = await tried(target, smaller);
    return outcome instanceof Error && kindOf(outcome) === kind;
  }
  const { isScript = false } = target;
  const small = await shrink(input, fails, { isScript });
  const again = await tried(target, small);
  return {
    input: small,
    reason: reasonOf(again instanceof Error ? again : error),
  };
}

/** The same for two errors that tell of one mistake. */
function kindOf(error: Error): string {
  const [place = ""] = placesOf(error);
  const words = error.message.split("\n", 1)[0]!.replace(/[\d"'].*/s, "");
  return `${error.name} ${words.slice(0, 40)} ${place}`;
}

function reasonOf(error: Error): string {
  const places = placesOf(error).slice(0, 6).join(" < ");
  // deno-lint-ignore no-control-regex -- Assertions are told in colour.
  const plain = error.message.replace(/\x1b\[[\d;]*m/g, "");
  const words = plain.replace(/\s+/g, " ").slice(0, 600);
  return `${error.name}: ${words} (${places})`;
}

function placesOf(error: Error): string[] {
  return Array.from(
    (error.stack ?? "").matchAll(/([\w.-]+\/[\w.-]+\.ts:\d+):\d+/g),
    ([, place]) => place!,
  );
}

/** A seed for each target, so that one more changes nothing for the others. */
function seedFor(seed: number, name: string): number {
  let hash = seed;
  for (const char of name) hash = hash * 31 + char.charCodeAt(0) >>> 0;
  return hash % 1_000_003 || 1;
}
