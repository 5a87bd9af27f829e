/**
 * `echoc` with a server to talk to.
 *
 * @module
 */

import { assert } from "@std/assert";
import type { StreamService } from "../../lib/net/service.ts";
import { serveTcp } from "../../lib/net/tcp.ts";
import { withFolder } from "../net/loopback.ts";
import { type RunningTool, startTool } from "./service_tool.ts";

/** Runs `action` with an `echod` on TCP and UDP, and on a Unix socket. */
export async function withEchod(
  action: (
    at: { at: string; socket: string; echod: RunningTool },
  ) => Promise<void>,
  ...args: string[]
): Promise<void> {
  await withFolder(async (folder) => {
    const socket = `${folder}/echo.sock`;
    await using echod = await startTool("echod", [
      ...["--tcp", "127.0.0.1:0", "--udp", "127.0.0.1:0", "--unix", socket],
      ...["--rate", "off", ...args],
    ]);
    await action({ at: `127.0.0.1:${echod.ports[0]}`, socket, echod });
  });
}

/** Runs `action` with a server of this process. */
export async function withService(
  service: StreamService,
  action: (at: string) => Promise<void>,
): Promise<void> {
  await using server = await serveTcp(service, {
    listen: [{ transport: "tcp", hostname: "127.0.0.1", port: 0 }],
    grace: 0,
  });
  const [address] = server.addresses;
  assert(address?.transport === "tcp");
  await action(`127.0.0.1:${address.port}`);
}
