/**
 * The clerk who keeps the log files: the only one that writes to them, so that
 * lines of many workers never mix.
 *
 * @module
 */

import { ToolError } from "../../../lib/cli.ts";
import {
  changingLog,
  createLog,
  type Log,
  type LogOptions,
} from "../../../lib/log.ts";
import {
  isLogThere,
  type LogFile,
  openLogFile,
  reasonOf,
} from "../../warden/log_file.ts";
import { LogWriter } from "../../warden/log_writer.ts";
import { dayOf, namesOf } from "../operations/log_places.ts";
import type { LogStream } from "./messages.ts";
import { Outbox } from "../operations/outbox.ts";
import type { Settings } from "../settings.ts";
import type { LogSettings } from "../settings_parts.ts";
import type { Clerk } from "./clerk.ts";

/** What of the settings says where logs go. */
export type LogPlan = Pick<Settings, "log" | "logs">;

/** The log files of a server. */
export interface Logs {
  /** The warden's own log: in the file, if there is one. */
  readonly log: Log;
  /** Lines that could not be written. */
  readonly lost: number;
  /** Takes the workers' lines. */
  readonly clerk: Clerk;
}

/** For its owner, and its group to read. */
const MODE = 0o640;

/**
 * Opens the log files.
 *
 * @throws {ToolError} when one can't be opened: one line that says why.
 */
export function openLogs(first: LogPlan): Logs {
  const told = (settings: LogPlan) => createLog(settings.log);
  let troubles = told(first);
  let files = openFiles(first.logs, changingLog(() => troubles));
  let log = logOf(first, files);
  let before = 0;

  async function change(settings: LogPlan): Promise<void> {
    const old = files;
    troubles = told(settings);
    files = openFiles(settings.logs, changingLog(() => troubles));
    log = logOf(settings, files);
    before += await closeFiles(old);
  }

  return {
    log: changingLog(() => log),
    get lost() {
      return before + lostOf(files);
    },
    clerk: {
      answers: {
        async log({ stream, lines }) {
          await files.get(stream)?.writer.write(lines);
          return null;
        },
      },
      check: (settings) => tryFiles(settings.logs, files),
      change,
      reopen() {
        for (const { writer } of files.values()) writer.reopen();
      },
      async close() {
        // What comes later is told where there is always somebody.
        log = troubles;
        before += await closeFiles(files);
        files = new Map();
      },
    },
  };
}

/** A log file, and who writes to it. */
interface Kept {
  readonly path: string;
  readonly writer: LogWriter;
  /** The warden's own lines, on their way. */
  readonly own: Outbox;
}

type Files = Map<LogStream, Kept>;

function openFiles(logs: LogSettings | undefined, log: Log): Files {
  const files: Files = new Map();
  for (const [stream, path] of pathsOf(logs)) {
    const writer = new LogWriter(openFile(path, logs!, log), {
      onFailed: (error) =>
        log.error("log-failed", { file: path, reason: reasonOf(error) }),
      onRecovered: (lines) =>
        log.warn("log-recovered", { file: path, lost: lines }),
    });
    const own = new Outbox((lines) => writer.write(lines), { delay: 0 });
    files.set(stream, { path, writer, own });
  }
  return files;
}

function pathsOf(logs: LogSettings | undefined): [LogStream, string][] {
  const paths = [["log", logs?.file], ["xferlog", logs?.xferlog]] as const;
  return paths.flatMap(([stream, path]) =>
    path === undefined ? [] : [[stream, path]]
  );
}

function openFile(path: string, logs: LogSettings, log: Log): LogFile {
  const { rotate } = logs;
  try {
    return openLogFile({
      paths: namesOf(path, logs),
      mode: MODE,
      ...(typeof rotate === "number" && { rotateSize: rotate }),
      ...(rotate === "daily" && { period: dayOf }),
      onFailed: (error) =>
        log.error("rotation-failed", { file: path, reason: reasonOf(error) }),
    });
  } catch (error) {
    throw new ToolError(`cannot write the log ${path}: ${reasonOf(error)}`);
  }
}

/**
 * Whether the log files that are there can be written; makes none.
 *
 * @throws {ToolError} for one that can't.
 */
export function checkLogs(logs: LogSettings): void {
  const silent = createLog({ format: "text", write: () => {} });
  for (const [, path] of pathsOf(logs)) {
    if (isLogThere(path)) openFile(path, logs, silent).close();
  }
}

/** Opens those that are new, and closes them again. */
function tryFiles(logs: LogSettings | undefined, files: Files): void {
  const open = [...files.values()].map(({ path }) => path);
  for (const [, path] of pathsOf(logs)) {
    if (open.includes(path)) continue;
    openFile(path, logs!, createLog({ format: "text", write: () => {} }))
      .close();
  }
}

function logOf({ log }: LogPlan, files: Files): Log {
  const own = files.get("log")?.own;
  if (own === undefined) return createLog(log);
  const options: LogOptions = { ...log, write: (line) => own.put(line) };
  return createLog(options);
}

/** Closes the files behind their last lines; how many lines are lost. */
async function closeFiles(files: Files): Promise<number> {
  for (const { own, writer } of files.values()) {
    await own.flush();
    await writer.close();
  }
  return lostOf(files);
}

function lostOf(files: Files): number {
  let lost = 0;
  for (const { own, writer } of files.values()) {
    lost += own.dropped + writer.lost;
  }
  return lost;
}
