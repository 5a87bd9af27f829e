/**
 * The options of `ftpd` that say how a session goes.
 *
 * @module
 */

import type { Form, OptionValues } from "../../../lib/cli.ts";
import type { SessionSettings } from "../settings.ts";
import { SIZE_OR_OFF } from "./forms.ts";
import type { UserValues } from "./users.ts";

/** The rows of the option table. */
export const SESSION_OPTIONS = {
  banner: {
    type: "text",
    default: "Wharf FTP server ready.",
    help: "the greeting",
    group: "Sessions",
  },
  ascii: {
    type: "choice",
    choices: ["on", "off"],
    default: "on",
    help: "whether TYPE A converts line ends",
    group: "Sessions",
    rare: true,
  },
  dotfiles: {
    type: "choice",
    choices: ["show", "ls", "hide"],
    default: "show",
    help: "list .names always, with -a, never",
    group: "Sessions",
    rare: true,
  },
  "mode-z": {
    type: "choice",
    choices: ["on", "off"],
    default: "on",
    help: "whether transfers may be compressed",
    group: "Sessions",
    rare: true,
  },
  "mode-z-level": {
    type: "integer",
    default: 6,
    min: 1,
    max: 9,
    help: "how hard, until a client says",
    group: "Sessions",
    rare: true,
  },
  "login-timeout": {
    type: "seconds",
    default: 60,
    min: 0.001,
    help: "time to log in",
    group: "Sessions",
    rare: true,
  },
  "idle-timeout": {
    type: "seconds",
    default: 300,
    min: 0.001,
    help: "time between commands",
    group: "Sessions",
  },
  "data-timeout": {
    type: "seconds",
    default: 300,
    min: 0.001,
    help: "time in which a transfer must move",
    group: "Sessions",
    rare: true,
  },
  "passive-timeout": {
    type: "seconds",
    default: 30,
    min: 0.001,
    help: "time to make a data connection",
    group: "Sessions",
    rare: true,
  },
  "session-timeout": {
    type: "seconds",
    default: 0,
    help: "time for a whole session; 0 for no limit",
    group: "Sessions",
    rare: true,
  },
  "hash-limit": {
    type: "form",
    form: SIZE_OR_OFF as Form<number>,
    placeholder: "SIZE|off",
    example: "10G",
    help: "largest file for checksums, off: none (default any)",
    group: "Sessions",
    rare: true,
  },
} as const;

/** The values of {@linkcode SESSION_OPTIONS}. */
export type SessionValues = OptionValues<typeof SESSION_OPTIONS>;

/** How sessions go; what is off is left out. */
export function readSession(
  options: SessionValues & UserValues,
): SessionSettings {
  const level = options["mode-z"] === "off" ? 0 : options["mode-z-level"];
  const hashLimit = options["hash-limit"];
  const sessionTimeout = options["session-timeout"];
  return {
    banner: options.banner,
    ascii: options.ascii === "on",
    dotfiles: options.dotfiles,
    loginAttempts: options["login-attempts"],
    loginDelay: options["login-delay"],
    loginTimeout: options["login-timeout"],
    idleTimeout: options["idle-timeout"],
    dataTimeout: options["data-timeout"],
    ...(level === SESSION_OPTIONS["mode-z-level"].default
      ? {}
      : { deflateLevel: level }),
    ...(hashLimit === undefined ? {} : { hashLimit }),
    ...(sessionTimeout === 0 ? {} : { sessionTimeout }),
  };
}
