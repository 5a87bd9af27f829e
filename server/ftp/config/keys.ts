/**
 * The keys of a configuration file's tables, as rows like those of options.
 *
 * @module
 */

import type { Form, OptionTable } from "../../../lib/cli.ts";
import { BLOCK, HEADER, RATES, SIZE, WEB_URL } from "../options/forms.ts";
import type { Permission, Rates } from "../profile.ts";
import type { HookEvent } from "../settings_parts.ts";
import { EVENT, MOMENT, PERMISSION, VIRTUAL_PATH } from "./forms.ts";

/** What may be said of an account, in `[defaults]`, too. */
export const PROFILE_KEYS = {
  root: {
    type: "text",
    names: "folder",
    example: "/srv/ftp/{user}",
    help: "folder that it serves; {user} stands for the name",
  },
  start: {
    type: "form",
    form: VIRTUAL_PATH as Form<string>,
    example: "/incoming",
    help: "folder where sessions begin, as clients see it (/ otherwise)",
  },
  write: {
    type: "choice",
    choices: ["on", "off"],
    default: "off",
    help: "whether everything may be changed",
  },
  permissions: {
    type: "forms",
    form: PERMISSION as Form<readonly Permission[]>,
    example: "list, read, write",
    help: "what may be done, in the place of write",
  },
  overwrite: {
    type: "choice",
    choices: ["on", "off"],
    default: "on",
    help: "whether files that are there may be replaced",
  },
  quota: {
    type: "form",
    form: SIZE as Form<number>,
    example: "10G",
    help: "bytes that all files may take",
  },
  "quota-files": {
    type: "integer",
    default: 0,
    help: "number of files and folders; 0 for any",
  },
  "account-rate": {
    type: "form",
    form: RATES as Form<Rates>,
    example: "down=50M,up=10M",
    help: "bytes a second of all its sessions",
  },
  "session-rate": {
    type: "form",
    form: RATES as Form<Rates>,
    example: "10M",
    help: "bytes a second of each session",
  },
  "transfer-rate": {
    type: "form",
    form: RATES as Form<Rates>,
    example: "5M",
    help: "bytes a second of each transfer",
  },
  "max-file-size": {
    type: "form",
    form: SIZE as Form<number>,
    example: "2G",
    help: "largest upload",
  },
  "refuse-names": {
    type: "texts",
    example: "*.exe, .ht*",
    help: "patterns of names that nothing may be given",
  },
  addresses: {
    type: "forms",
    form: BLOCK as Form<string>,
    example: "10.0.0.0/8, 2001:db8::/32",
    help: "addresses and blocks to come from",
  },
  "max-sessions": {
    type: "integer",
    default: 0,
    help: "sessions at a time; 0 for any",
  },
  tls: {
    type: "choice",
    choices: ["optional", "required"],
    example: "required",
    help: "whether TLS must be used, in the place of what the server says",
  },
  expires: {
    type: "form",
    form: MOMENT as Form<number>,
    example: "2030-12-31",
    help: "nobody logs in from then on (UTC, unless a zone is said)",
  },
  greeting: {
    type: "text",
    example: "Welcome!",
    help: "what is said to who logs in; may have several lines",
  },
  admin: {
    type: "choice",
    choices: ["on", "off"],
    default: "off",
    help: "whether SITE WHO tells of everybody",
  },
} as const;

/** What may be said of an account alone. */
export const SECRET_KEYS = {
  hash: {
    type: "text",
    secret: true,
    example: "$scrypt$…",
    help: "hash of the password: ftpd passwd makes one",
  },
  password: {
    type: "text",
    secret: true,
    example: "secret",
    help: "the password itself, where nobody else can read the file",
  },
} as const;

/** What may be said of a folder in an account. */
export const FOLDER_KEYS = {
  permissions: {
    type: "forms",
    form: PERMISSION as Form<readonly Permission[]>,
    example: "upload-only",
    help: "what may be done there, and below",
  },
} as const;

/** What may be said of a real folder that appears in an account's tree. */
export const MOUNT_KEYS = {
  root: {
    type: "text",
    names: "folder",
    example: "/srv/music",
    help: "the real folder; {user} stands for the account's name",
  },
  write: {
    type: "choice",
    choices: ["on", "off"],
    default: "off",
    help: "whether it may be changed, as far as permissions allow",
  },
} as const;

/** What may be said of a host. */
export const HOST_KEYS = {
  aliases: {
    type: "texts",
    example: "files.example.org",
    help: "other names of it",
  },
  banner: {
    type: "text",
    example: "Files of example.org.",
    help: "its greeting",
  },
  tls: {
    type: "choice",
    choices: ["optional", "required"],
    example: "required",
    help: "whether TLS must be used there",
  },
  accounts: {
    type: "texts",
    example: "alice, bob",
    help: "those of the server's accounts that may come in there",
  },
} as const;

/** What may be said of a hook. */
export const HOOK_KEYS = {
  on: {
    type: "forms",
    form: EVENT as Form<HookEvent>,
    example: "upload, login",
    help: "events that it is told of",
  },
  accounts: {
    type: "texts",
    example: "alice, guest*",
    help: "accounts that it is told of, as patterns (otherwise all)",
  },
  paths: {
    type: "texts",
    example: "/incoming/*",
    help: "paths that it is told of, as patterns (otherwise all)",
  },
  url: {
    type: "form",
    form: WEB_URL as Form<string>,
    secret: true,
    example: "https://hooks.example.org/ftp",
    help: "where the event is sent by HTTP",
  },
  pipe: {
    type: "text",
    names: "file",
    example: "/run/ftpd.events",
    help: "named pipe that gets a JSON line, in the place of url",
  },
  authorization: {
    type: "form",
    form: HEADER as Form<string>,
    secret: true,
    example: "Bearer …",
    help: "value of the Authorization header",
  },
  timeout: {
    type: "seconds",
    default: 5,
    min: 0.001,
    max: 300,
    help: "time for one try",
  },
  retries: {
    type: "integer",
    default: 5,
    max: 100,
    help: "how often it is tried again",
  },
} as const;

/** What a file may say besides options, on its first level. */
export const FILE_KEYS = {
  root: {
    type: "text",
    names: "folder",
    example: "/srv/ftp",
    help: "folder that is served where nothing else is said, as DIR",
  },
} as const;

/** Options that make no sense in a file. */
export const NOT_IN_FILES: readonly string[] = [
  "config",
  "check",
  "print-config",
  "help",
  "version",
];

/** The tables of a file, with the keys of each. */
export const TABLES: Readonly<Record<string, OptionTable>> = {
  "[defaults]": PROFILE_KEYS,
  "[account.NAME]": SECRET_KEYS,
  '[account.NAME.folder."/PATH"]': FOLDER_KEYS,
  '[account.NAME.mount."/PATH"]': MOUNT_KEYS,
  '[host."NAME"]': HOST_KEYS,
  "[[hook]]": HOOK_KEYS,
};
