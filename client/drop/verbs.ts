/**
 * The verbs of `dropc`.
 *
 * @module
 */

import type { Bytes, Sink } from "../../lib/bytes.ts";
import { EXIT, ToolError } from "../../lib/cli/errors.ts";
import type { ProgressBar } from "../../lib/terminal/progress.ts";
import { visible } from "../../lib/visible.ts";
import { unlessAborted } from "../ftp/unless_aborted.ts";
import { standardInput } from "../service/standard_streams.ts";
import { dropDir, type DropEntry } from "./dir.ts";
import { DropError } from "./errors.ts";
import { type DropRun, eachFile, type FileToMove, jsonLine } from "./files.ts";
import { dropGet } from "./get.ts";
import { createTarget, type LocalSource, openSource } from "./local_file.ts";
import { lastName } from "./name.ts";
import { dropPut } from "./put.ts";

/** What stands for standard input and output. */
export const STANDARD = "-";

/** Options of {@linkcode putFiles}. */
export interface PutOptions {
  /** What the file is called in the box. @default its own name */
  readonly name?: string | undefined;
}

/** Sends each of `paths`; `-` is standard input. Returns the exit code. */
export function putFiles(
  run: DropRun,
  paths: readonly string[],
  { name }: PutOptions = {},
): Promise<number> {
  const files = paths.map((path) => ({ name: name ?? lastName(path), path }));
  return eachFile(run, files, (file) => putFile(run, file));
}

async function putFile(
  run: DropRun,
  { name, path }: FileToMove,
): Promise<number> {
  // Opening a pipe waits for whoever writes into it.
  using source = path === STANDARD
    ? pipedIn()
    : await unlessAborted(openSource(path), run.signal);
  const bar = run.board.start({ name, size: source.size });
  return await shown(
    bar,
    (onProgress) => dropPut(run.target, name, source, { ...run, onProgress }),
  );
}

function pipedIn(): LocalSource {
  return { size: null, ...standardInput, [Symbol.dispose]() {} };
}

/** Options of {@linkcode getFiles}. */
export interface GetOptions {
  /** Whether local files may be replaced. */
  readonly overwrite: boolean;
  /** A file, a folder, or `-`. @default the file's name, here */
  readonly output?: string | undefined;
}

/** Fetches each of `names`; returns the exit code. */
export async function getFiles(
  run: DropRun,
  names: readonly string[],
  { overwrite, output }: GetOptions,
): Promise<number> {
  const isFolder = output !== undefined && await isThereAsFolder(output);
  if (names.length > 1 && output !== undefined && !isFolder) {
    throw new ToolError(
      `--output ${output} is no folder, which several files need`,
      EXIT.usage,
    );
  }
  const folder = output?.replace(/(.)[/\\]+$/, "$1");
  const pathOf = (name: string) =>
    isFolder ? `${folder}/${name}` : output ?? name;
  const files = names.map((name) => ({ name, path: pathOf(name) }));
  return await eachFile(run, files, (file) => getFile(run, file, overwrite));
}

async function isThereAsFolder(path: string): Promise<boolean> {
  const info = await Deno.stat(path).catch(() => null);
  return info?.isDirectory ?? false;
}

async function getFile(
  run: DropRun,
  { name, path }: FileToMove,
  overwrite: boolean,
): Promise<number> {
  let sink: Sink | null = null;
  const opened = async () =>
    sink ??= path === STANDARD
      ? run.output.contents()
      : await createTarget(path, { overwrite });
  const bar = run.board.start({ name });
  try {
    const bytes = await shown(bar, (onProgress) =>
      dropGet(run.target, name, {
        write: async (bytes: Bytes) => (await opened()).write(bytes),
      }, { ...run, onProgress, onSize: (size) => bar.update(0, size) }));
    await (await opened()).close();
    return bytes;
  } catch (error) {
    await (sink as Sink | null)?.abort();
    throw error;
  }
}

/** Moves a file with a bar that shows how far it is. */
async function shown(
  bar: ProgressBar,
  move: (onProgress: (bytes: number) => void) => Promise<number>,
): Promise<number> {
  let position = 0;
  try {
    const bytes = await move((more) => bar.update(position += more));
    bar.done();
    return bytes;
  } catch (error) {
    bar.failed("");
    if (!(error instanceof DropError)) throw error;
    throw new DropError(`the server refused: ${error.message}`);
  }
}

/** Lists the files of the box; returns the exit code. */
export async function listFiles(run: DropRun): Promise<number> {
  for await (const entry of dropDir(run.target, run)) {
    run.output.text(run.json ? jsonLine(entry) : entryLine(entry));
  }
  return EXIT.done;
}

function entryLine({ size, modified, name }: DropEntry): string {
  const time = modified === null ? "-" : localMinute(modified);
  return `${String(size).padStart(12)}  ${time.padEnd(16)}  ${visible(name)}\n`;
}

/** `2026-11-21 10:00` in the system's time zone. */
function localMinute(time: Date): string {
  const [month, day, hour, minute] = [
    time.getMonth() + 1,
    time.getDate(),
    time.getHours(),
    time.getMinutes(),
  ].map((number) => String(number).padStart(2, "0"));
  return `${time.getFullYear()}-${month}-${day} ${hour}:${minute}`;
}
