/**
 * The parts of a debug sink, put together: where records go, and when it ends.
 *
 * @module
 */

import { EXIT, ToolError } from "../../../lib/cli.ts";
import { listenFor } from "../../../lib/cli/signals.ts";
import type { Fields, Log } from "../../../lib/log.ts";
import type { Service } from "../../../lib/net/service.ts";
import { bucketService } from "../bucket.ts";
import { recordFilter } from "./filter.ts";
import { recordFormat } from "./format.ts";
import { openForwarder } from "./forward.ts";
import { type LogFile, openLogFile } from "../../warden/log_file.ts";
import type { BucketSettings } from "./settings.ts";
import { type RecordSink, Spool, type SpoolOptions } from "./spool.ts";
import { standardOutput } from "./standard_output.ts";
import { tally } from "./tally.ts";

/** What {@linkcode assembleBucket} has besides the settings. */
export interface BucketWorld {
  /** Where trouble is told. */
  readonly log: Log;
  /** The real paths of the settings' files. */
  readonly paths: readonly string[];
  /** Ends the server in good order, as a signal does. */
  stop(): void;
}

/** Milliseconds in which outputs take the last records. */
const LAST_RECORDS = 1500;

/**
 * A service that does what the settings say.
 *
 * @throws {ToolError} when the log file can't be opened, or raw bytes would
 * reach a terminal.
 *
 * @example
 * ```ts
 * import { createLog } from "../../../lib/log.ts";
 * import { assembleBucket } from "./assemble.ts";
 * const service = assembleBucket({
 *   listen: [],
 *   format: {},
 *   rules: {},
 *   forward: [],
 *   files: [],
 *   rotateSize: Infinity,
 *   count: Infinity,
 *   duration: Infinity,
 * }, { log: createLog({ format: "text" }), paths: [], stop: () => {} });
 * console.assert(service.counters?.()["stdout-written"] === 0);
 * await service.close?.();
 * ```
 */
export function assembleBucket(
  settings: BucketSettings,
  { log, paths, stop }: BucketWorld,
): Service {
  const overruns = tally((dropped) => log.warn("input-too-fast", { dropped }));
  const file = paths.length > 0 ? logFile(settings, paths, log) : null;
  const forwarder = settings.forward.length > 0
    ? openForwarder(settings.forward, { log })
    : null;
  const isAlone = file === null && forwarder === null;
  const outputs = [
    stdoutOutput(settings, log, () => isAlone && stop()),
    ...file ? [fileOutput(settings, file, log)] : [],
  ];
  const service = bucketService({
    passes: recordFilter(settings.rules),
    count: settings.count,
    onRecord(record) {
      for (const { spool } of outputs) spool.put(record);
      forwarder?.forward(record);
    },
    onOverrun: overruns.add,
    onFull: stop,
  });
  const release = [
    stopAfter(settings.duration, stop),
    file ? listenFor(Deno, "SIGHUP", () => file.reopen()) : () => {},
  ];

  return {
    ...service,
    counters: () => ({
      ...service.counters?.(),
      ...outputCounters(outputs),
      ...forwarder?.counters(),
    }),
    async close() {
      for (const one of release) one();
      await service.close?.();
      await Promise.all([
        ...outputs.map((output) => output.finish()),
        forwarder?.close(),
      ]);
      overruns.flush();
    },
  };
}

/** A place where records are written, with its name. */
interface Output {
  readonly name: string;
  readonly spool: Spool;
  finish(): Promise<void>;
}

/** Trouble is told once each time, not once for each record. */
function output(
  name: string,
  sink: RecordSink,
  log: Log,
  options: Pick<SpoolOptions, "format" | "onGone">,
): Output {
  const drops = tally((dropped) =>
    log.warn("output-too-slow", { output: name, dropped })
  );
  const spool = new Spool(sink, {
    ...options,
    onDropped: drops.add,
    onFailed: (error) =>
      log.error("output-failed", { output: name, reason: reasonOf(error) }),
  });
  return {
    name,
    spool,
    async finish() {
      await spool.finish(LAST_RECORDS);
      drops.flush();
    },
  };
}

function stdoutOutput(
  { format }: BucketSettings,
  log: Log,
  onGone: () => void,
): Output {
  const isTerminal = Deno.stdout.isTerminal();
  if (format.body === "raw" && isTerminal) {
    throw new ToolError(
      "--raw would let senders command this terminal; send it to a file or a program",
      EXIT.usage,
    );
  }
  const color = isTerminal && !Deno.noColor;
  return output("stdout", standardOutput(), log, {
    format: recordFormat({ ...format, color }),
    onGone,
  });
}

function fileOutput(
  { format }: BucketSettings,
  file: LogFile,
  log: Log,
): Output {
  return output("file", file, log, { format: recordFormat(format) });
}

function logFile(
  { rotateSize }: BucketSettings,
  paths: readonly string[],
  log: Log,
): LogFile {
  try {
    return openLogFile({
      paths,
      rotateSize,
      onFailed: (error) =>
        log.error("rotate-failed", { file: paths[0], reason: reasonOf(error) }),
    });
  } catch (error) {
    throw new ToolError(`cannot write ${paths[0]}: ${reasonOf(error)}`);
  }
}

function outputCounters(outputs: readonly Output[]): Fields {
  const counts = outputs.flatMap(({ name, spool: { counters } }) =>
    Object.entries(counters)
      .filter(([what, count]) => count > 0 || what === "written")
      .map(([what, count]) => [`${name}-${what}`, count] as const)
  );
  return Object.fromEntries(counts);
}

function stopAfter(milliseconds: number, stop: () => void): () => void {
  if (milliseconds === Infinity) return () => {};
  const timer = setTimeout(stop, milliseconds);
  return () => clearTimeout(timer);
}

/** What the system said, as part of a sentence. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const text = error.message.replace(/ \(os error \d+\).*/s, "");
  return text.charAt(0).toLowerCase() + text.slice(1);
}
