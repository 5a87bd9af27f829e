/**
 * Verbs as tools: how their options are read and explained.
 *
 * @module
 */

import type { OptionTable, Tool } from "../../../lib/cli.ts";
import type { Verb } from "./verb.ts";

/** A verb's row, in the form in which options are parsed and explained. */
export function toolOf(verb: Verb, more: OptionTable = {}): Tool {
  const [name] = verb.names;
  return {
    name,
    summary: verb.summary,
    usage: `${name} ${verb.usage ?? ""}`.trimEnd(),
    examples: verb.examples ?? [],
    options: { ...verb.options, ...more },
    positionals: verb.positionals ?? {},
  };
}
