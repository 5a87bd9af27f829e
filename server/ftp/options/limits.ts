/**
 * The options of `ftpd` that say how much is too much, for the server and for
 * each of its accounts.
 *
 * @module
 */

import type { Form, OptionValues } from "../../../lib/cli.ts";
import { type Present, present } from "../present.ts";
import type { Profile, Rates } from "../profile.ts";
import type { LimitSettings } from "../settings_parts.ts";
import { FREQUENCY, RATES, SIZE } from "./forms.ts";
import { readBan, USER_OPTIONS, type UserValues } from "./users.ts";

/** The rows of the option table. */
export const LIMIT_OPTIONS = {
  "max-sessions": {
    type: "integer",
    default: 1000,
    min: 1,
    help: "sessions at a time",
    group: "Limits",
  },
  "max-per-address": {
    type: "integer",
    default: 500,
    min: 1,
    help: "sessions at a time from one address",
    group: "Limits",
  },
  "max-per-account": {
    type: "integer",
    default: 0,
    help: "sessions at a time of one account; 0 for any",
    group: "Limits",
    rare: true,
  },
  "connections-per-second": {
    type: "form",
    form: FREQUENCY as Form<number>,
    placeholder: "N",
    example: "50",
    help: "new connections a second (default any)",
    group: "Limits",
    rare: true,
  },
  "connections-per-second-per-address": {
    type: "form",
    form: FREQUENCY as Form<number>,
    placeholder: "N",
    example: "2",
    help: "of these from one address (default any)",
    group: "Limits",
    rare: true,
  },
  "server-rate": {
    type: "form",
    form: RATES as Form<Rates>,
    placeholder: "RATE",
    example: "down=100M,up=50M",
    help: "bytes a second in all: 50M, or down=50M,up=10M",
    group: "Limits",
  },
  "account-rate": {
    type: "form",
    form: RATES as Form<Rates>,
    placeholder: "RATE",
    example: "20M",
    help: "bytes a second of an account's sessions",
    group: "Limits",
    rare: true,
  },
  "session-rate": {
    type: "form",
    form: RATES as Form<Rates>,
    placeholder: "RATE",
    example: "10M",
    help: "bytes a second of a session",
    group: "Limits",
    rare: true,
  },
  "transfer-rate": {
    type: "form",
    form: RATES as Form<Rates>,
    placeholder: "RATE",
    example: "5M",
    help: "bytes a second of a transfer",
    group: "Limits",
    rare: true,
  },
  "max-file-size": {
    type: "form",
    form: SIZE as Form<number>,
    placeholder: "SIZE",
    example: "2G",
    help: "largest upload",
    group: "Limits",
    rare: true,
  },
  "keep-free": {
    type: "form",
    form: SIZE as Form<number>,
    placeholder: "SIZE",
    example: "1G",
    help: "bytes of the disk that uploads leave free",
    group: "Limits",
    rare: true,
  },
  "refuse-names": {
    type: "texts",
    placeholder: "GLOB",
    example: "*.exe, .ht*",
    help: "names that nothing may be given",
    group: "Limits",
    rare: true,
  },
  workers: {
    type: "integer",
    default: 1,
    min: 1,
    max: 64,
    help: "threads that serve (more than 1: Linux)",
    group: "Limits",
  },
  grace: {
    type: "seconds",
    default: 10,
    help: "time for transfers when stopping",
    group: "Limits",
    rare: true,
  },
} as const;

/** The values of {@linkcode LIMIT_OPTIONS}. */
export type LimitValues = OptionValues<typeof LIMIT_OPTIONS>;

/** Further limits of the server; `undefined` when there are none. */
export function readLimits(
  options: LimitValues & UserValues,
): LimitSettings | undefined {
  const delay = options["login-delay-max"];
  const isUsual = delay === USER_OPTIONS["login-delay-max"].default * 1000;
  return some({
    connectionsPerSecond: options["connections-per-second"],
    connectionsPerSecondPerAddress:
      options["connections-per-second-per-address"],
    loginDelayMax: isUsual ? undefined : delay,
    ban: readBan(options),
    serverRate: options["server-rate"],
    keepFree: options["keep-free"],
  });
}

/** What every account gets where nothing else is said of it. */
export function readDefaults(options: LimitValues): Profile | undefined {
  const names = options["refuse-names"];
  return some({
    maxSessions: options["max-per-account"] || undefined,
    accountRate: options["account-rate"],
    sessionRate: options["session-rate"],
    transferRate: options["transfer-rate"],
    maxFileSize: options["max-file-size"],
    refuseNames: names.length > 0 ? names : undefined,
  });
}

/** The fields that have a value; `undefined` when none has. */
function some<T extends object>(fields: T): Present<T> | undefined {
  const told = present(fields);
  return Object.keys(told).length > 0 ? told : undefined;
}
