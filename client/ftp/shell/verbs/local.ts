/**
 * Verbs for the folders of this machine.
 *
 * @module
 */

import { visible } from "../../../../lib/visible.ts";
import type { LocalEntry } from "../../local_files.ts";
import { type ListEntry, pathIn } from "../../listing.ts";
import { attempt } from "../../targets.ts";
import { nameRulesOf } from "../../mirror/local_name.ts";
import { LIST_OPTIONS } from "../entry_order.ts";
import { ShellError } from "../failure.ts";
import { lastName } from "../local_names.ts";
import { tidyPath } from "../local_path.ts";
import { onEach } from "../on_server.ts";
import { printEntries } from "../print_entries.ts";
import { localPath, type Shell } from "../shell.ts";
import { ANY_NUMBER, defineVerb, type Verb } from "../verb.ts";
import { formOf } from "./listing.ts";

const lcd = defineVerb({
  names: ["lcd"],
  group: "Folders",
  summary: "go to a folder of this machine, or home",
  usage: "[FOLDER]",
  positionals: { max: 1 },
  completes: ["local-folder"],
  run: async (shell, { args: [typed = "~"] }) => {
    const path = wholePath(shell, fromHome(shell, typed));
    await checkFolder(shell, path);
    shell.state.localFolder = path;
    printFolder(shell);
  },
});

function fromHome({ machine }: Shell, typed: string): string {
  if (!/^~([/\\]|$)/.test(typed)) return typed;
  const home = machine.env("HOME") ?? machine.env("USERPROFILE");
  if (home) return home + typed.slice(1);
  throw new ShellError(
    "local",
    "lcd: nobody knows where home is; name a folder",
  );
}

function wholePath(shell: Shell, path: string): string {
  const { machine, state } = shell;
  const inFolder = localPath(shell, path);
  const isRelative = inFolder === path && !/^([/\\]|[A-Za-z]:)/.test(path);
  const here = state.localFolder === "" ? machine.folder() : null;
  const whole = isRelative && here !== null ? `${here}/${path}` : inFolder;
  return tidyPath(whole, machine.system);
}

/** Whoever can list it can be in it; links to folders are as good. */
async function checkFolder({ files }: Shell, path: string): Promise<void> {
  const stat = await attempt("read", path, files.stat(path));
  if (stat === null) {
    throw new ShellError("local", visible(`lcd: there is no folder ${path}`));
  }
  if (stat.type === "file" || stat.type === "other") {
    throw new ShellError("local", visible(`lcd: ${path} is no folder`));
  }
  await attempt("enter", path, firstOf(files.list(path)));
}

async function firstOf(entries: AsyncIterable<LocalEntry>): Promise<void> {
  for await (const _ of entries) return;
}

function printFolder({ state, machine, output }: Shell): void {
  const path = state.localFolder || (machine.folder() ?? ".");
  output.line(visible(path));
  output.record({ path });
}

const lpwd = defineVerb({
  names: ["lpwd"],
  group: "Folders",
  summary: "print the current folder of this machine",
  run: printFolder,
});

const lls = defineVerb({
  names: ["lls"],
  group: "Folders",
  summary: "list folders of this machine",
  usage: "[options] [PATH]...",
  options: LIST_OPTIONS,
  positionals: { max: ANY_NUMBER },
  completes: ["local"],
  run: async (shell, call) => {
    const { args, signal } = call;
    const form = formOf(shell, call, true);
    const paths = args.length > 0 ? args : ["."];
    let first = true;
    await onEach(shell, paths, signal, async (path) => {
      if (!first) shell.output.line("");
      first = false;
      const entries = localEntries(shell, path);
      await printEntries(shell, entries, form, {
        path,
        titled: args.length > 1,
      });
    });
  },
});

/** What is in a local folder; for a file, the file itself. */
async function* localEntries(
  shell: Shell,
  typed: string,
): AsyncGenerator<ListEntry> {
  const path = localPath(shell, fromHome(shell, typed));
  const { files } = shell;
  const stat = await attempt("read", path, files.stat(path));
  if (stat === null) {
    throw new ShellError("local", visible(`${path}: there is nothing here`));
  }
  if (stat.type === "file" || stat.type === "other") {
    const name = lastName(path, nameRulesOf(shell.machine.system));
    return yield { ...stat, name, path: typed };
  }
  try {
    for await (const entry of files.list(path)) {
      yield { ...entry, path: pathIn(typed, entry.name) };
    }
  } catch (error) {
    await attempt("list", path, Promise.reject(error));
  }
}

/** Verbs for this machine's folders. */
export const LOCAL_VERBS: readonly Verb[] = [lcd, lpwd, lls];
