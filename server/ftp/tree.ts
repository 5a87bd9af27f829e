/**
 * What an account sees, made of its settings.
 *
 * @module
 */

import { type FileSystem, readOnly } from "../fs/file_system.ts";
import { keepFree } from "../fs/keep_free.ts";
import { limitedSize } from "../fs/limited_size.ts";
import { localFileSystem } from "../fs/local.ts";
import { mounted } from "../fs/mounted.ts";
import { quota } from "../fs/quota.ts";
import { refuseNames } from "../fs/refused_names.ts";
import { restricted } from "../fs/restricted.ts";
import { type Counts, UsageCounter, type UsageWords } from "../fs/usage.ts";
import type { AccountSettings } from "./settings.ts";

/** Options for {@linkcode treeOf}. */
export interface TreeOptions {
  /** Bytes that uploads leave free on their disk. @default {0} */
  readonly keepFree?: number | undefined;
  /** Where the quota is counted. @default for this tree alone */
  readonly usage?: UsageWords | undefined;
  /** Counts that go on in this thread. @default for this tree alone */
  readonly counts?: Counts | undefined;
  /** Makes a file system of a real folder. @default {localFileSystem} */
  readonly open?: ((root: string) => FileSystem) | undefined;
}

/**
 * The tree that an account sees, which refuses by itself what the account may
 * not do. Whatever the settings don't mention costs nothing.
 *
 * From the inside out: the folders, room on the disk, the quota, the size of
 * files, names, and at last permissions, so that nobody learns anything of what
 * they may not know.
 *
 * @example
 * ```ts
 * import { memoryFileSystem } from "../fs/memory.ts";
 * import { treeOf } from "./tree.ts";
 * const open = () => memoryFileSystem({ "/a": "12345" });
 * const fs = treeOf(
 *   { name: "ann", password: null, write: true, root: "/srv", overwrite: false },
 *   { open },
 * );
 * console.assert((await fs.stat("/a")).size === 5);
 * ```
 */
export function treeOf(
  account: AccountSettings,
  options: TreeOptions = {},
): FileSystem {
  const { permissions, rules, overwrite = true } = account;
  const fs = foldersOf(account, options);
  const limited = account.write ? withLimits(fs, account, options) : fs;
  const isFree = !permissions && !rules?.length && overwrite;
  return isFree ? limited : restricted(limited, account);
}

function foldersOf(
  { root, write, mounts = [] }: AccountSettings,
  { open = localFileSystem }: TreeOptions,
): FileSystem {
  const folder = (root: string, write: boolean) =>
    write ? open(root) : readOnly(open(root));
  return mounted(
    folder(root, write),
    mounts.map((mount) => ({
      at: mount.at,
      fs: folder(mount.root, write && mount.write),
    })),
  );
}

function withLimits(
  folders: FileSystem,
  account: AccountSettings,
  options: TreeOptions,
): FileSystem {
  const { maxFileSize, refuseNames: names = [] } = account;
  let fs = folders;
  if (options.keepFree) fs = keepFree(fs, options.keepFree);
  fs = withQuota(fs, account, options);
  if (maxFileSize !== undefined) fs = limitedSize(fs, maxFileSize);
  return names.length > 0 ? refuseNames(fs, names) : fs;
}

/** Only what the account may change counts, in mounted folders, too. */
function withQuota(
  fs: FileSystem,
  { quota: max, mounts = [] }: AccountSettings,
  { usage, counts }: TreeOptions,
): FileSystem {
  if (max?.bytes === undefined && max?.files === undefined) return fs;
  const writable = mounts.filter(({ write }) => write);
  return quota(fs, max, {
    ...(usage && { counter: new UsageCounter(usage, counts) }),
    folders: ["/", ...writable.map(({ at }) => at)],
    borders: mounts.map(({ at }) => at),
  });
}
