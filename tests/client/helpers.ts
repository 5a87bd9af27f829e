/**
 * A server of ours with a client of ours.
 *
 * @module
 */

import { FtpClient } from "../../client/ftp/client.ts";
import type { ConnectOptions } from "../../client/ftp/options.ts";
import type { FileSystem } from "../../server/fs/file_system.ts";
import { listedAccounts } from "../../server/ftp/accounts.ts";
import { serveFtp, type ServeFtpOptions } from "../../server/ftp/serve.ts";

/** Runs `action` with a client that is logged in to a server of `fs`. */
export async function withClient(
  fs: FileSystem,
  action: (client: FtpClient, port: number) => Promise<void>,
  options: Partial<ConnectOptions> = {},
  server: Partial<ServeFtpOptions> = {},
): Promise<void> {
  const hostname = options.hostname ?? "127.0.0.1";
  await using running = await serveFtp({
    listen: [{ transport: "tcp", hostname, port: 0 }],
    authenticate: listedAccounts([
      { name: "anonymous", password: null, write: true, fs },
    ]),
    ...server,
  });
  const [address] = running.addresses;
  const port = address?.transport === "tcp" ? address.port : 0;
  await using client = await FtpClient.connect({ hostname, port, ...options });
  await client.login();
  await action(client, port);
}

/** Runs `action` in a folder of its own. */
export async function withFolder(
  action: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "wharf-client-" });
  try {
    await action(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
