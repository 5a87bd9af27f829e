/**
 * The folders of the operating system that settings name.
 *
 * @module
 */

import type { AccountSettings, Settings } from "../settings.ts";

/** A folder that is served. */
export interface ServedFolder {
  /** Its path in the operating system. */
  readonly root: string;
  /** Whether it may be changed. */
  readonly write: boolean;
}

/** What of the settings names folders. */
export type FolderSettings =
  & Pick<Settings, "accounts">
  & Partial<Pick<Settings, "hosts" | "auth">>;

/**
 * Every folder that an account sees.
 *
 * @example
 * ```ts
 * import { foldersOf } from "./folders.ts";
 * const folders = foldersOf({
 *   ...{ name: "a", password: "x", write: false, root: "/a" },
 *   mounts: [{ at: "/music", root: "/music", write: true }],
 * });
 * console.assert(folders.length === 2 && !folders[1]!.write);
 * ```
 */
export function foldersOf(
  { root, write, mounts = [] }: AccountSettings,
): ServedFolder[] {
  return [
    { root, write },
    ...mounts.map((mount) => ({
      root: mount.root,
      write: write && mount.write,
    })),
  ];
}

/** Every account there is: the server's and those of its hosts. */
export function everyAccount(
  { accounts, hosts = [] }: FolderSettings,
): AccountSettings[] {
  return [...accounts, ...hosts.flatMap(({ accounts = [] }) => accounts)];
}

/** Every folder that anybody can see, each once. */
export function servedFolders(settings: FolderSettings): string[] {
  const folders = everyAccount(settings).flatMap(foldersOf);
  const roots = folders.map(({ root }) => root);
  return [...new Set([...roots, ...settings.auth ? [settings.auth.root] : []])];
}

/** The same settings, each folder in the place that `real` says. */
export async function withFolders<S extends FolderSettings>(
  settings: S,
  real: (folder: string) => Promise<string>,
): Promise<S> {
  const found = new Map<string, string>();
  for (const folder of servedFolders(settings)) {
    found.set(folder, await real(folder));
  }
  const placed = (account: AccountSettings): AccountSettings => ({
    ...account,
    root: found.get(account.root)!,
    ...account.mounts && {
      mounts: account.mounts.map((mount) => ({
        ...mount,
        root: found.get(mount.root)!,
      })),
    },
  });
  const { accounts, hosts, auth } = settings;
  return {
    ...settings,
    accounts: accounts.map(placed),
    ...hosts && {
      hosts: hosts.map((host) => ({
        ...host,
        ...host.accounts && { accounts: host.accounts.map(placed) },
      })),
    },
    ...auth && { auth: { ...auth, root: found.get(auth.root)! } },
  };
}

/** Whether a real path is `root` or below it. */
export function isInside(path: string, root: string): boolean {
  const folder = root.replace(/[/\\]+$/, "");
  return path === root || path.startsWith(`${folder}/`) ||
    path.startsWith(`${folder}\\`);
}
