/**
 * The options of `ftpd` that say who may come in, and with how much force they
 * may try.
 *
 * @module
 */

import { type Form, type OptionValues, UsageError } from "../../../lib/cli.ts";
import type { AuthSettings, BanSettings } from "../settings_parts.ts";
import { HEADER, WEB_URL } from "./forms.ts";

/** The rows of the option table. */
export const USER_OPTIONS = {
  anonymous: {
    type: "choice",
    choices: ["ro", "rw", "off"],
    help: "anonymous users (default ro; off with other users)",
    group: "Users",
  },
  write: {
    type: "flag",
    help: "the same as --anonymous rw",
    group: "Users",
  },
  user: {
    type: "texts",
    secret: true,
    placeholder: "NAME:PASSWORD",
    example: "bob:secret:rw:/srv/bob",
    help: "a user; [:ro|rw][:ROOT] may follow",
    group: "Users",
  },
  accounts: {
    type: "text",
    placeholder: "FILE",
    names: "file",
    example: "accounts.toml",
    help: "accounts: TOML, or lines NAME:HASH",
    group: "Users",
  },
  "auth-url": {
    type: "form",
    form: WEB_URL as Form<string>,
    secret: true,
    placeholder: "URL",
    example: "http://127.0.0.1:8080/auth",
    help: "HTTP endpoint that knows more accounts",
    group: "Users",
    rare: true,
  },
  "auth-root": {
    type: "text",
    placeholder: "DIR",
    names: "folder",
    example: "/srv/ftp",
    help: "folder that their roots are in",
    group: "Users",
    rare: true,
  },
  "auth-authorization": {
    type: "form",
    form: HEADER as Form<string>,
    secret: true,
    placeholder: "TEXT",
    example: "Bearer 0123456789",
    help: "value of the Authorization header to it",
    group: "Users",
    rare: true,
  },
  "auth-timeout": {
    type: "seconds",
    default: 5,
    min: 0.001,
    max: 60,
    help: "time for its answer",
    group: "Users",
    rare: true,
  },
  "auth-cache": {
    type: "seconds",
    default: 30,
    max: 3600,
    help: "time that its refusals are remembered",
    group: "Users",
    rare: true,
  },
  "login-attempts": {
    type: "integer",
    default: 3,
    min: 1,
    max: 100,
    help: "failed logins that end a session",
    group: "Users",
    rare: true,
  },
  "login-delay": {
    type: "seconds",
    default: 1,
    max: 60,
    help: "cost of a failed login, times failures",
    group: "Users",
    rare: true,
  },
  "login-delay-max": {
    type: "seconds",
    default: 10,
    max: 3600,
    help: "the longest that one costs",
    group: "Users",
    rare: true,
  },
  "ban-failures": {
    type: "integer",
    default: 0,
    max: 1000,
    help: "failed logins that ban an address; 0 for never",
    group: "Users",
    rare: true,
  },
  "ban-within": {
    type: "seconds",
    default: 600,
    min: 1,
    help: "time in which they must happen",
    group: "Users",
    rare: true,
  },
  "ban-time": {
    type: "seconds",
    default: 600,
    min: 1,
    help: "how long a ban lasts",
    group: "Users",
    rare: true,
  },
} as const;

/** The values of {@linkcode USER_OPTIONS}. */
export type UserValues = OptionValues<typeof USER_OPTIONS>;

/** When an address is turned away, if ever. */
export function readBan(options: UserValues): BanSettings | undefined {
  const failures = options["ban-failures"];
  if (failures === 0) return undefined;
  return {
    failures,
    within: options["ban-within"],
    duration: options["ban-time"],
  };
}

/**
 * The HTTP endpoint that knows accounts, if there is one.
 *
 * @throws {UsageError} when it has no folder, or a folder has no endpoint.
 */
export function readAuth(options: UserValues): AuthSettings | undefined {
  const { "auth-url": url, "auth-root": root } = options;
  if (url === undefined) {
    if (root === undefined) return undefined;
    throw new UsageError("--auth-root needs --auth-url URL");
  }
  if (root === undefined) {
    throw new UsageError("--auth-url needs --auth-root DIR");
  }
  const { "auth-timeout": timeout, "auth-cache": cache } = options;
  const authorization = options["auth-authorization"];
  return {
    ...{ url, root, timeout, cache },
    ...(authorization === undefined ? {} : { authorization }),
  };
}
