/**
 * Runs lftp with a script of its commands.
 *
 * @module
 */

import { type Mode, placeOf, type Scene } from "./interop.ts";
import { type Ended, run, runWell } from "./program.ts";

/** Options for {@linkcode lftp}. */
export interface LftpOptions {
  /** How data connections are made. @default passive, IPv4 */
  mode?: Mode;
  /** `NAME,PASSWORD`. @default anonymous */
  user?: string;
}

/** Settings that make lftp end soon when something is wrong. */
const SETTINGS = [
  "set cmd:fail-exit yes",
  "set ftp:ssl-allow no",
  "set net:max-retries 2",
  "set net:reconnect-interval-base 0",
  "set net:timeout 20",
  "set xfer:log no",
];

/** Runs `script` in the local folder; returns what it printed. */
export function lftp(
  scene: Scene,
  script: string,
  options: LftpOptions = {},
): Promise<string> {
  return runWell(words(scene, script, options), placesOf(scene));
}

/** Runs `script`, which may fail; the report holds the whole dialogue. */
export function tryLftp(
  scene: Scene,
  script: string,
  options: LftpOptions = {},
): Promise<Ended> {
  return run(words(scene, `debug 5; ${script}`, options), placesOf(scene));
}

function words(
  { ftpd }: Scene,
  script: string,
  { mode, user }: LftpOptions,
): string[] {
  const { host, port } = placeOf(ftpd, mode);
  const login = user === undefined ? "" : `-u ${user} `;
  const lines = [
    ...SETTINGS,
    `set ftp:passive-mode ${mode?.active ? "off" : "on"}`,
    `open ${login}ftp://${host}:${port}`,
    script,
  ];
  return ["lftp", "--norc", "-c", lines.join("; ")];
}

function placesOf({ local, home }: Scene): { cwd: string; home: string } {
  return { cwd: local, home };
}
