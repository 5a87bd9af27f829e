/**
 * Servers of others, started for one test.
 *
 * @module
 */

import type { Candidate } from "../bench/servers.ts";

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
}

/** Runs `action` while a server serves `folder` on a port of its own. */
export async function withServer(
  server: Candidate,
  folder: string,
  action: (port: number) => Promise<void>,
  { hostname = "127.0.0.1" }: ServerOptions = {},
): Promise<void> {
  const scratch = await Deno.makeTempDir({ prefix: "wharf-server-" });
  const port = freePort(hostname);
  const { words } = await server.prepare({ folder, scratch, port, hostname });
  if (server.name === "vsftpd") {
    await Deno.writeTextFile(`${scratch}/vsftpd.conf`, VSFTPD, {
      append: true,
    });
  }
  const [program = "", ...args] = words;
  const child = new Deno.Command(program, {
    args,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  try {
    await greeting(hostname, port);
    await action(port);
  } finally {
    child.kill("SIGTERM");
    await child.status;
    await Deno.remove(scratch, { recursive: true });
  }
}

function freePort(hostname: string): number {
  using listener = Deno.listen({ hostname, port: 0 });
  return listener.addr.port;
}

/** A foreign server does not tell when it listens: only asking helps. */
async function greeting(hostname: string, port: number): Promise<void> {
  const until = Date.now() + 20_000;
  for (;;) {
    try {
      using conn = await Deno.connect({ hostname, port });
      if (await conn.read(new Uint8Array(512)) !== null) return;
    } catch (error) {
      if (Date.now() > until) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
