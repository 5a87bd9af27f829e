/**
 * What `lookup` can be told to look up.
 *
 * @module
 */

import { UsageError } from "../../lib/cli.ts";
import { nearest } from "../../lib/cli/nearest.ts";
import { quoted } from "../../lib/cli/values.ts";
import { lookUpEnds } from "./addrinfo.ts";
import type { Finding, Scene } from "./finding.ts";
import { lookUpHost } from "./host.ts";
import { lookUpAddress } from "./reverse.ts";
import { lookUpSelf } from "./self.ts";
import { lookUpService } from "./service.ts";

/** One verb. */
export interface LookupVerb {
  /** How it is called, such as `host NAME...`. */
  readonly usage: string;
  /** Options that other verbs do not have. */
  readonly options: readonly string[];
  /** The questions that words of the command line make: one for each word. */
  readonly asks: "each word" | "two words" | "nothing";
  /** Answers one question. */
  run(query: string, scene: Scene): Promise<Finding>;
}

/** The verbs by name. */
export const VERBS: Readonly<Record<string, LookupVerb>> = {
  service: {
    usage: "service NAME|PORT[/PROTOCOL]...",
    options: [],
    asks: "each word",
    run: lookUpService,
  },
  host: {
    usage: "host NAME...",
    options: ["server", "family"],
    asks: "each word",
    run: lookUpHost,
  },
  reverse: {
    usage: "reverse ADDRESS...",
    options: ["server"],
    asks: "each word",
    run: lookUpAddress,
  },
  addrinfo: {
    usage: "addrinfo HOST SERVICE",
    options: ["server", "family", "type", "passive", "numeric"],
    asks: "two words",
    run: (query, scene) => lookUpEnds(twoWords(query), scene),
  },
  self: {
    usage: "self",
    options: [],
    asks: "nothing",
    run: (_query, scene) => lookUpSelf(scene),
  },
};

/**
 * The verb that is called `name`.
 *
 * @throws {UsageError} when there is none.
 *
 * @example
 * ```ts
 * import { verbNamed } from "./verbs.ts";
 * console.assert(verbNamed("host").usage === "host NAME...");
 * ```
 */
export function verbNamed(name: string): LookupVerb {
  const verb = Object.hasOwn(VERBS, name) ? VERBS[name] : undefined;
  if (verb !== undefined) return verb;
  const names = Object.keys(VERBS);
  const near = nearest(names, name);
  const hint = near === undefined ? "" : `; did you mean ${near}?`;
  throw new UsageError(
    `unknown verb ${quoted(name)}${hint} (verbs are ${names.join(", ")})`,
  );
}

/**
 * The questions that the words behind a verb make; `null` when they are to be
 * read from the standard input (`-`).
 *
 * @throws {UsageError} when there are too few or too many words.
 *
 * @example
 * ```ts
 * import { queriesOf, verbNamed } from "./verbs.ts";
 * const queries = queriesOf(verbNamed("addrinfo"), ["localhost", "http"]);
 * console.assert(queries?.join() === "localhost http");
 * ```
 */
export function queriesOf(
  { asks, usage }: LookupVerb,
  words: readonly string[],
): readonly string[] | null {
  if (asks === "nothing" && words.length === 0) return [""];
  if (asks !== "nothing" && words.length === 1 && words[0] === "-") return null;
  if (words.includes("-")) {
    throw new UsageError("- reads the standard input and stands alone");
  }
  if (asks === "two words" && words.length === 2) return [words.join(" ")];
  if (asks === "each word" && words.length > 0) return words;
  throw new UsageError(`expected lookup ${usage}`);
}

function twoWords(query: string): [string, string] {
  const [host, service, ...more] = query.split(/\s+/);
  if (host === undefined || service === undefined || more.length > 0) {
    throw new UsageError(`${quoted(query)}: expected HOST SERVICE`);
  }
  return [host, service];
}
