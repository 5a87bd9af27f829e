/**
 * The rows that docs/config.md has for keys of the configuration file.
 *
 * @module
 */
import type { OptionSpec, OptionTable } from "../../lib/cli.ts";

/** The cells of each key: its name, what it may be, its default, its meaning. */
export function keyRows(table: OptionTable): string[][] {
  return Object.entries(table).map(([name, spec]) => [
    `\`${name}\``,
    kindOf(spec),
    defaultOf(spec),
    spec.help,
  ]);
}

function kindOf(spec: OptionSpec): string {
  if (isSwitch(spec)) return "`true`, `false`";
  switch (spec.type) {
    case "choice":
      return spec.choices.map((choice) => `\`"${choice}"\``).join(", ");
    case "seconds":
      return "time";
    case "integer":
      return "number";
    case "ports":
      return '`"FIRST-LAST"`';
    case "texts":
      return "list of texts";
    case "form":
      return spec.form.expected;
    case "forms":
      return `list: ${spec.form.expected}`;
    default:
      return spec.names ?? "text";
  }
}

function defaultOf(spec: OptionSpec): string {
  if (spec.type === "flag") return "`false`";
  const value = "default" in spec ? spec.default : undefined;
  if (value === undefined) return "";
  if (isSwitch(spec)) return `\`${value === "on"}\``;
  return `\`${JSON.stringify(value)}\``;
}

function isSwitch(spec: OptionSpec): boolean {
  return spec.type === "flag" ||
    (spec.type === "choice" && spec.choices.join() === "on,off");
}
