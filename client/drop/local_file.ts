/**
 * The files of this machine that go into a drop box or come out of one.
 *
 * @module
 */

import type { Sink } from "../../lib/bytes.ts";
import { ToolError } from "../../lib/cli/errors.ts";
import { runtimeIsAtLeast } from "../../lib/runtime.ts";
import { partPath } from "../ftp/part_name.ts";
import { attempt } from "./local_error.ts";
import type { DropContents } from "./put.ts";

/** A local file that is open, to be sent. */
export interface LocalSource extends DropContents, Disposable {}

/**
 * Opens a file to send it. Only a regular file has a size; one that says it is
 * empty may be one that the system makes up as it is read.
 *
 * @throws {ToolError} when it cannot be opened.
 *
 * @example
 * ```ts
 * import { openSource } from "./local_file.ts";
 * const path = Deno.makeTempFileSync();
 * Deno.writeTextFileSync(path, "hello");
 * {
 *   using source = await openSource(path);
 *   console.assert(source.size === 5);
 * }
 * Deno.removeSync(path);
 * ```
 */
export async function openSource(path: string): Promise<LocalSource> {
  const act = <T>(action: () => Promise<T>) => attempt("read", path, action);
  if (!runtimeIsAtLeast("2.9") && (await act(() => Deno.stat(path))).isFifo) {
    // There opening it would stop everything, Ctrl-C too, until somebody writes.
    throw new ToolError(`${path} is a pipe; use: put - --name NAME <${path}`);
  }
  const file = await act(() => Deno.open(path));
  try {
    const info = await act(() => file.stat());
    if (info.isDirectory) throw new ToolError(`${path} is a folder`);
    return {
      size: info.isFile && info.size > 0 ? info.size : null,
      read: (buffer) => act(() => file.read(buffer)),
      [Symbol.dispose]: () => file.close(),
    };
  } catch (error) {
    file.close();
    throw error;
  }
}

/** Options for {@linkcode createTarget}. */
export interface TargetOptions {
  /** Whether a file that is there may be replaced. @default {false} */
  overwrite?: boolean;
}

/**
 * A file to be written: under a name of its own that ends in `.part`, and
 * under `path` once it is closed. Aborted, it leaves nothing.
 *
 * @throws {ToolError} when something has the name already, now or in the end,
 * or it cannot be written.
 *
 * @example
 * ```ts
 * import { createTarget } from "./local_file.ts";
 * const folder = Deno.makeTempDirSync();
 * const target = await createTarget(`${folder}/a.txt`);
 * await target.write(new TextEncoder().encode("hello"));
 * await target.close();
 * console.assert(Deno.readTextFileSync(`${folder}/a.txt`) === "hello");
 * Deno.removeSync(folder, { recursive: true });
 * ```
 */
export async function createTarget(
  path: string,
  { overwrite = false }: TargetOptions = {},
): Promise<Sink> {
  const act = <T>(action: () => Promise<T>) => attempt("write", path, action);
  await attempt("read", path, () => mustBeFree(path, overwrite));
  const part = partPath(`${path}.${crypto.randomUUID().slice(0, 8)}`);
  const options = { write: true, createNew: true };
  const file = await act(() => Deno.open(part, options));
  const place = overwrite ? replace : placeNew;
  let open = true;
  const end = async (act: () => Promise<void>) => {
    if (!open) return;
    open = false;
    file.close();
    await act();
  };
  return {
    write: (bytes) => act(() => file.write(bytes)),
    close: () =>
      end(async () => {
        try {
          await act(() => place(part, path));
        } catch (error) {
          await remove(part);
          throw error;
        }
      }),
    abort: () => end(() => remove(part)),
  };
}

async function mustBeFree(path: string, overwrite: boolean): Promise<void> {
  const there = await orNull(Deno.lstat(path));
  if (there === null) return;
  // A link is replaced, but what stands for a device is none to be replaced.
  const real = there.isSymlink ? await orNull(Deno.stat(path)) : there;
  if (real !== null && !real.isFile) throw noFile(path, real);
  if (!overwrite) throw inTheWay(path);
}

/** What a look finds; `null` for nothing. */
function orNull(
  looking: Promise<Deno.FileInfo>,
): Promise<Deno.FileInfo | null> {
  return looking.catch((error) => {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  });
}

function noFile(path: string, { isDirectory }: Deno.FileInfo): ToolError {
  const what = isDirectory
    ? "a folder has this name"
    : "it is no regular file; --output - writes to standard output";
  return new ToolError(`cannot write ${path}: ${what}`);
}

function inTheWay(path: string): ToolError {
  const what = "it is there already; --overwrite replaces it";
  return new ToolError(`cannot write ${path}: ${what}`);
}

function replace(part: string, path: string): Promise<void> {
  return Deno.rename(part, path);
}

/** A hard link, unlike a rename, fails when the name was taken meanwhile. */
async function placeNew(part: string, path: string): Promise<void> {
  try {
    await Deno.link(part, path);
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) throw inTheWay(path);
    // Some file systems have no hard links.
    await mustBeFree(path, false);
    return await Deno.rename(part, path);
  }
  await remove(part);
}

/** Giving up must not hide why. */
async function remove(path: string): Promise<void> {
  await Deno.remove(path).catch(() => {});
}
