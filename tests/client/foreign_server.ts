/**
 * Servers of others, started for one test.
 *
 * @module
 */

import { within } from "../../lib/net/wait.ts";
import type { Candidate } from "../bench/servers.ts";
import { freePort } from "../net/ports.ts";

/** What vsftpd grants anonymous users only when told to. */
const VSFTPD = `
anon_umask=022
anon_mkdir_write_enable=YES
anon_other_write_enable=YES
`;

/** Options for {@linkcode withServer}. */
export interface ServerOptions {
  /** Where it listens. @default {"127.0.0.1"} */
  hostname?: string;
  /**
   * Whether it greets whoever connects: not before TLS, where that is implicit.
   *
   * @default {true}
   */
  greets?: boolean;
}

/** Runs `action` while a server serves `folder` on a port of its own. */
export async function withServer(
  server: Candidate,
  folder: string,
  action: (port: number) => Promise<void>,
  { hostname = "127.0.0.1", greets = true }: ServerOptions = {},
): Promise<void> {
  const options = { hostname, greets };
  const { port, stop } = await started(server, folder, options);
  try {
    await action(port);
  } finally {
    await stop();
  }
}

/** A server that greets. */
interface Started {
  readonly port: number;
  stop(): Promise<void>;
}

/** Between choosing a port and listening there, somebody else may take it. */
async function started(
  server: Candidate,
  folder: string,
  options: Required<ServerOptions>,
): Promise<Started> {
  for (let tries = 0; tries < 3; tries++) {
    const running = await start(server, folder, options);
    if (running !== null) return running;
  }
  throw new Error(`${server.name} did not start`);
}

async function start(
  server: Candidate,
  folder: string,
  { hostname, greets }: Required<ServerOptions>,
): Promise<Started | null> {
  const scratch = await Deno.makeTempDir({ prefix: "wharf-server-" });
  const port = freePort();
  const { words } = await server.prepare({ folder, scratch, port, hostname });
  if (server.name === "vsftpd" && server.account === undefined) {
    const config = `${scratch}/vsftpd.conf`;
    await Deno.writeTextFile(config, VSFTPD, { append: true });
  }
  const [program = "", ...args] = words;
  const none = { stdin: "null", stdout: "null", stderr: "null" } as const;
  const child = new Deno.Command(program, { args, ...none }).spawn();
  let hasEnded = false;
  const ended = child.status.then(() => hasEnded = true);
  const stop = async () => {
    if (!hasEnded) child.kill("SIGTERM");
    await ended;
    await Deno.remove(scratch, { recursive: true });
  };
  const isThere = greets ? isGreeting : isListening;
  if (await comesUp(() => isThere(hostname, port), () => hasEnded)) {
    return { port, stop };
  }
  await stop();
  return null;
}

/** A foreign server does not tell when it listens: only asking helps. */
async function comesUp(
  isThere: () => Promise<boolean>,
  hasEnded: () => boolean,
): Promise<boolean> {
  const until = Date.now() + 20_000;
  while (!hasEnded() && Date.now() < until) {
    if (await isThere()) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}

async function isListening(hostname: string, port: number): Promise<boolean> {
  const connecting = Deno.connect({ hostname, port });
  return await connecting.then((conn) => {
    conn.close();
    return true;
  }, () => false);
}

async function isGreeting(hostname: string, port: number): Promise<boolean> {
  const bytes = new Uint8Array(3);
  try {
    using conn = await Deno.connect({ hostname, port });
    // Closing the connection ends a read that is late.
    const read = conn.read(bytes).catch(() => null);
    await within(read, 5_000, null);
    return new TextDecoder().decode(bytes) === "220";
  } catch {
    return false;
  }
}
