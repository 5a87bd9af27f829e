/**
 * Verbs that go to folders, and make and remove them.
 *
 * @module
 */

import { visible } from "../../../../lib/visible.ts";
import { FtpError } from "../../errors.ts";
import type { FtpPool } from "../../pool.ts";
import { failureOf, ShellError } from "../failure.ts";
import { refuseInJob } from "../jobs.ts";
import { clearer, onEach, onPath, onServer } from "../on_server.ts";
import { type Shell, siteOf } from "../shell.ts";
import { ANY_NUMBER, type Call, defineVerb, type Verb } from "../verb.ts";

/** Where `cd -` leads. */
const before = new WeakMap<FtpPool, string>();

const cd = defineVerb({
  names: ["cd", "cwd"],
  group: "Folders",
  summary: "go to a folder of the server, or back to the first one",
  usage: "[FOLDER | -]",
  examples: [
    ["cd pub", "a folder in this one"],
    ["cd", "where the login leads"],
    ["cd -", "where you were before"],
  ],
  positionals: { max: 1 },
  completes: ["remote-folder"],
  run: async (shell, { args: [path], signal }) => {
    refuseInJob(shell, "the folder");
    if (path === undefined) {
      return await goTo(shell, await home(shell, signal), signal);
    }
    if (path !== "-") return await goTo(shell, path, signal);
    const last = before.get(siteOf(shell).pool);
    if (last === undefined) {
      throw new ShellError("usage", "cd -: there is no folder before this one");
    }
    await goTo(shell, last, signal);
    shell.output.line(visible(last));
  },
});

const cdup = defineVerb({
  names: ["cdup"],
  group: "Folders",
  summary: "go to the folder above",
  run: async (shell, { signal }) => {
    refuseInJob(shell, "the folder");
    await goTo(shell, "..", signal);
  },
});

async function home(shell: Shell, signal: AbortSignal): Promise<string> {
  return await siteOf(shell).pool.run(
    (client, signal) => client.workingDirectory({ signal }),
    { signal, folder: null },
  );
}

/**
 * Goes to a folder and remembers the one before.
 *
 * @throws {ShellError} when it does not exist, or is none.
 */
async function goTo(
  shell: Shell,
  path: string,
  signal: AbortSignal,
): Promise<void> {
  const { pool } = siteOf(shell);
  const here = pool.folder ?? await home(shell, signal);
  try {
    await pool.changeDirectory(path, { signal });
  } catch (error) {
    if (!(error instanceof FtpError)) throw error;
    signal.throwIfAborted();
    throw await noFolder(shell, path, error, signal);
  }
  if (pool.folder !== here) before.set(pool, here);
}

async function noFolder(
  shell: Shell,
  path: string,
  error: FtpError,
  signal: AbortSignal,
): Promise<unknown> {
  if (error.code !== 550) return error;
  const stat = await statOrUndefined(shell, path, signal);
  const { kind, message } = failureOf(error);
  const options = { cause: error };
  if (stat === null && kind !== "permission") {
    const line = `there is no folder ${visible(path)} (${message})`;
    return new ShellError("missing", line, options);
  }
  if (stat?.type === "file") {
    return new ShellError("missing", `${visible(path)} is no folder`, options);
  }
  if (stat?.type !== "directory" || kind !== "failed") return error;
  return new ShellError(
    "permission",
    `${visible(path)} may not be entered (${message})`,
    options,
  );
}

/** `undefined` when the server does not tell. */
async function statOrUndefined(
  shell: Shell,
  path: string,
  signal: AbortSignal,
): Promise<{ type: string } | null | undefined> {
  try {
    return await onServer(
      shell,
      (client, signal) => client.stat(path, { signal }),
      signal,
    );
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

const pwd = defineVerb({
  names: ["pwd"],
  group: "Folders",
  summary: "print the current folder of the server",
  run: async (shell, { signal }) => {
    const path = await onServer(
      shell,
      (client, signal) => client.workingDirectory({ signal }),
      signal,
    );
    shell.output.line(visible(path));
    shell.output.record({ path });
  },
});

const mkdir = defineVerb({
  names: ["mkdir"],
  group: "Folders",
  summary: "make folders on the server",
  usage: "[-p] FOLDER...",
  options: {
    parents: {
      type: "flag",
      short: "p",
      help: "also the folders above; none is a failure because it is there",
    },
  },
  positionals: { min: 1, max: ANY_NUMBER },
  completes: ["remote-folder"],
  urls: "all",
  oneShotUsage: "[-p] URL...",
  run: async (shell, call) => {
    const { parents } = call.options;
    const { signal } = call;
    await onFolders(shell, call, async (path) => {
      try {
        await onServer(
          shell,
          (client, signal) => client.makeDirectory(path, { parents, signal }),
          signal,
        );
      } catch (error) {
        signal.throwIfAborted();
        throw await clearer(shell, unmade(error) ?? path, error, signal);
      }
    });
  },
});

/** The folder that could not be made: it may be one above. */
function unmade(error: unknown): string | null {
  const isRefusal = error instanceof FtpError &&
    error.command.startsWith("MKD ");
  return isRefusal ? error.command.slice("MKD ".length) : null;
}

const rmdir = defineVerb({
  names: ["rmdir"],
  group: "Folders",
  summary: "remove empty folders of the server",
  usage: "FOLDER...",
  positionals: { min: 1, max: ANY_NUMBER },
  completes: ["remote-folder"],
  urls: "all",
  oneShotUsage: "URL...",
  run: async (shell, call) => {
    await onFolders(
      shell,
      call,
      (path) =>
        onPath(
          shell,
          path,
          (client, signal) => client.removeDirectory(path, { signal }),
          call.signal,
        ),
    );
  },
});

async function onFolders(
  shell: Shell,
  { args, signal }: Pick<Call, "args" | "signal">,
  task: (path: string) => Promise<void>,
): Promise<void> {
  await onEach(shell, args, signal, async (path) => {
    if (path !== "") return await task(path);
    throw new ShellError("usage", "the URL names no folder");
  });
}

/** Verbs for the server's folders. */
export const FOLDER_VERBS: readonly Verb[] = [cd, cdup, pwd, mkdir, rmdir];
