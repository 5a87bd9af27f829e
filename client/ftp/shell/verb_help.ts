/**
 * Help for the shell: the list of verbs, and one verb's page.
 *
 * @module
 */

import { helpText } from "../../../lib/cli.ts";
import { toolOf } from "./verb_tool.ts";
import type { Verb } from "./verb.ts";

const WIDTH = 80;

/** The page of one verb. */
export function verbHelp(verb: Verb): string {
  const [, ...others] = verb.names;
  const also = others.length > 0 ? `Also: ${others.join(", ")}\n` : "";
  return helpText(toolOf(verb)).replace(/\nGeneral:\n[^]*$/, "") + also;
}

/** All verbs under their headings; `indent` columns are left free. */
export function verbList(verbs: readonly Verb[]): string {
  const groups = Map.groupBy(verbs, ({ group }) => group);
  return [...groups].map(([title, verbs]) => {
    const names = verbs.map(({ names }) => names[0]);
    return `${title}:\n${wrapped(names)}`;
  }).join("\n");
}

/** The verbs of the command line. */
export function oneShotList(verbs: readonly Verb[]): string {
  const names = verbs.filter(({ urls }) => urls !== undefined)
    .map(({ names }) => names[0]);
  return `Verbs (ftp VERB --help explains one; the shell has more):\n${
    wrapped(names)
  }`;
}

function wrapped(names: readonly string[]): string {
  const lines: string[] = [];
  for (const name of names) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + name.length < WIDTH) {
      lines[lines.length - 1] = `${last} ${name}`;
    } else lines.push(`  ${name}`);
  }
  return lines.map((line) => `${line}\n`).join("");
}
