/**
 * One folder of a plan: what the source has in it, next to what the target
 * has.
 *
 * @module
 */

import { forEach } from "../bounded.ts";
import { planExtras } from "./extras.ts";
import { partPath } from "../part_name.ts";
import { wholeOf } from "./parts.ts";
import { addStep, fail, type Pair, type Planning } from "./planning.ts";
import { planRoom } from "./removal.ts";
import { below, type MirrorEntry } from "./step.ts";
import type { Listing } from "./tree.ts";

/** Links in what other links lead to. */
const MOST_LINKS = 3;

/** One name of the source, and what the target has of that name. */
interface Match {
  readonly pair: Pair;
  readonly path: string;
  readonly entry: MirrorEntry;
  readonly other: MirrorEntry | undefined;
}

/** Plans everything in one folder, and its folders for later. */
export async function planPair(
  planning: Planning,
  pair: Pair,
  source: Listing,
  target: Listing | null,
): Promise<void> {
  const { key, options } = planning.job;
  const there = byKey(target, key);
  const seen = new Set<string>();
  const wholes = new Set(source.entries.filter(isFile).map(nameOf));
  const moved = new Set<string>();
  // Hashes take their time: several are asked for at once.
  const width = options.compare === "hash" ? planning.job.pool.limit + 1 : 1;
  await forEach(source.entries, () => width, async (entry) => {
    const path = below(pair.path, entry.name);
    seen.add(key(entry.name));
    const whole = wholeOf(entry.name);
    if (whole !== null && wholes.has(whole)) {
      addStep(planning, "skip", path, entry, `name of an unfinished ${whole}`);
      return;
    }
    const other = there.get(key(entry.name));
    if (!await planEntry(planning, { pair, path, entry, other })) return;
    if (there.has(key(partPath(entry.name)))) planning.parts.add(path);
    moved.add(entry.name);
  });
  for (const { entry, reason } of source.refused) {
    addStep(planning, "skip", below(pair.path, entry.name), entry, reason);
    seen.add(key(entry.name));
  }
  await planExtras(planning, pair, source, {
    entries: [...there].filter(([key]) => !seen.has(key)).map(([, e]) => e),
    refused: target?.refused ?? [],
    isUnfinished: (name) => moved.has(wholeOf(name) ?? ""),
  });
}

function byKey(
  listing: Listing | null,
  key: (name: string) => string,
): Map<string, MirrorEntry> {
  const entries = listing?.entries ?? [];
  return new Map(entries.map((entry) => [key(entry.name), entry]));
}

function isFile({ type }: MirrorEntry): boolean {
  return type === "file";
}

function nameOf({ name }: MirrorEntry): string {
  return name;
}

/** Plans one entry of the source; whether it is a file to be moved. */
async function planEntry(planning: Planning, match: Match): Promise<boolean> {
  const { path, entry, pair } = match;
  const skip = (reason: string) => {
    addStep(planning, "skip", path, entry, reason);
    return false;
  };
  const { job } = planning;
  if (entry.type === "link") {
    if (job.options.links !== "follow") return skip("a link");
    if (pair.links >= MOST_LINKS) return skip("a link in links");
  }
  const found = entry.type === "link"
    ? await job.source.follow(entry, path)
    : entry;
  if (found === null) return skip("a link that leads nowhere");
  const left = job.filter(path, found.type === "directory");
  if (left !== null) return skip(left);
  if (found.type === "directory") {
    const links = pair.links + (found === entry ? 0 : 1);
    await planFolder(planning, { ...match, pair: { ...pair, links } });
    return false;
  }
  if (found.type !== "file") return skip("neither a file nor a folder");
  return await planFile(planning, { ...match, entry: found });
}

async function planFolder(planning: Planning, match: Match): Promise<void> {
  const { path, other, pair: { depth, links } } = match;
  const entry = { ...match.entry, type: "directory" } as const;
  const inTarget = other?.type === "directory";
  if (!inTarget) {
    const reason = await whyNot(planning, path, other, depth);
    if (reason !== null) return addStep(planning, "skip", path, entry, reason);
    addStep(planning, "folder", path, entry, "not there");
  }
  planning.folders.push({ path, depth: depth + 1, links, inTarget });
}

async function planFile(planning: Planning, match: Match): Promise<boolean> {
  const { path, entry, other, pair } = match;
  const { maxSize = Infinity } = planning.job.options;
  const skip = (reason: string) => {
    addStep(planning, "skip", path, entry, reason);
    return false;
  };
  if (entry.size !== null && entry.size > maxSize) {
    return skip(`more than ${maxSize} bytes`);
  }
  if (other?.type === "file") return await planUpdate(planning, match, other);
  const reason = await whyNot(planning, path, other, pair.depth);
  if (reason !== null) return skip(reason);
  addStep(planning, "add", path, entry, "not there");
  return true;
}

/** Why something is not made in the target; `null` when it may be. */
async function whyNot(
  planning: Planning,
  path: string,
  other: MirrorEntry | undefined,
  depth: number,
): Promise<string | null> {
  if (planning.job.options.onlyExisting) return "not in the target";
  return other === undefined
    ? null
    : await planRoom(planning, path, other, depth);
}

async function planUpdate(
  planning: Planning,
  { path, entry }: Match,
  other: MirrorEntry,
): Promise<boolean> {
  try {
    const verdict = await planning.compare(path, entry, other);
    const action = verdict.replace ? "update" : "skip";
    addStep(planning, action, path, entry, verdict.reason);
    if (verdict.replace) planning.old.set(path, other);
    return verdict.replace;
  } catch (error) {
    fail(planning, path, error);
    return false;
  }
}
