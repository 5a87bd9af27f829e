/**
 * The shell's world: what verbs can see and change.
 *
 * @module
 */

import type { Clock } from "../../../lib/clock.ts";
import type { ClientNetwork } from "../../../lib/net/client_network.ts";
import type { TrustOptions } from "../../../lib/net/tls/stream.ts";
import type { Terminal } from "../../../lib/terminal/mod.ts";
import type { LocalFiles } from "../local_files.ts";
import type { FtpPool } from "../pool.ts";
import type { RateLimit } from "../rate_limit.ts";
import type { TlsMaker } from "../tls.ts";
import type { TlsTerms } from "../tls_options.ts";
import { ShellError } from "./failure.ts";
import { Jobs } from "./jobs.ts";
import type { Machine } from "./machine.ts";
import type { Output } from "./output.ts";
import type { Settings } from "./settings.ts";
import type { SiteTls } from "./site_tls.ts";
import type { Target } from "./target.ts";
import type { Verb } from "./verb.ts";

/** What verbs can see. Everything that changes is in its {@linkcode state}. */
export interface Shell {
  /** What verbs change. */
  readonly state: ShellState;
  /** What it can be told to do. */
  readonly verbs: readonly Verb[];
  /** Where words go. */
  readonly output: Output;
  /** The machine, but for the files of transfers. */
  readonly machine: Machine;
  /** The files of transfers. */
  readonly files: LocalFiles;
  /** Makes connections. */
  readonly network: ClientNetwork;
  /** Whose milliseconds count. */
  readonly clock: Clock;
  /** Where progress is shown. */
  readonly screen: Terminal;
  /** Somebody who can be asked; `null` when nobody can. */
  readonly terminal: Terminal | null;
  /** Where passwords come from. */
  readonly access: Access;
  /** TLS, as the command line has it. */
  readonly tls: ShellTls;
  /** The folder relative paths on the server mean; `undefined` for the pool's. */
  readonly folder?: string | null;
  /**
   * The server of a background job, whatever is opened meanwhile; `undefined`
   * for the one that is open.
   */
  readonly site?: Site | null;
}

/** What verbs change. */
export interface ShellState {
  /** The server; `null` while there is none. */
  site: Site | null;
  /** How things are done. */
  settings: Settings;
  /** The limit that all transfers share; `null` for none. */
  rateLimit: RateLimit | null;
  /** The folder that relative local paths mean; empty for the process's own. */
  localFolder: string;
  /** Short names for commands. */
  readonly aliases: Map<string, string>;
  /** What runs in the background. */
  readonly jobs: Jobs;
  /** Lines that were typed, oldest first. */
  typed: () => readonly string[];
  /** Failures that a script went on after. */
  readonly failures: unknown[];
  /** Whether the shell shall end. */
  ended: boolean;
}

/** The state of a shell in which nothing has been done yet. */
export function newShellState(
  settings: Settings,
  start: Partial<ShellState> = {},
): ShellState {
  return {
    site: null,
    settings,
    rateLimit: null,
    localFolder: "",
    aliases: new Map(),
    jobs: new Jobs(),
    typed: () => [],
    failures: [],
    ended: false,
    ...start,
  };
}

/** A server that somebody is logged in to. */
export interface Site {
  /** Where it is, who is there, and how it is protected; no password. */
  readonly url: Target;
  /** The connections to it. */
  readonly pool: FtpPool;
  /** How they turned out to be protected. */
  readonly tls: SiteTls;
}

/** TLS, as the command line has it. */
export interface ShellTls {
  /** Why there is none here, as one line; `null` where there is. */
  readonly missing: string | null;
  /** Whom to trust where a bookmark or `open` does not say. */
  readonly terms: Pick<TlsTerms, "pins" | "insecure">;
  /** Authorities, and our own certificate. */
  readonly trust: TrustOptions;
  /** Speaks it. */
  readonly connect: TlsMaker;
}

/** Where passwords come from, when the URL has none. */
export interface Access {
  /** User that was named on the command line. */
  readonly user: string | undefined;
  /** A file that holds nothing but the password. */
  readonly passwordFile: string | undefined;
  /** The file that was asked for; `undefined` for the one at home. */
  readonly netrc: string | undefined;
  /** Log in without being told to, anonymously when nothing else is given. */
  readonly unasked: boolean;
}

/**
 * The server that somebody is logged in to.
 *
 * @throws {ShellError} when there is none.
 */
export function siteOf({ state, site = state.site }: Shell): Site {
  if (site !== null) return site;
  throw new ShellError(
    "usage",
    "not connected; open HOST connects, open ftp://USER@HOST/FOLDER too",
  );
}

/** A local path as the process sees it: relative ones are in `lcd`'s folder. */
export function localPath({ state, machine }: Shell, path: string): string {
  const { localFolder } = state;
  const absolute = machine.system === "windows"
    ? /^([/\\]|[A-Za-z]:)/.test(path)
    : path.startsWith("/");
  if (absolute || localFolder === "") return path;
  if (path === "" || path === ".") return localFolder;
  return `${localFolder.replace(/[/\\]+$/, "")}/${path}`;
}
