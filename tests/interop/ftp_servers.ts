/**
 * The frame of a test of `ftp` with every server: those of others that are on
 * this machine, and ours.
 *
 * @module
 */

import { join } from "node:path";
import { type Candidate, isFound } from "../bench/servers.ts";
import { ACCOUNT, findAccountServers } from "../client/account_servers.ts";
import { withServer } from "../client/foreign_server.ts";
import { HAS_IPV6 } from "../ftp/helpers.ts";
import { type FtpOptions, runFtp, URL_PASSWORD } from "./ftp_tool.ts";
import { withFtpd } from "./interop.ts";
import type { Ended } from "./program.ts";

/** How a test's `ftp` is run. */
export type RunFtp = (
  args: readonly string[],
  options?: Partial<FtpOptions>,
) => Promise<Ended>;

/** What a test of `ftp` with a server has. */
export interface ToolScene {
  /** The server's name. */
  server: string;
  /** The server's address with its port, as in URLs. */
  host: string;
  /** URL of the server's root folder, with user and password. */
  url: string;
  /** The folder that the server serves; its account may write. */
  served: string;
  /** The folder that `ftp` works in. */
  local: string;
  /** The home folder of who runs it. */
  home: string;
  /** Runs `ftp` in the local folder. */
  ftp: RunFtp;
}

/** Options for {@linkcode serversTest}. */
export interface ServersTestOptions {
  /** Whether over IPv6. @default {false} */
  ipv6?: boolean;
  /** Servers that are left out, and why. */
  except?: Readonly<Record<string, string>>;
  /** What else is missing on this machine, if anything. */
  missing?: string | undefined;
}

type Serve = (
  folder: string,
  hostname: string,
  action: (port: number) => Promise<void>,
) => Promise<void>;

interface Server {
  readonly name: string;
  /** Why it is not tested. */
  readonly missing?: string;
  readonly serve: Serve;
}

/** A user of our server who may only read. */
export const READER = "eve";

const OURS: Server = {
  name: "Wharf ftpd",
  serve: (folder, hostname, action) => {
    const { user, password } = ACCOUNT;
    const users = [`${user}:${password}:rw`, `${READER}:${password}:ro`];
    const options = users.flatMap((user) => ["--user", user]);
    return withFtpd(
      [...options, "--login-delay", "0.01", folder],
      ({ ports }) => action(ports[hostname === "::1" ? 1 : 0]!),
    );
  },
};

const SERVERS: readonly Server[] = [
  OURS,
  ...(await findAccountServers()).map((server): Server => ({
    name: isFound(server) ? `${server.name} ${server.version}` : server.name,
    ...(isFound(server) ? {} : { missing: server.reason }),
    serve: (folder, hostname, action) =>
      withServer(server as Candidate, folder, action, { hostname }),
  })),
];

/** A test of `ftp` for each server, in fresh folders. */
export function serversTest(
  name: string,
  action: (scene: ToolScene, context: Deno.TestContext) => Promise<void>,
  { ipv6 = false, except = {}, missing }: ServersTestOptions = {},
): void {
  const noIpv6 = ipv6 && !HAS_IPV6 ? "this machine has no ::1" : undefined;
  const hostname = ipv6 ? "::1" : "127.0.0.1";
  for (const server of SERVERS) {
    const plain = server.name.replace(/ [\d.].*/, "");
    const why = server.missing ?? except[plain] ?? missing ?? noIpv6;
    const skipped = why === undefined ? "" : ` (skipped: ${why})`;
    Deno.test({
      name: `ftp and ${server.name}: ${name}${skipped}`,
      ignore: why !== undefined,
      fn: (context) =>
        withFolders((folders) =>
          server.serve(folders.served, hostname, (port) => {
            const host = ipv6 ? `[${hostname}]:${port}` : `${hostname}:${port}`;
            return action(sceneOf(plain, host, folders), context);
          })
        ),
    });
  }
}

type Folders = Pick<ToolScene, "served" | "local" | "home">;

function sceneOf(server: string, host: string, folders: Folders): ToolScene {
  const { local, home } = folders;
  return {
    ...folders,
    server,
    host,
    url: `ftp://${ACCOUNT.user}:${URL_PASSWORD}@${host}`,
    ftp: (args, options) => runFtp(args, { cwd: local, home, ...options }),
  };
}

/** The server runs as somebody else, who must be let in. */
async function withFolders(
  action: (folders: Folders) => Promise<void>,
): Promise<void> {
  const base = await Deno.makeTempDir({ prefix: "wharf-tool-" });
  const [served, local, home] = ["served", "local", "home"]
    .map((name) => join(base, name)) as [string, string, string];
  try {
    await Deno.chmod(base, 0o711);
    for (const path of [served, local, home]) await Deno.mkdir(path);
    await Deno.chmod(served, 0o777);
    await action({ served, local, home });
  } finally {
    await Deno.remove(base, { recursive: true });
  }
}
