/**
 * Where a program keeps what belongs to its user: as the XDG Base Directory
 * Specification says, in `wharf` below the folders of the environment.
 *
 * @module
 */

/** What is configuration, and what only remembers. */
export type UserFileKind = "config" | "state";

const PLACES: Readonly<Record<UserFileKind, readonly [string, string]>> = {
  config: ["XDG_CONFIG_HOME", ".config"],
  state: ["XDG_STATE_HOME", ".local/state"],
};

/**
 * The path of a file of the user's; `null` when nobody knows where home is. A
 * relative folder in the environment is ignored, as the specification wants.
 *
 * @example
 * ```ts
 * import { userFile } from "./user_files.ts";
 * const env = (name: string) => name === "HOME" ? "/home/ann" : undefined;
 * const path = userFile(env, "config", "ftprc");
 * console.assert(path === "/home/ann/.config/wharf/ftprc");
 * ```
 */
export function userFile(
  env: (name: string) => string | undefined,
  kind: UserFileKind,
  name: string,
): string | null {
  const [variable, usual] = PLACES[kind];
  const folder = env(variable);
  if (folder !== undefined && isAbsolute(folder)) {
    return `${folder}/wharf/${name}`;
  }
  const home = env("HOME") || env("USERPROFILE");
  return home ? `${home}/${usual}/wharf/${name}` : null;
}

function isAbsolute(path: string): boolean {
  return /^(\/|[A-Za-z]:[/\\])/.test(path);
}
