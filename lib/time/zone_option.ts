/**
 * The options `--utc` and `--zone`, which the servers and clients of time share.
 *
 * @module
 */

import { UsageError } from "../cli/errors.ts";
import { nearest } from "../cli/nearest.ts";
import { quoted } from "../cli/values.ts";
import { LOCAL, namedZone, UTC, type Zone } from "./zone.ts";

/** The rows of `--utc` and `--zone`, under the heading `group`. */
export function zoneOptions<const G extends string>(group: G): {
  readonly utc: {
    readonly type: "flag";
    readonly help: string;
    readonly group: G;
  };
  readonly zone: {
    readonly type: "text";
    readonly placeholder: string;
    readonly help: string;
    readonly group: G;
  };
} {
  return {
    utc: { type: "flag", help: "in UTC", group },
    zone: {
      type: "text",
      placeholder: "NAME",
      help: "in this time zone, such as Europe/Berlin",
      group,
    },
  };
}

/** What was given. */
export interface ZoneValues {
  /** `--utc`. */
  readonly utc: boolean;
  /** `--zone NAME`. */
  readonly zone?: string | undefined;
}

/**
 * The zone that was asked for; without one, the local one.
 *
 * @throws {UsageError} If both options are given, or there is no such zone.
 *
 * @example
 * ```ts
 * import { readZone } from "./zone_option.ts";
 * console.assert(readZone({ utc: true }).name === "UTC");
 * ```
 */
export function readZone({ utc, zone }: ZoneValues): Zone {
  if (zone === undefined) return utc ? UTC : LOCAL;
  if (utc) throw new UsageError("--utc and --zone: choose one");
  try {
    return namedZone(zone);
  } catch {
    throw new UsageError(
      `--zone: there is no time zone ${quoted(zone)}; ${adviceFor(zone)}`,
    );
  }
}

function adviceFor(zone: string): string {
  const names = Intl.supportedValuesOf("timeZone");
  const meant = nearest(names, zone) ??
    names.find((name) => placeOf(name) === placeOf(zone));
  return meant === undefined
    ? "expected a name such as Europe/Berlin"
    : `did you mean ${meant}?`;
}

/** `new_york` of `America/New_York`, and of `New York`. */
function placeOf(name: string): string {
  return name.split("/").at(-1)!.toLowerCase().replaceAll(" ", "_");
}
