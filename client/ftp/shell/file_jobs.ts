/**
 * What a verb wants moved, one file at a time.
 *
 * @module
 */

import type { Shell } from "./shell.ts";

/** A file to fetch. */
export interface DownloadJob {
  /** Where it goes. */
  readonly direction: "download";
  /** Its path on the server. */
  readonly remote: string;
  /** The local path; `null` for the standard output. */
  readonly local: string | null;
  /** Bytes, when a listing has told them. */
  readonly size?: number | null | undefined;
  /** Last modification, when it is known. */
  readonly modified?: Date | null | undefined;
}

/** A file to send. */
export interface UploadJob {
  /** Where it goes. */
  readonly direction: "upload";
  /** What it is called in messages: the path as it was typed. */
  readonly name: string;
  /** The local path; `null` for the standard input. */
  readonly local: string | null;
  /** Its path on the server. */
  readonly remote: string;
  /** Bytes, when they are known. */
  readonly size?: number | null | undefined;
}

/** Something that was meant, but is not moved. */
export interface NoJob {
  /** It goes nowhere. */
  readonly direction: "none";
  /** What was meant, as it is to be shown. */
  readonly path: string;
  /** Why it is left out, which is no failure; `null` when it is one. */
  readonly skipped: string | null;
  /** Why it failed. */
  readonly error?: unknown;
}

/** What a job's source is called in messages: the path as it was named. */
export function jobName(job: DownloadJob | UploadJob): string {
  return job.direction === "download" ? job.remote : job.name;
}

/** What a verb wants moved. */
export type FileJob = DownloadJob | UploadJob | NoJob;

/** How files are moved. */
export interface Manner {
  /** Bytes, or text. */
  readonly type: "binary" | "ascii";
  /** Go on where an earlier try stopped. */
  readonly resume: boolean;
  /** Replace what is there. */
  readonly clobber: boolean;
  /** What is compared afterwards. */
  readonly verify: "size" | "hash";
  /** Only what is newer than what is there. */
  readonly onlyNewer?: boolean;
  /** Connections for each file. */
  readonly segments?: number;
  /** Add to the end of what the server has. */
  readonly append?: boolean;
  /** Let the server choose a free name. */
  readonly unique?: boolean;
}

/** The rows of {@linkcode MANNER_OPTIONS}. */
export interface MannerTable {
  /** Go on where an earlier try stopped. */
  readonly "continue": {
    readonly type: "flag";
    readonly short: string;
    readonly help: string;
  };
  /** Bytes, or text. */
  readonly type: {
    readonly type: "choice";
    readonly choices: readonly ["binary", "ascii"];
    readonly help: string;
  };
}

/** Options of every verb that moves files. */
export const MANNER_OPTIONS: MannerTable = {
  "continue": {
    type: "flag",
    short: "c",
    help: "go on where an earlier try stopped",
  },
  type: {
    type: "choice",
    choices: ["binary", "ascii"],
    help: "bytes as they are, or text with its line ends converted",
  },
};

/** What of a call tells how files are moved. */
export interface MannerCall {
  /** Values of {@linkcode MANNER_OPTIONS}. */
  readonly options: {
    readonly "continue"?: boolean;
    readonly type?: "binary" | "ascii" | undefined;
  };
  /** Whether the settings are those of one URL. */
  readonly isOneShot: boolean;
}

/** How the settings, the URL and the options of a verb want it. */
export function mannerOf(
  { state }: Shell,
  { options, isOneShot }: MannerCall,
): Manner {
  const { settings, site } = state;
  const isText = isOneShot && site?.url.type === "a";
  return {
    type: options.type ?? (isText ? "ascii" : settings.type),
    resume: (options.continue ?? false) || settings.continue,
    clobber: settings.clobber === "on",
    verify: settings.verify,
  };
}
