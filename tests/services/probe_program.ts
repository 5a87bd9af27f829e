/**
 * A small server that tries what it is told to try: for the proof that the
 * frame's worker may do nothing but serve.
 *
 * @module
 */

import { defineTool, type Parsed } from "../../lib/cli.ts";
import { LineReader } from "../../lib/lines.ts";
import { readAddresses } from "../../server/service/address.ts";
import {
  SERVICE_OPTIONS,
  STREAM_OPTIONS,
} from "../../server/service/options.ts";
import { defineService } from "../../server/service/program.ts";
import { runService } from "../../server/service/run.ts";
import { workService } from "../../server/service/worker.ts";

const OPTIONS = {
  tcp: { type: "texts", help: "serve TCP here" },
  udp: { type: "texts", help: "serve UDP here" },
  folder: { type: "texts", help: "may change this folder" },
  ...STREAM_OPTIONS,
  ...SERVICE_OPTIONS,
} as const;

const ATTEMPTS: Record<string, (what: string) => unknown> = {
  read: (path) => Deno.readTextFile(path),
  write: (path) => Deno.writeTextFile(path, "probe"),
  list: (path) => Array.fromAsync(Deno.readDir(path)),
  async connect(port) {
    (await Deno.connect({ hostname: "127.0.0.1", port: Number(port) })).close();
  },
  async send(hostname) {
    const socket = Deno.listenDatagram({
      ...{ transport: "udp", hostname: "127.0.0.1", port: 0 },
    });
    const to = { transport: "udp", hostname, port: 9 } as const;
    await socket.send(new Uint8Array(1), to).finally(() => socket.close());
  },
  listen: (hostname) => Deno.listen({ hostname, port: 0 }).close(),
  env: (name) => Deno.env.get(name),
  run: (name) => new Deno.Command(name).outputSync(),
  sys: () => Deno.hostname(),
};

async function attempt(line: string): Promise<string> {
  const [verb = "", what = ""] = line.split(" ");
  try {
    await ATTEMPTS[verb]!(what);
    return "done";
  } catch (error) {
    return (error as Error).name;
  }
}

const PROGRAM = defineService({
  tool: defineTool({
    name: "probed",
    summary: "try what it is told to try",
    usage: "probed [options]",
    examples: [],
    options: OPTIONS,
  }),
  module: import.meta.url,
  plan: ({ options }: Parsed<typeof OPTIONS>) => ({
    endpoints: (["tcp", "udp"] as const).flatMap((transport) =>
      readAddresses(options[transport], {
        option: transport,
        transport,
        defaultPort: 0,
      }).map((at) => ({ at, service: "probe" }))
    ),
    paths: options.folder.map((path) => ({
      ...{ path, kind: "folder", write: true } as const,
    })),
  }),
  services: () => ({
    probe: {
      async stream(conn) {
        const limits = { maxLength: 1000, maxSkipped: 0 };
        const source = {
          read: (buffer: Uint8Array<ArrayBuffer>) => conn.read(buffer),
        };
        const line = await new LineReader(source, limits).next();
        const text = await attempt(new TextDecoder().decode(line?.bytes));
        await conn.write(new TextEncoder().encode(text));
      },
      datagram: () => null,
    },
  }),
});

if (import.meta.main && !workService(PROGRAM)) {
  Deno.exit(await runService(PROGRAM, Deno.args, Deno.exit));
}
