/**
 * The frame of a test with a foreign program.
 *
 * @module
 */

import { assertEquals, assertFalse } from "@std/assert";
import { join } from "node:path";
import { type Ftpd, HAS_IPV6, startFtpd } from "../ftp/helpers.ts";
import { isInstalled } from "./program.ts";

/** Where one of a server's sockets is. */
export interface Place {
  /** As URLs write it: an IPv6 address has brackets. */
  host: string;
  /** The port. */
  port: number;
}

/** The folders of a test with a foreign program. */
export interface Folders {
  /** The folder that the server serves. */
  served: string;
  /** The folder that the program works in. */
  local: string;
  /** An empty home folder for the program. */
  home: string;
}

/** What a test with a foreign program has. */
export interface Scene extends Folders {
  /** The server. */
  ftpd: Ftpd;
}

/** Options for {@linkcode interopTest}. */
export interface InteropOptions {
  /** Options of `ftpd`. @default {["--write"]} */
  ftpd?: readonly string[];
  /** What else is missing on this machine, if anything. */
  missing?: string | undefined;
}

/** How data connections are made. */
export interface Mode {
  /** For names of tests. */
  name: string;
  /** Whether the server connects to the client. */
  active: boolean;
  /** Whether over IPv6. */
  ipv6: boolean;
  /** Why not here. */
  missing?: string | undefined;
}

const NO_IPV6 = HAS_IPV6 ? undefined : "this machine has no ::1";

/** Every way to make a data connection. */
export const MODES: readonly Mode[] = [
  { name: "passive, IPv4", active: false, ipv6: false },
  { name: "active, IPv4", active: true, ipv6: false },
  { name: "passive, IPv6", active: false, ipv6: true, missing: NO_IPV6 },
  { name: "active, IPv6", active: true, ipv6: true, missing: NO_IPV6 },
];

/** Where the server listens for IPv4, or for IPv6. */
export function placeOf({ ports }: Ftpd, mode?: Mode): Place {
  return mode?.ipv6
    ? { host: "[::1]", port: ports[1]! }
    : { host: "127.0.0.1", port: ports[0]! };
}

/**
 * A test of `ftpd` with `program`, in fresh folders. Afterwards the server must
 * stop without an error and leave no part of an upload. Without the program
 * the test is skipped, and its name says so.
 */
export function interopTest(
  program: string,
  name: string,
  action: (scene: Scene) => Promise<void>,
  options: InteropOptions = {},
): void {
  const missing = isInstalled(program)
    ? options.missing
    : `${program} is not installed`;
  Deno.test({
    name: missing ? `${name} (skipped: ${missing})` : name,
    ignore: missing !== undefined,
    fn: () => play(action, options.ftpd ?? ["--write"]),
  });
}

async function play(
  action: (scene: Scene) => Promise<void>,
  options: readonly string[],
): Promise<void> {
  await inFolders(({ served, local, home }) =>
    withFtpd(
      [...options, served],
      (ftpd) => action({ ftpd, served, local, home }),
    )
  );
}

/** Runs `action` in fresh folders, where no part of an upload may be left. */
export async function inFolders(
  action: (folders: Folders) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "wharf-interop-" });
  const [served, local, home] = ["served", "local", "home"]
    .map((name) => join(folder, name)) as [string, string, string];
  try {
    for (const path of [served, local, home]) await Deno.mkdir(path);
    await action({ served, local, home });
    assertEquals(await parts(served), [], "parts of uploads are left");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Runs `action` with a server that must stop well and log no error. */
export async function withFtpd(
  options: readonly string[],
  action: (ftpd: Ftpd) => Promise<void>,
): Promise<void> {
  const addresses = HAS_IPV6 ? ["127.0.0.1:0", "[::1]:0"] : ["127.0.0.1:0"];
  const listen = addresses.flatMap((address) => ["--listen", address]);
  const ftpd = await startFtpd([...listen, ...options]);
  try {
    await action(ftpd);
  } finally {
    assertEquals(await ftpd.stop(), 0, ftpd.log);
  }
  assertFalse(/^\S+ ERROR /m.test(ftpd.log), ftpd.log);
}

/** Hidden files that uploads which were not completed left. */
async function parts(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (name.startsWith(".wharf-")) found.push(name);
    if (isDirectory) found.push(...await parts(join(folder, name)));
  }
  return found;
}
