/**
 * Log lines: one event a line, for a person or for a machine.
 *
 * @module
 */

import { writeText } from "./cli/output.ts";
import { visible, visibleJson } from "./visible.ts";

/** What a field of a log line can hold; `undefined` leaves the field out. */
export type FieldValue =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly string[];

/** The fields of a log line, by name. */
export type Fields = Readonly<Record<string, FieldValue>>;

/** Where events are told. No method ever throws. */
export interface Log {
  /** Something happened, as it should. */
  info(event: string, fields?: Fields): void;
  /** Something happened that somebody should look at. */
  warn(event: string, fields?: Fields): void;
  /** Something went wrong. */
  error(event: string, fields?: Fields): void;
  /** A log that adds `fields` to every line. */
  with(fields: Fields): Log;
}

/** Options for {@linkcode createLog}. */
export interface LogOptions {
  /** Lines for a person, or a JSON object a line. */
  readonly format: "text" | "json";
  /** Only warnings and errors. Default: `false`. */
  readonly quiet?: boolean;
  /** Takes a line, with its line end. Default: the standard error. */
  readonly write?: (line: string) => void;
  /** The time of day. Default: the system's. */
  readonly now?: () => Date;
}

type Level = "info" | "warn" | "error";

/** The fields every JSON line has; others of these names get a `_` behind. */
const RESERVED = new Set(["time", "level", "event"]);

/**
 * Makes a log. Lines are `2026-11-21T10:00:00.123Z login user=alice` (`WARN`
 * or `ERROR` stands before the event) or
 * `{"time":…,"level":"info","event":"login","user":"alice"}`.
 *
 * Whatever the fields hold, a line is one line and shows every control
 * character instead of sending it to a terminal. A line that cannot be written
 * is lost.
 *
 * @example
 * ```ts
 * import { createLog } from "./log.ts";
 * const lines: string[] = [];
 * const log = createLog({
 *   format: "text",
 *   write: (line) => lines.push(line),
 *   now: () => new Date(0),
 * });
 * log.with({ session: 1 }).info("login", { user: "alice b" });
 * console.assert(
 *   lines[0] === '1970-01-01T00:00:00.000Z login session=1 user="alice b"\n',
 * );
 * ```
 */
export function createLog(options: LogOptions): Log {
  return withFields({ ...DEFAULTS, ...options }, {});
}

/**
 * A log that goes on with another one as soon as `current` gives another one;
 * those made of it by `with` do, too.
 *
 * @example
 * ```ts
 * import { changingLog, createLog } from "./log.ts";
 * const lines: string[] = [];
 * const write = (line: string) => lines.push(line);
 * let current = createLog({ format: "text", write });
 * const log = changingLog(() => current).with({ session: 1 });
 * current = createLog({ format: "json", write });
 * log.info("login");
 * console.assert(lines[0]?.endsWith('"event":"login","session":1}\n'));
 * ```
 */
export function changingLog(current: () => Log): Log {
  return following(current, {});
}

function following(current: () => Log, fields: Fields): Log {
  let base: Log | null = null;
  let log: Log;
  const now = () => {
    const newest = current();
    if (newest !== base) log = newest.with(fields);
    base = newest;
    return log;
  };
  return {
    info: (event, fields) => now().info(event, fields),
    warn: (event, fields) => now().warn(event, fields),
    error: (event, fields) => now().error(event, fields),
    with: (more) => following(now, more),
  };
}

const DEFAULTS = {
  quiet: false,
  // A full pipe is not waited for: the server is more important than its log.
  write: (line: string): void => writeText(Deno.stderr, line, 0),
  now: (): Date => new Date(),
};

function withFields(options: Required<LogOptions>, common: Fields): Log {
  function emit(level: Level, event: string, fields?: Fields): void {
    if (options.quiet && level === "info") return;
    const line = options.format === "json" ? jsonLine : textLine;
    try {
      const time = options.now().toISOString();
      options.write(line(time, level, event, { ...common, ...fields }) + "\n");
    } catch {
      // A closed or full standard error: there is nobody to tell.
    }
  }
  return {
    info: (event, fields) => emit("info", event, fields),
    warn: (event, fields) => emit("warn", event, fields),
    error: (event, fields) => emit("error", event, fields),
    with: (fields) => withFields(options, { ...common, ...fields }),
  };
}

function textLine(
  time: string,
  level: Level,
  event: string,
  fields: Fields,
): string {
  const words = [time];
  if (level !== "info") words.push(level.toUpperCase());
  words.push(visible(event));
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) words.push(`${visible(name)}=${textValue(value)}`);
  }
  return words.join(" ");
}

/** The value, in quotes when it could be taken for more than one word. */
function textValue(value: Exclude<FieldValue, undefined>): string {
  const text = Array.isArray(value) ? value.join(",") : String(value);
  if (text !== "" && !/[\s"\\=]/u.test(text) && visible(text) === text) {
    return text;
  }
  return `"${visible(text.replace(/["\\]/g, "\\$&"))}"`;
}

function jsonLine(
  time: string,
  level: Level,
  event: string,
  fields: Fields,
): string {
  const entries = Object.entries(fields).map(([name, value]) =>
    [RESERVED.has(name) ? `${name}_` : name, value] as const
  );
  const line = { time, level, event, ...Object.fromEntries(entries) };
  return visibleJson(JSON.stringify(line));
}
