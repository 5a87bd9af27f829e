/**
 * What a soak works on: an `ftpd` with accounts, metrics, TLS where there is
 * any, and files whose bytes are known.
 *
 * @module
 */

import type { Bytes } from "../../lib/bytes.ts";
import { FTPD, type Ftpd, RawControl, startFtpd } from "../ftp/helpers.ts";
import { metricsUrl, until } from "../ftp/operations_tool.ts";
import { type ConfigFolders, configFolders } from "../ftp/reload_tool.ts";
import {
  implicitPortOf,
  NO_TLS,
  tlsWords,
  writeKeys,
} from "../interop/tls_scene.ts";
import { scrape } from "./scrape.ts";

/** A file that is served, and must come as it is. */
export interface Known {
  /** Its name in the account's first folder. */
  readonly name: string;
  /** What is in it. */
  readonly bytes: Bytes;
  /** SHA-256 of that, in hexadecimal. */
  readonly sha256: string;
}

/** What visits have to do with. */
export interface Scene extends AsyncDisposable {
  /** The server. */
  readonly ftpd: Ftpd;
  /** Its port, and the one of implicit TLS; 0 without TLS. */
  readonly port: number;
  readonly implicitPort: number;
  /** Where its metrics are. */
  readonly metrics: string;
  /** Host and port of its inspector; only sources have one. */
  readonly inspector?: string;
  /** Files to fetch. */
  readonly files: readonly Known[];
  /** How many entries the folder `many` has. */
  readonly many: number;
  /** A name that no other visit uses. */
  freshName(): string;
  /** Has the server read its configuration again; `anew`: in new threads. */
  reload(anew: boolean): Promise<void>;
  /** Sessions that are on, as the server counts them. */
  sessions(): Promise<number>;
}

/** Options for {@linkcode openScene}. */
export interface SceneOptions {
  /** Entries of the large folder. @default {2000} */
  many?: number;
  /** Bytes of the largest file. @default {3000000} */
  largest?: number;
  /** Seconds after which a session that says nothing is ended. @default {10} */
  idleTimeout?: number;
}

/** The one account's name and password, as `TlsClient` has them. */
export const ACCOUNT = { user: "alice", password: "secret" } as const;

/** A file that nobody fetches to its end: more than any buffer takes. */
export const HUGE = "huge";
const HUGE_SIZE = 64_000_000;

/** Makes files and folders and starts the server. */
export async function openScene(
  { many = 2000, largest = 3_000_000, idleTimeout = 10 }: SceneOptions = {},
): Promise<Scene> {
  const sizes = [0, 1, 1000, 65_536, 300_000, largest];
  const files = await Promise.all(sizes.map(knownFile));
  const folders = await configFolders(
    Object.fromEntries(files.map(({ name, bytes }) => [name, bytes])),
  );
  await Deno.mkdir(`${folders.pub}/up`);
  Deno.createSync(`${folders.pub}/${HUGE}`).close();
  await Deno.truncate(`${folders.pub}/${HUGE}`, HUGE_SIZE);
  await Deno.mkdir(`${folders.pub}/many`);
  for (let i = 0; i < many; i++) {
    Deno.writeTextFileSync(`${folders.pub}/many/entry-${i}`, "");
  }
  const config = (round: number, extra: number) =>
    configOf(folders, { round, extra, idleTimeout });
  await folders.write(config(0, 0));
  // A binary has none.
  const inspector = FTPD.length > 1 ? freeAddress() : undefined;
  const tls = NO_TLS ? [] : tlsWords(await writeKeys(`${folders.base}/keys`));
  const ftpd = await startFtpd([
    ...["--config", folders.config, "--listen", "127.0.0.1:0", ...tls],
    ...NO_TLS ? [] : ["--tls", "optional", "--tls-rate", "100"],
  ], { program: inspected(FTPD, inspector) });
  const metrics = await metricsUrl(() => ftpd.log);
  return sceneOf(folders, ftpd, config, {
    metrics,
    files,
    many,
    ...inspector !== undefined && { inspector },
  });
}

function sceneOf(
  folders: ConfigFolders,
  ftpd: Ftpd,
  config: (round: number, extra: number) => string,
  more: Pick<Scene, "metrics" | "inspector" | "files" | "many">,
): Scene {
  const port = ftpd.ports[0]!;
  let [round, extra, names] = [0, 0, 0];
  return {
    ...more,
    ftpd,
    port,
    implicitPort: implicitPortOf(ftpd.ready),
    freshName: () => `up/file-${names++}`,
    async reload(anew) {
      round++;
      if (anew) extra++;
      await folders.write(config(round, extra));
      ftpd.kill("SIGHUP");
      await until(async () => {
        return await greeting(port) === `220 Round ${round}` || undefined;
      }, `round ${round}`);
    },
    async sessions() {
      return (await scrape(more.metrics)).get("wharf_ftpd_sessions_open")!;
    },
    async [Symbol.asyncDispose]() {
      await ftpd[Symbol.asyncDispose]();
      await folders[Symbol.asyncDispose]();
    },
  };
}

/** The words of the program, with an inspector at this address. */
function inspected(
  [program, ...args]: readonly string[],
  address: string | undefined,
): string[] {
  if (address === undefined) return [program!, ...args];
  const [run, ...more] = args;
  return [program!, run!, `--inspect=${address}`, ...more];
}

/** The runtime does not tell which port it has chosen. */
function freeAddress(): string {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return `127.0.0.1:${listener.addr.port}`;
}

/** What the server greets with; empty when it had no time for it. */
async function greeting(port: number): Promise<string> {
  const at = { hostname: "127.0.0.1", port, greeting: false };
  using control = await RawControl.open(at);
  return await control.reply();
}

/**
 * Each round has a greeting of its own. An account that comes or goes, with a
 * folder of its own, needs new threads.
 */
function configOf(
  { pub, base }: ConfigFolders,
  { round, extra, idleTimeout }: {
    round: number;
    extra: number;
    idleTimeout: number;
  },
): string {
  const other = extra % 2 === 0 ? [] : [
    "[account.other]",
    `password = "other"`,
    `root = ${JSON.stringify(`${base}/other`)}`,
  ];
  if (other.length > 0) Deno.mkdirSync(`${base}/other`, { recursive: true });
  return [
    `banner = "Round ${round}"`,
    `idle-timeout = ${idleTimeout}`,
    "login-delay = 0",
    `metrics = "127.0.0.1:0"`,
    `[account.${ACCOUNT.user}]`,
    `password = "${ACCOUNT.password}"`,
    `root = ${JSON.stringify(pub)}`,
    "write = true",
    ...other,
    "",
  ].join("\n");
}

async function knownFile(size: number): Promise<Known> {
  const bytes = bytesFor(size, size);
  return { name: `known-${size}`, bytes, sha256: await sha256Of(bytes) };
}

/** Bytes that look like nothing in particular, the same for the same seed. */
export function bytesFor(size: number, seed: number): Bytes {
  const bytes = new Uint8Array(size);
  let state = seed * 2654435761 >>> 0 || 1;
  for (let at = 0; at < size; at++) {
    state = Math.imul(state, 1664525) + 1013904223 >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

/** SHA-256 in hexadecimal, small letters. */
export async function sha256Of(bytes: Bytes): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}
