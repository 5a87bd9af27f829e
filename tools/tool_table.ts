/**
 * The tools of this repository, read from its one configuration.
 *
 * A tool is a permission set in `deno.json` with a file of the same name in
 * `server/` or `client/`: whoever adds a tool writes no list anywhere else.
 *
 * @module
 */

/** One executable. */
export interface ToolRow {
  /** Its name, which is also the name of its permission set. */
  name: string;
  /** Path of its main file in the repository. */
  entry: string;
  /** Files it starts as workers, which a static import does not find. */
  workers: readonly string[];
}

/** What this module reads of `deno.json`. */
export interface Configuration {
  /** The permission sets by name. */
  permissions: Readonly<Record<string, unknown>>;
}

/** The folders that hold tools. */
const HOMES = ["server", "client"] as const;

/** Modules that a daemon starts as threads of their own, in its folder. */
const THREADS = ["worker", "accounts/registrar", "operations/herald"] as const;

/**
 * Lists the tools, in the order of the permission sets.
 *
 * `exists` tells whether a path of the repository is a file. The daemon `xd`
 * starts `server/x/worker.ts` when there is one, and its other threads.
 *
 * @example
 * ```ts
 * import { toolTable } from "./tool_table.ts";
 * const files = ["server/ftpd.ts", "server/ftp/worker.ts"];
 * const [tool] = toolTable(
 *   { permissions: { none: {}, ftpd: { net: true } } },
 *   (path) => files.includes(path),
 * );
 * console.assert(tool?.entry === "server/ftpd.ts");
 * console.assert(tool?.workers.length === 1);
 * ```
 */
export function toolTable(
  configuration: Configuration,
  exists: (path: string) => boolean,
): ToolRow[] {
  return Object.keys(configuration.permissions).flatMap((name) => {
    const home = HOMES.find((home) => exists(`${home}/${name}.ts`));
    if (!home) return [];
    const room = `${home}/${name.replace(/d$/, "")}`;
    return [{
      name,
      entry: `${home}/${name}.ts`,
      workers: THREADS.map((thread) => `${room}/${thread}.ts`).filter(exists),
    }];
  });
}
