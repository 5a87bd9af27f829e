/**
 * Verbs that tell what is known of files of the server.
 *
 * @module
 */

import { visible } from "../../../../lib/visible.ts";
import type { FtpClient } from "../../client.ts";
import { FtpError } from "../../errors.ts";
import type { ListEntry } from "../../listing.ts";
import { bytesText, factLines } from "../entry_lines.ts";
import { entryRecord } from "../entry_record.ts";
import { ShellError } from "../failure.ts";
import { onEach, onPath, shownPath } from "../on_server.ts";
import type { Shell } from "../shell.ts";
import { ANY_NUMBER, defineVerb, type Verb } from "../verb.ts";

/** The shape of a verb that takes files, in the shell and as URLs. */
const FILES = {
  group: "Folders",
  usage: "[options] FILE...",
  positionals: { min: 1, max: ANY_NUMBER },
  completes: ["remote"],
  urls: "all",
  oneShotUsage: "[options] URL...",
} as const;

const HUMAN = {
  human: { type: "flag", short: "h", help: "sizes with units" },
} as const;

const stat = defineVerb({
  ...FILES,
  names: ["stat"],
  summary: "tell all that is known of files and folders of the server",
  options: HUMAN,
  run: async (shell, { args, options, signal }) => {
    const { output } = shell;
    let first = true;
    await onEach(shell, args, signal, async (path) => {
      const entry = await onPath(
        shell,
        path,
        (client, signal) => entryOf(client, path, signal),
        signal,
      );
      if (!first) output.line("");
      first = false;
      for (const line of factLines(entry, options.human)) output.line(line);
      output.record(entryRecord(entry));
    });
  },
});

/** The entry of a path, with the questions asked that a listing leaves open. */
async function entryOf(
  client: FtpClient,
  path: string,
  signal: AbortSignal,
): Promise<ListEntry> {
  const entry = await client.stat(path || ".", { signal }) ??
    workingFolder(path);
  if (entry === null) {
    throw new ShellError(
      "missing",
      `${visible(path)}: there is no such file or folder on the server`,
    );
  }
  if (entry.type === "directory") return entry;
  const size = entry.size ??
    await orNull(client.size(path, { signal }));
  const modified = entry.modified ??
    await orNull(client.modified(path, { signal }));
  return { ...entry, size, modified };
}

/** No listing has these names; but that they exist is sure. */
function workingFolder(path: string): ListEntry | null {
  if (!/^(\.?|\/)$/.test(path)) return null;
  const name = path || ".";
  return { name, path: name, type: "directory", size: null, modified: null };
}

async function orNull<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof FtpError) return null;
    throw error;
  }
}

const size = defineVerb({
  ...FILES,
  names: ["size"],
  summary: "tell how many bytes files of the server have",
  options: HUMAN,
  run: async (shell, { args, options, signal }) => {
    await onEach(shell, args, signal, async (path) => {
      const size = await onPath(
        shell,
        path,
        (client, signal) => client.size(path, { signal }),
        signal,
      );
      answer(shell, args, path, bytesText(size, options.human));
      shell.output.record({ path, size });
    });
  },
});

const modtime = defineVerb({
  ...FILES,
  names: ["modtime", "modified"],
  summary: "tell when files of the server were modified, in UTC",
  usage: "FILE...",
  oneShotUsage: "URL...",
  run: async (shell, { args, signal }) => {
    await onEach(shell, args, signal, async (path) => {
      const time = await onPath(
        shell,
        path,
        (client, signal) => client.modified(path, { signal }),
        signal,
      );
      const modified = time.toISOString();
      answer(shell, args, path, modified);
      shell.output.record({ path, modified });
    });
  },
});

/** Which file it is about is told when there are several. */
function answer(
  { output }: Shell,
  paths: readonly string[],
  path: string,
  text: string,
): void {
  output.line(paths.length > 1 ? `${text}  ${shownPath(path)}` : text);
}

const ALGORITHMS = ["sha512", "sha256", "sha1", "md5", "crc32"] as const;

const hash = defineVerb({
  ...FILES,
  names: ["hash", "checksum"],
  summary: "have the server hash files; alone, switch progress on or off",
  usage: "[--algorithm NAME] [FILE]...",
  positionals: { max: ANY_NUMBER },
  oneShotUsage: "[--algorithm NAME] URL...",
  examples: [["hash --algorithm sha256 a.iso", "as sha256sum prints it"]],
  options: {
    algorithm: {
      type: "choice",
      choices: ALGORITHMS,
      help: "how (default: the strongest that the server offers)",
    },
  },
  run: async (shell, { args, options: { algorithm }, signal }) => {
    if (args.length === 0) return switchProgress(shell);
    await onEach(shell, args, signal, async (path) => {
      const found = await onPath(
        shell,
        path,
        (client, signal) => client.hash(path, { algorithm, signal }),
        signal,
      );
      if (found === null) throw noHash(algorithm);
      shell.output.line(`${visible(found.hash)}  ${shownPath(path)}`);
      shell.output.record({ path, ...found });
    });
  },
});

function noHash(algorithm: string | undefined): ShellError {
  const what = algorithm === undefined ? "hashes" : `${algorithm} hashes`;
  return new ShellError("failed", `the server offers no ${what} of files`);
}

/** What `hash` did when progress was a row of `#`. */
function switchProgress({ state: { settings }, output }: Shell): void {
  settings.progress = settings.progress === "on" ? "off" : "on";
  output.note(`Progress is ${settings.progress}.`);
}

/** Verbs that look at files. */
export const INSPECT_VERBS: readonly Verb[] = [stat, size, modtime, hash];
