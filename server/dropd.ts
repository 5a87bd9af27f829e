/**
 * `dropd`: takes files over a connection, lists them and gives them back, for
 * clients as simple as netcat; confined to one folder.
 *
 * @module
 */

import { defineTool, type Parsed, UsageError } from "../lib/cli.ts";
import { formatSize, parseSize } from "../lib/cli/size.ts";
import { quoted } from "../lib/cli/values.ts";
import type { Service } from "../lib/net/service.ts";
import { localFileSystem } from "./fs/local.ts";
import { readAddresses, readSockets } from "./service/address.ts";
import { SERVICE_OPTIONS, STREAM_OPTIONS } from "./service/options.ts";
import type { Plan, ServiceProgram, World } from "./service/program.ts";
import { runService } from "./service/run.ts";
import { workService } from "./service/worker.ts";
import { type DropAccess, dropService } from "./services/drop.ts";

const DROP_PORT = 12345;

const OPTIONS = {
  listen: {
    type: "texts",
    placeholder: "HOST:PORT",
    help: `serve here (default 127.0.0.1:${DROP_PORT})`,
    group: "Server",
  },
  unix: {
    type: "texts",
    placeholder: "PATH",
    help: "serve on a Unix socket",
    group: "Server",
  },
  "read-only": {
    type: "flag",
    help: "list and give files, take none",
    group: "Files",
  },
  "upload-only": {
    type: "flag",
    help: "take files, neither list nor give them",
    group: "Files",
  },
  overwrite: {
    type: "flag",
    help: "a new file takes the place of an old one",
    group: "Files",
  },
  "max-size": {
    type: "text",
    default: "1G",
    placeholder: "SIZE",
    help: "largest file that is taken, such as 500M",
    group: "Files",
  },
  "max-files": {
    type: "integer",
    default: 10_000,
    min: 1,
    help: "take no more files than that",
    group: "Files",
  },
  ...STREAM_OPTIONS,
  "idle-timeout": { ...STREAM_OPTIONS["idle-timeout"], default: 60 },
  ...SERVICE_OPTIONS,
} as const;

const TOOL = defineTool({
  name: "dropd",
  summary: "a drop box for files that netcat can use, confined to its folder",
  usage: "dropd [options] DIR",
  examples: [
    ["dropd ./in", "take files from this machine, list them, give them back"],
    ["dropd --listen :12345 --upload-only ./in", "a letter box on the network"],
    ["(echo a.txt; cat a.txt) | nc -N localhost 12345", "save a file"],
    ["echo dir | nc -N localhost 12345", "list the files"],
    ["echo get a.txt | nc -N localhost 12345 >a.txt", "get one back"],
  ],
  options: OPTIONS,
  positionals: { min: 1, max: 1 },
});

const PROGRAM: ServiceProgram<typeof OPTIONS> = {
  tool: TOOL,
  module: import.meta.url,
  plan,
  services,
};

/** What `dropd` is. */
export const DROPD: ServiceProgram = PROGRAM as ServiceProgram;

type Options = Parsed<typeof OPTIONS>["options"];

/** Options about files that are taken. */
const UPLOADS_ONLY = ["overwrite", "max-size", "max-files"];

function plan(
  { options, positionals, given }: Parsed<typeof OPTIONS>,
): Plan {
  const [folder = "."] = positionals;
  const { listen, unix } = options;
  const chosen = listen.length + unix.length > 0 ? listen : ["127.0.0.1"];
  const addresses = readAddresses(chosen, {
    option: "listen",
    transport: "tcp",
    defaultPort: DROP_PORT,
  });
  const write = accessOf(options) !== "read-only";
  const idle = UPLOADS_ONLY.find((name) => given.has(name));
  if (!write && idle !== undefined) {
    throw new UsageError(`--${idle} contradicts --read-only; leave one out`);
  }
  return {
    endpoints: [...addresses, ...readSockets(unix)]
      .map((at) => ({ at, service: "drop" })),
    paths: [{ path: folder, kind: "folder", write }],
    about: `serving ${folder} (${rulesOf(options)})`,
  };
}

function services(
  { options }: Parsed<typeof OPTIONS>,
  { log, paths: [folder = "."] }: World,
): Record<string, Service> {
  const fs = localFileSystem(folder);
  const drop = dropService(fs, {
    access: accessOf(options),
    maxSize: maxSizeOf(options),
    maxFiles: options["max-files"],
    overwrite: options.overwrite,
    patience: patienceOf(options),
    log,
  });
  return { drop };
}

function accessOf(options: Options): DropAccess {
  if (options["read-only"] && options["upload-only"]) {
    throw new UsageError("--read-only and --upload-only: choose one");
  }
  if (options["read-only"]) return "read-only";
  return options["upload-only"] ? "upload-only" : "read-write";
}

function maxSizeOf(options: Options): number {
  const text = options["max-size"];
  const size = parseSize(text);
  if (size !== null) return size;
  throw new UsageError(
    `--max-size: expected a size such as 500M or 2G, got ${quoted(text)}`,
  );
}

/** A little less than the frame's: a client is told before it is cut off. */
function patienceOf(options: Options): number {
  const timeout = options["idle-timeout"];
  return timeout - Math.min(1000, timeout / 4);
}

/** What holds for files, in a few words. */
function rulesOf(options: Options): string {
  const access = accessOf(options);
  const size = formatSize(maxSizeOf(options));
  if (access === "read-only") return access;
  return [
    ...access === "upload-only" ? [access] : [],
    ...options.overwrite ? ["overwriting"] : [],
    `files up to ${size}`,
  ].join(", ");
}

/** Runs the tool and returns its exit code. */
export function main(
  args: readonly string[],
  exit: (code: number) => never,
): Promise<number> {
  return runService(PROGRAM, args, exit);
}

if (import.meta.main) {
  if (!workService(PROGRAM)) Deno.exit(await main(Deno.args, Deno.exit));
}
