/**
 * Settings that were changed take effect.
 *
 * @module
 */

import { createRateLimit } from "../rate_limit.ts";
import {
  changeSetting,
  defaultSettings,
  parseRate,
  type SettingName,
  SETTINGS,
} from "./settings.ts";
import type { Shell } from "./shell.ts";
import { dataOptions } from "./site.ts";

/** They say how connections are made: a site that is open keeps its own. */
const OF_CONNECTIONS: readonly string[] = [
  "parallel",
  "timeout",
  "retries",
  "charset",
  "tls",
  "clear-data",
  "ccc",
  "tls-min",
  "tls-max",
] satisfies SettingName[];

/** They say how data connections are made. */
const OF_DATA: readonly string[] = [
  "mode",
  "port-range",
  "pasv-address",
] satisfies SettingName[];

/**
 * Changes a setting, for the server that is open, too, where that is possible;
 * else a note says so. The text `default` sets it back.
 *
 * @throws {UsageError} when there is no such setting, or no such value.
 */
export function applySetting(shell: Shell, name: string, text: string): void {
  const { state, output } = shell;
  if (text === "default" && Object.hasOwn(SETTINGS, name)) {
    const value = defaultSettings()[name as SettingName];
    Object.assign(state.settings, { [name]: value });
  } else changeSetting(state.settings, name, text);
  if (name === "limit-rate") limitRate(shell);
  if (state.site === null) return;
  if (OF_DATA.includes(name)) {
    state.site.pool.data = dataOptions(state.settings);
  }
  if (OF_CONNECTIONS.includes(name)) {
    output.note(`${name} counts from the next open on`);
  }
}

function limitRate({ state, clock }: Shell): void {
  const rate = parseRate(state.settings["limit-rate"] ?? "off");
  state.rateLimit = rate === null ? null : createRateLimit(rate, clock);
}
