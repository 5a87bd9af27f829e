/**
 * How many steps a regular expression takes that tries one way after the other
 * as the runtime does, and with which texts it takes the most.
 *
 * Steps are counted, so a busy machine changes nothing.
 *
 * @module
 */

import { type Node, readPattern } from "./regexp_tree.ts";

/** More than any pattern may take for {@linkcode LONG} letters. */
const TOO_MANY = 1_000_000;
const SHORT = 80;
const LONG = 2 * SHORT;

/** How a pattern's steps grow with the text. */
export type Growth = "linear" | "quadratic" | "worse";

/** What was found out about a pattern. */
export interface Verdict {
  /** How steps grow, with the worst text. */
  growth: Growth;
  /** That text. */
  text: string;
  /** How many texts were tried. */
  texts: number;
}

/** Tries a pattern with the texts that are worst for its like. */
export function judge(source: string, flags: string): Verdict {
  const tree = readPattern(source, flags);
  const sticky = flags.includes("y");
  const verdict: Verdict = { growth: "linear", text: "", texts: 0 };
  if (!repeats(tree)) return verdict;
  let most = 0;
  for (const text of worstTexts(tree)) {
    verdict.texts++;
    const long = steps(tree, text(LONG), sticky);
    const ratio = long / Math.max(steps(tree, text(SHORT), sticky), LONG);
    if (ratio > most) [most, verdict.text] = [ratio, text(8)];
    if (long >= TOO_MANY) return { ...verdict, growth: "worse" };
  }
  verdict.growth = most > 5 ? "worse" : most > 2.7 ? "quadratic" : "linear";
  return verdict;
}

/** Steps of a search through a text, up to {@linkcode TOO_MANY}. */
export function steps(tree: Node, text: string, sticky = false): number {
  const run: Run = { text, steps: 0 };
  const starts = sticky ? 0 : text.length;
  for (let at = 0; at <= starts && run.steps < TOO_MANY; at++) {
    if (match(run, tree, at, () => true)) break;
  }
  return Math.min(run.steps, TOO_MANY);
}

interface Run {
  readonly text: string;
  steps: number;
}

type Next = (at: number) => boolean;

function match(run: Run, node: Node, at: number, next: Next): boolean {
  if (++run.steps >= TOO_MANY) return false;
  switch (node.kind) {
    case "letter":
      return at < run.text.length && node.matches(run.text[at]!) &&
        next(at + 1);
    case "place":
      return node.holds(run.text, at) && next(at);
    case "ahead":
      return match(run, node.body, at, () => true) === node.wanted && next(at);
    case "sequence":
      return matchAll(run, node.parts, 0, at, next);
    case "choice":
      return node.ways.some((way) => match(run, way, at, next));
    case "repeat":
      return node.body.kind === "letter"
        ? repeatLetter(run, node, node.body, at, next)
        : repeat(run, node, 0, at, next);
  }
}

function matchAll(
  run: Run,
  parts: readonly Node[],
  index: number,
  at: number,
  next: Next,
): boolean {
  const part = parts[index];
  if (part === undefined) return next(at);
  return match(
    run,
    part,
    at,
    (to) => matchAll(run, parts, index + 1, to, next),
  );
}

type Repeat = Extract<Node, { kind: "repeat" }>;
type Letter = Extract<Node, { kind: "letter" }>;

/** Takes as many as there are, then gives back one after the other. */
function repeatLetter(
  run: Run,
  { least, most, lazy }: Repeat,
  letter: Letter,
  at: number,
  next: Next,
): boolean {
  let count = 0;
  const fits = () =>
    count < most && at + count < run.text.length &&
    letter.matches(run.text[at + count]!);
  const limit = lazy ? least : Infinity;
  for (; count < limit && fits(); count++) run.steps++;
  if (count < least) return false;
  for (;;) {
    if (++run.steps >= TOO_MANY) return false;
    if (next(at + count)) return true;
    if (lazy ? !fits() : count === least) return false;
    count += lazy ? 1 : -1;
  }
}

function repeat(
  run: Run,
  node: Repeat,
  count: number,
  at: number,
  next: Next,
): boolean {
  const again = () =>
    count < node.most &&
    match(run, node.body, at, (to) =>
      (to > at || count < node.least) &&
      repeat(run, node, count + 1, to, next));
  if (count < node.least) return again();
  return node.lazy ? next(at) || again() : again() || next(at);
}

/** Whether anything may come often. */
function repeats(node: Node): boolean {
  if (node.kind === "repeat" && node.most > 9) return true;
  return childrenOf(node).some(repeats);
}

function childrenOf(node: Node): readonly Node[] {
  if (node.kind === "sequence") return node.parts;
  if (node.kind === "choice") return node.ways;
  return node.kind === "repeat" || node.kind === "ahead" ? [node.body] : [];
}

const LETTERS = [
  ...Array.from({ length: 127 }, (_, code) => String.fromCharCode(code)),
  ..."äß\u00b2\u0301\u2028月\u{ff21}\uffff",
];

/** Beginnings, what is repeated, and ends on which it fails. */
function* worstTexts(tree: Node): Generator<(length: number) => string> {
  const letters = kindsOf(tree);
  const heads = new Set(["", ...prefixes(tree)]);
  const pumps = [...letters, ...samples(tree), ...heads];
  if (nests(tree)) {
    for (const a of letters) for (const b of letters) pumps.push(a + b);
  }
  const ends = ["", "\n", strangerTo(letters), letters[0] ?? ""];
  for (const pump of new Set(pumps.filter((text) => text !== ""))) {
    for (const head of heads) {
      for (const end of new Set(ends)) {
        yield (length) =>
          head + pump.repeat(Math.ceil(length / pump.length)) + end;
      }
    }
  }
}

/** One letter of each kind that the pattern tells apart. */
function kindsOf(tree: Node): string[] {
  const all: Letter[] = [];
  const collect = (node: Node) => {
    if (node.kind === "letter") all.push(node);
    childrenOf(node).forEach(collect);
  };
  collect(tree);
  const kinds = new Map<string, string>();
  for (const letter of LETTERS.toReversed()) {
    const kind = all.map((one) => one.matches(letter) ? 1 : 0).join("");
    if (kind.includes("1")) kinds.set(kind, letter);
  }
  return [...kinds.values()].slice(0, 14);
}

/** A letter of none of these kinds, if there is one. */
function strangerTo(letters: readonly string[]): string {
  return ["\0", "\x01", "!", "~", "\n"].find((one) => !letters.includes(one)) ??
    "";
}

/** Whether more than a letter is repeated. */
function nests(node: Node): boolean {
  const isMany = node.kind === "repeat" && node.most > 9;
  return isMany && node.body.kind !== "letter" || childrenOf(node).some(nests);
}

/** A text for each part that is repeated. */
function samples(node: Node): string[] {
  const own = node.kind === "repeat" && node.most > 9
    ? [sample(node.body)]
    : [];
  return [...own, ...childrenOf(node).flatMap(samples)];
}

/** What may stand in front of each part that is repeated. */
function prefixes(node: Node, head = ""): string[] {
  if (node.kind === "repeat" && node.most > 9) {
    return [head, ...prefixes(node.body, head)];
  }
  if (node.kind !== "sequence") {
    return childrenOf(node).flatMap((child) => prefixes(child, head));
  }
  const found: string[] = [];
  let before = head;
  for (const part of node.parts) {
    found.push(...prefixes(part, before));
    before += sample(part);
  }
  return found;
}

/** A text that a part of a pattern takes. */
function sample(node: Node): string {
  switch (node.kind) {
    case "letter":
      return LETTERS.findLast((letter) =>
        letter <= "~" && node.matches(letter)
      ) ?? LETTERS.find((letter) => node.matches(letter)) ?? "";
    case "sequence":
      return node.parts.map(sample).join("");
    case "choice":
      return sample(node.ways[0]!);
    case "repeat":
      return sample(node.body).repeat(Math.max(node.least, 1));
    default:
      return "";
  }
}
