/**
 * A configuration file that says nothing but what is so anyway, for people to
 * change.
 *
 * @module
 */

import type { OptionSpec, OptionTable } from "../../../lib/cli.ts";
import { keysOf } from "./config_file.ts";
import { TABLES } from "./keys.ts";

const HEAD =
  `# Configuration of ftpd. What begins with "#" says what is so anyway,
# or shows a value. Options of the command line count more than this file.
# Times are seconds, or texts such as "5m"; paths begin in this file's folder.
# ftpd --config FILE --check tells what it means.
`;

/**
 * The text of a file with every key in a comment: those that have a default
 * with it, others with a value that shows their form.
 *
 * @example
 * ```ts
 * import { configTemplate } from "./template.ts";
 * const text = configTemplate({
 *   grace: { type: "seconds", default: 10, help: "time", group: "Limits" },
 * });
 * console.assert(text.includes("\n# time\n#grace = 10\n"));
 * ```
 */
export function configTemplate(options: OptionTable): string {
  const groups = Map.groupBy(
    Object.entries(keysOf(options)),
    ([, { group = "Files" }]) => group,
  );
  const sections = [...groups].map(([title, rows]) =>
    `${heading(title)}\n${rows.map(keyText).join("\n")}`
  );
  const tables = Object.entries(TABLES).map(([name, keys]) =>
    `${NOTES[name] ?? ""}#${name}\n` +
    Object.entries(keys).map(keyText).join("\n")
  );
  return [HEAD, ...sections, heading("Tables"), ...tables, PASSIVE].join("\n");
}

/** What stands above a table. */
const NOTES: Readonly<Record<string, string>> = {
  "[defaults]": "# What counts for accounts that do not say otherwise.\n",
  "[account.NAME]":
    "# An account; every key of [defaults] may stand here, too.\n",
  '[account.NAME.folder."/PATH"]':
    "# What may be done in a folder of an account, or of [defaults.folder].\n",
  '[account.NAME.mount."/PATH"]':
    "# Another real folder in the tree of an account, or of [defaults.mount].\n",
  '[host."NAME"]':
    '# What HOST chooses; it may have accounts: [host."NAME".account.NAME].\n',
  "[[hook]]": "# Somebody who is told of events; may stand there repeatedly.\n",
};

const PASSIVE = `#[passive-address-for]
# address that PASV shows to clients of a network, behind NAT
#"192.168.0.0/16" = "192.168.1.10"
`;

function heading(title: string): string {
  return `# --- ${title} ${"-".repeat(70 - title.length)}\n`;
}

function keyText([name, spec]: readonly [string, OptionSpec]): string {
  return `# ${spec.help}\n#${name} = ${valueText(spec)}\n`;
}

/**
 * The default of a key as TOML writes it, or a value that shows its form.
 */
export function valueText(spec: OptionSpec): string {
  if (spec.type === "flag") return "false";
  const value = "default" in spec ? spec.default : undefined;
  if (typeof value === "number") return `${value}`;
  if (value === "on" || value === "off") return `${value === "on"}`;
  if (value !== undefined) return JSON.stringify(value);
  if (spec.type === "texts" || spec.type === "forms") {
    const items = (spec.example ?? "").split(/, /);
    return `[${items.map((item) => JSON.stringify(item)).join(", ")}]`;
  }
  const shown = spec.example ?? exampleOf(spec);
  return /^\d+(\.\d+)?$/.test(shown) ? shown : JSON.stringify(shown);
}

function exampleOf(spec: OptionSpec): string {
  return spec.type === "choice" ? spec.choices[0]! : spec.placeholder ?? "";
}
