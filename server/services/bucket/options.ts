/**
 * The options of `bucket`.
 *
 * @module
 */

/** The options that only `bucket` has. */
export const BUCKET_OPTIONS = {
  listen: {
    type: "texts",
    placeholder: "HOST:PORT",
    help: "where to listen; default 127.0.0.1:7739",
  },
  file: {
    type: "text",
    placeholder: "PATH",
    help: "append records to this file, too",
  },
  "rotate-size": {
    type: "text",
    default: "10M",
    placeholder: "SIZE|off",
    help: "put the file aside before it is larger",
  },
  "rotate-count": {
    type: "integer",
    default: 5,
    max: 100,
    help: "files put aside that are kept",
  },
  forward: {
    type: "texts",
    placeholder: "HOST:PORT",
    help: "pass records on, byte for byte",
  },
  count: {
    type: "integer",
    default: 0,
    help: "end after N records; 0: never",
  },
  duration: {
    type: "seconds",
    default: 0,
    help: "end after this time; 0: never",
  },
  relative: {
    type: "flag",
    help: "times since the start, as +0.003",
    group: "Records",
  },
  delta: {
    type: "flag",
    help: "times since the record before",
    group: "Records",
  },
  hex: { type: "flag", help: "hex dumps", group: "Records" },
  json: { type: "flag", help: "a JSON object a line", group: "Records" },
  raw: {
    type: "flag",
    help: "the bytes as they came; never to a terminal",
    group: "Records",
  },
  from: {
    type: "texts",
    placeholder: "CIDR",
    help: "records from these addresses only",
    group: "Filters",
  },
  match: {
    type: "texts",
    help: "with this text only; * is any text",
    group: "Filters",
  },
  except: {
    type: "texts",
    help: "without this text only",
    group: "Filters",
  },
  "ignore-case": {
    type: "flag",
    short: "i",
    help: "take A for a in --match and --except",
    group: "Filters",
  },
  level: {
    type: "choice",
    choices: ["debug", "info", "warn", "error"],
    default: "debug",
    help: "of this level or above; without one: info",
    group: "Filters",
  },
  tag: {
    type: "texts",
    placeholder: "NAME",
    help: "with this tag only",
    group: "Filters",
  },
} as const;

/**
 * In the place of the shared option. A sink has no answers to save, and is
 * there to miss nothing.
 */
export const BUCKET_RATE = {
  type: "text",
  default: "off",
  placeholder: "N|off",
  help: "records a second from one address",
  group: "Limits",
} as const;
