/**
 * Runs lftp with TLS.
 *
 * @module
 */

import { join } from "node:path";
import { type Ended, run, runWell } from "./program.ts";
import type { TlsScene, Way } from "./tls_scene.ts";

/** Settings that make lftp end soon when something is wrong. */
const SETTINGS = [
  "set cmd:fail-exit yes",
  "set ftp:ssl-allow-anonymous yes",
  "set ftp:ssl-force yes",
  "set ftp:ssl-protect-data yes",
  "set net:max-retries 2",
  "set net:reconnect-interval-base 0",
  "set net:timeout 20",
  "set xfer:clobber yes",
  "set xfer:log no",
];

/** Runs `script` in the local folder; returns what it printed. */
export function lftp(
  scene: TlsScene,
  way: Way,
  script: string,
): Promise<string> {
  return runWell(words(scene, way, script), placesOf(scene));
}

/** Runs `script`, which may fail; the report holds the whole dialogue. */
export function tryLftp(
  scene: TlsScene,
  way: Way,
  script: string,
): Promise<Ended> {
  return run(words(scene, way, `debug 5; ${script}`), placesOf(scene));
}

/** What is in `script` before `open` comes before the connection. */
function words(scene: TlsScene, way: Way, script: string): string[] {
  const { ftpd, implicitPort, keys } = scene;
  const version = way.version === "1.2" ? "TLS1.2" : "TLS1.3";
  const url = way.implicit
    ? `ftps://127.0.0.1:${implicitPort}`
    : `ftp://127.0.0.1:${ftpd.ports[0]}`;
  const lines = [
    ...SETTINGS,
    `set ssl:ca-file ${join(keys, "ca.pem")}`,
    `set ssl:priority NORMAL:-VERS-ALL:+VERS-${version}`,
    `open ${url}`,
    script,
  ];
  return ["lftp", "--norc", "-c", lines.join("; ")];
}

function placesOf({ local, home }: TlsScene): { cwd: string; home: string } {
  return { cwd: local, home };
}
