/**
 * What tests of reloading need: a server with a configuration file that can be
 * written anew, and clients that come and go all the while.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { type Folders, type Ftpd, startFtpd, tempFolders } from "./helpers.ts";
import { RawControl } from "./raw_control.ts";

/** Folders, and a configuration file outside of what is served. */
export interface ConfigFolders extends Folders {
  /** The file's path. */
  readonly config: string;
  /** Where a control socket can be. */
  readonly socket: string;
  /** Writes the file, whole or not at all. */
  write(text: string): Promise<void>;
  /** Makes `base/NAME` with a file `name` that holds the name. */
  folder(name: string): Promise<string>;
}

/** Makes `base/pub` with these files. */
export async function configFolders(
  files: Readonly<Record<string, string | Uint8Array>> = {},
): Promise<ConfigFolders> {
  const folders = await tempFolders(files);
  const config = `${folders.base}/ftpd.toml`;
  return {
    ...folders,
    config,
    socket: `${folders.base}/control`,
    async write(text) {
      await Deno.writeTextFile(`${config}.new`, text, { mode: 0o600 });
      await Deno.rename(`${config}.new`, config);
    },
    async folder(name) {
      const path = `${folders.base}/${name}`;
      await Deno.mkdir(path);
      await Deno.writeTextFile(`${path}/name`, name);
      return path;
    },
  };
}

/** A configuration with an account for each folder, all with the password x. */
export function configText(
  settings: Readonly<Record<string, string | number>>,
  accounts: Readonly<Record<string, string>>,
): string {
  const lines = Object.entries(settings)
    .map(([name, value]) => `${name} = ${JSON.stringify(value)}`);
  const tables = Object.entries(accounts).flatMap(([name, root]) => [
    `[account.${name}]`,
    'password = "x"',
    `root = ${JSON.stringify(root)}`,
    "write = true",
  ]);
  return [...lines, ...tables, ""].join("\n");
}

/** Starts `ftpd` with a configuration file. */
export function startWith(
  { config }: ConfigFolders,
  ...args: string[]
): Promise<Ftpd> {
  return startFtpd([
    ...["--config", config, "--listen", "127.0.0.1:0"],
    ...["--login-delay", "0", ...args],
  ]);
}

/** How often this text stands in the log. */
export function timesSaid({ log }: Ftpd, text: string): number {
  return log.split(text).length - 1;
}

/** Sends SIGHUP, and waits until its reload is over, good or bad. */
export async function reload(ftpd: Ftpd): Promise<void> {
  const isOver = /(reloaded how=|reload-failed )/g;
  const before = ftpd.log.match(isOver)?.length ?? 0;
  ftpd.kill("SIGHUP");
  const deadline = performance.now() + 15_000;
  while ((ftpd.log.match(isOver)?.length ?? 0) <= before) {
    if (performance.now() > deadline) {
      throw new Error(`No reload; the log: ${ftpd.log}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** What clients saw who came and went. */
export interface Visits {
  /** Visits that went as they should. */
  good: number;
  /** What went wrong in the others. */
  readonly bad: string[];
  /**
   * Visitors whom the kernel cut off before the greeting. Where no listener
   * takes over what another one has not accepted (the sysctl
   * `net.ipv4.tcp_migrate_req`), that is a matter of microseconds, and of luck.
   */
  cut: number;
}

/**
 * Clients who come, log in, fetch and go, over and over, until the signal
 * aborts; `at` one time each of them.
 */
export async function visitors(
  port: number,
  count: number,
  signal: AbortSignal,
): Promise<Visits> {
  const visits: Visits = { good: 0, bad: [], cut: 0 };
  async function comeAndGo(): Promise<void> {
    while (!signal.aborted) {
      try {
        await visit(port);
        visits.good++;
      } catch (error) {
        if (error instanceof Deno.errors.ConnectionReset) visits.cut++;
        else visits.bad.push(String(error));
      }
    }
  }
  await Promise.all(Array.from({ length: count }, comeAndGo));
  return visits;
}

async function visit(port: number): Promise<void> {
  const at = { hostname: "127.0.0.1", port, greeting: false };
  using control = await RawControl.open(at);
  const greeting = await control.reply();
  if (greeting === "") throw new Deno.errors.ConnectionReset();
  assertEquals(greeting.slice(0, 3), "220");
  await control.login("ann");
  assertEquals(await control.fetch("RETR name"), "ann");
  await control.say("QUIT", 221);
}
