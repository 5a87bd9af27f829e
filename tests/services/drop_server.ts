/**
 * A drop box on sockets of this machine, on a folder that is removed
 * afterwards.
 *
 * @module
 */

import { fail } from "@std/assert";
import { createLog } from "../../lib/log.ts";
import { localFileSystem } from "../../server/fs/local.ts";
import { readLimits } from "../../server/service/options.ts";
import { serveEndpoints } from "../../server/service/serve.ts";
import {
  dropService,
  type DropServiceOptions,
} from "../../server/services/drop.ts";
import type { StreamTarget } from "../../client/service/target.ts";

/** A running box. */
export interface DropServer extends AsyncDisposable {
  /** Where it is. */
  readonly target: StreamTarget & { transport: "tcp" };
  /** The same on a Unix socket. */
  readonly unix: StreamTarget;
  /** The folder it serves. */
  readonly folder: string;
  /** A folder beside it. */
  readonly beside: string;
  /** The names in the folder, hidden ones, too. */
  names(): string[];
  /** Stops it. Safe to call more than once. */
  stop(): Promise<void>;
}

/** Options for {@linkcode dropServer}. */
export interface DropServerOptions extends DropServiceOptions {
  /** Milliseconds in which a connection must move. @default {10000} */
  idleTimeout?: number;
  /** Milliseconds to finish when it stops. @default {2000} */
  grace?: number;
}

/** Starts a box on any free port. */
export async function dropServer(
  options: DropServerOptions = {},
): Promise<DropServer> {
  const { idleTimeout = 10_000, grace = 2000, ...rest } = options;
  const base = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "wharf-" }));
  const [folder, beside] = [`${base}/in`, `${base}/beside`];
  for (const path of [folder, beside]) Deno.mkdirSync(path);
  const unix = { transport: "unix", path: `${base}/sock` } as const;
  const serving = await serveEndpoints({
    endpoints: [
      {
        at: { transport: "tcp", hostname: "127.0.0.1", port: 0 },
        service: "drop",
      },
      { at: unix, service: "drop" },
    ],
    services: { drop: dropService(localFileSystem(folder), rest) },
    limits: readLimits({
      rate: "off",
      allow: [],
      deny: [],
      grace,
      "idle-timeout": idleTimeout,
    }),
    log: createLog({ format: "text", write: () => {} }),
  });
  const [address] = serving.addresses;
  if (address?.transport !== "tcp") fail("not a TCP address");
  let stopped: Promise<void> | null = null;
  const stop = () => stopped ??= serving.stop();
  return {
    target: { ...address, transport: "tcp" },
    unix,
    folder,
    beside,
    names: () => Array.from(Deno.readDirSync(folder), ({ name }) => name),
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
      Deno.removeSync(base, { recursive: true });
    },
  };
}
