/**
 * The verb for names of servers and folders.
 *
 * @module
 */

import { UsageError } from "../../../../lib/cli.ts";
import { quoted } from "../../../../lib/cli/values.ts";
import { visible } from "../../../../lib/visible.ts";
import { formatFtpUrl, parseFtpUrl } from "../../url.ts";
import { checkedName } from "../bookmarks.ts";
import { changeBookmarks, readBookmarksFile } from "../bookmarks_file.ts";
import { type Shell, siteOf } from "../shell.ts";
import { defineVerb, type Verb } from "../verb.ts";

const bookmark = defineVerb({
  names: ["bookmark"],
  group: "Settings",
  summary: "show, add or delete names for servers and folders",
  usage: "[list | add NAME [URL] | del NAME]",
  examples: [
    ["bookmark add photos", "the folder you are in; open photos goes there"],
    ["bookmark add nas ftp://bob@nas/", "without the password, always"],
  ],
  positionals: { max: 3 },
  completes: ["any", "bookmark", "any"],
  run: async (shell, { args: [what = "list", name, url] }) => {
    if (what === "list" && name === undefined) return await list(shell);
    if (what === "add" && name !== undefined) {
      return await add(shell, name, url);
    }
    if (what === "del" && name !== undefined && url === undefined) {
      return await remove(shell, name);
    }
    throw new UsageError(
      "expected bookmark list, bookmark add NAME [URL] or bookmark del NAME",
    );
  },
});

async function list({ machine, output }: Shell): Promise<void> {
  const { urls, problems } = await readBookmarksFile(machine);
  for (const problem of problems) output.warn(problem);
  for (const [name, url] of urls) {
    output.record({ name, url });
    output.line(visible(`${name}  ${url}`));
  }
}

async function add(
  shell: Shell,
  name: string,
  typed: string | undefined,
): Promise<void> {
  checkedName(name);
  const url = typed ?? currentUrl(shell);
  const { password } = parseFtpUrl(url);
  await changeBookmarks(shell.machine, (urls) => void urls.set(name, url));
  if (password !== null) shell.output.warn("the password is not kept");
}

/** Where one is. */
function currentUrl(shell: Shell): string {
  const { url, pool } = siteOf(shell);
  return formatFtpUrl({ ...url, path: pool.folder ?? "", type: null });
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
