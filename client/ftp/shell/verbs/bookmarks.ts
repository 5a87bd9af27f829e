/**
 * The verb for names of servers and folders.
 *
 * @module
 */

import { UsageError } from "../../../../lib/cli.ts";
import { quoted } from "../../../../lib/cli/values.ts";
import { visible } from "../../../../lib/visible.ts";
import type { TlsValues } from "../../tls_options.ts";
import { formatPin } from "../../tls_pin.ts";
import { checkedName } from "../bookmarks.ts";
import { changeBookmarks, readBookmarksFile } from "../bookmarks_file.ts";
import { type Shell, siteOf } from "../shell.ts";
import {
  formatTarget,
  KEPT_TLS_OPTIONS,
  parseTarget,
  splitTarget,
  type Target,
  withTlsOptions,
} from "../target.ts";
import { type Call, defineVerb, type Verb } from "../verb.ts";

const bookmark = defineVerb({
  names: ["bookmark"],
  group: "Settings",
  summary: "show, add or delete names for servers and folders",
  usage: "[list | add [options] NAME [URL] | del NAME]",
  examples: [
    ["bookmark add photos", "the folder you are in; open photos goes there"],
    ["bookmark add nas ftpes://bob@nas/", "without the password, always"],
  ],
  options: KEPT_TLS_OPTIONS,
  positionals: { max: 3 },
  completes: ["any", "bookmark", "any"],
  run: async (shell, call) => {
    const { args: [what = "list", name, url], given } = call;
    if (what === "add" && name !== undefined) return await add(shell, call);
    if (given.size === 0 && url === undefined) {
      if (what === "list" && name === undefined) return await list(shell);
      if (what === "del" && name !== undefined) {
        return await remove(shell, name);
      }
    }
    throw new UsageError(
      "expected bookmark list, bookmark add NAME [URL] or bookmark del NAME",
    );
  },
});

async function list({ machine, output }: Shell): Promise<void> {
  const { urls, problems } = await readBookmarksFile(machine);
  for (const problem of problems) output.warn(problem);
  for (const [name, text] of urls) {
    const { url } = splitTarget(text);
    const { terms = {} } = parseTarget(text);
    const { pins, clearData, clearCommands: ccc } = terms;
    output.record({ name, url, pins: pins?.map(formatPin), clearData, ccc });
    output.line(visible(`${name}  ${text}`));
  }
}

async function add(shell: Shell, call: Call): Promise<void> {
  const { args: [, name, typed], options, given } = call;
  checkedName(name!);
  const target = typed === undefined ? current(shell) : parseTarget(typed);
  const kept = withTlsOptions(target, options as TlsValues, given);
  const asTyped = typed !== undefined && given.size === 0;
  const text = asTyped ? typed : formatTarget(kept);
  await changeBookmarks(shell.machine, (urls) => void urls.set(name!, text));
  if (target.password !== null) shell.output.warn("the password is not kept");
  const { insecure, pins } = kept.terms ?? {};
  if (insecure && pins === undefined) warnOfTrust(shell);
}

/** Where one is. */
function current(shell: Shell): Target {
  const { url, pool } = siteOf(shell);
  return { ...url, path: pool.folder ?? "", type: null };
}

function warnOfTrust(shell: Shell): void {
  const peer = siteOf(shell).tls.control?.peer;
  const pin = formatPin(peer?.fingerprint ?? "HEX");
  shell.output.warn(
    `--insecure is not kept; bookmark add --pin ${pin} keeps this certificate`,
  );
}

async function remove({ machine }: Shell, name: string): Promise<void> {
  await changeBookmarks(machine, (urls) => {
    if (urls.delete(name)) return;
    throw new UsageError(
      `there is no bookmark ${quoted(name)} (bookmark lists them)`,
    );
  });
}

/** Names for servers and folders. */
export const BOOKMARK_VERBS: readonly Verb[] = [bookmark];
