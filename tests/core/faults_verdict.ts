/**
 * What must be true of a session in which something went wrong.
 *
 * @module
 */

import type { Scenario } from "./faults_scenarios.ts";
import { CUT_OFF, type Played, type Tree } from "./faults_session.ts";

/** What is compared. */
export interface Evidence {
  /** What was done. */
  readonly scenario: Scenario;
  /** How it goes when nothing goes wrong. */
  readonly usual: Played;
  /** The tree before. */
  readonly before: Tree;
  /** How it went. */
  readonly played: Played;
}

/** What a fault may do. */
export interface Tolerance {
  /** The session may end. @default {false} */
  readonly ends?: boolean;
  /** What failed may have been done. @default {false} */
  readonly done?: boolean;
  /** Our mistakes may be in the log, because we make some. @default {false} */
  readonly mistakes?: boolean;
}

/** Everything that is wrong with a session. */
export function wrongWith(
  evidence: Evidence,
  { ends = false, done = false, mistakes = false }: Tolerance = {},
): string[] {
  const { played, usual, before, scenario } = evidence;
  const wrong = played.left.map((what) => `left open: ${what}`);
  if (!played.usable && !ends) wrong.push("the session was not usable");
  if (played.mistakes.length > 0 && !mistakes) {
    wrong.push(`mistakes: ${JSON.stringify(played.mistakes)}`);
  }
  const isThrough = isAsUsual(played, usual);
  const isKnown = scenario.leavesOut || played.data.endsWith(CUT_OFF);
  if (isThrough && played.data !== usual.data && !isKnown) {
    wrong.push("226 for other data");
  }
  if (isThrough && !same(played.tree, usual.tree)) {
    wrong.push(`success without its effect: ${difference(evidence)}`);
  }
  if (isThrough) return wrong;
  const isDone = done || ends;
  for (
    const path of new Set([...Object.keys(played.tree), ...Object.keys(before)])
  ) {
    const is = played.tree[path];
    const was = before[path];
    const becomes = usual.tree[path];
    const key = path.startsWith("facts of ") ? path.slice(9) : path;
    const pattern = scenario.partly?.[key];
    if (is === was || isDone && is === becomes) continue;
    if (key !== path && (isDone || pattern)) continue;
    if (pattern?.test(is ?? "")) continue;
    wrong.push(`${path} is ${show(is)}, was ${show(was)}`);
  }
  return wrong;
}

/** Whether the client has heard what it hears when nothing goes wrong. */
function isAsUsual({ replies }: Played, usual: Played): boolean {
  return replies.length === usual.replies.length &&
    replies.every((reply, at) =>
      reply !== null && codeOf(reply) === codeOf(usual.replies[at]!)
    );
}

function codeOf(reply: string): string {
  return reply.slice(0, 3);
}

function same(one: Tree, other: Tree): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function difference({ played, usual }: Evidence): string {
  return Object.keys({ ...played.tree, ...usual.tree })
    .filter((path) => played.tree[path] !== usual.tree[path])
    .map((path) =>
      `${path} is ${show(played.tree[path])}, not ${show(usual.tree[path])}`
    )
    .join("; ");
}

function show(content: string | undefined): string {
  if (content === undefined) return "not there";
  return `${content.length} bytes ${JSON.stringify(content.slice(0, 20))}`;
}
