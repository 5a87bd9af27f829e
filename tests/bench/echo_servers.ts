/**
 * The echo servers under comparison: how each is found and started.
 *
 * Every server gets the settings that are best for it here: no log, no limit
 * below what is opened, Nagle's algorithm off where that can be said.
 *
 * @module
 */

import { join } from "node:path";
import {
  compiled,
  firstLine,
  fromSource,
  type Tool,
  which,
} from "./programs.ts";
import type { Missing, Place, Recipe } from "./servers.ts";

/** What a case speaks. */
export type Transport = "tcp" | "udp";

/** An echo server that the benchmark can start. */
export interface EchoServer {
  /** Its name in the tables. */
  name: string;
  /** Its version as the program tells it. */
  version: string;
  /** Where its program is. */
  program: string;
  /** Writes what the server needs and returns how to run it. */
  prepare(place: Place, transport: Transport): Promise<Recipe>;
}

/** The yard-stick. */
export const YARDSTICK = "C epoll";
/** Ours, compiled. */
export const OURS = "Wharf echod";
/** Ours, as `deno run` starts it. */
export const OURS_FROM_SOURCE = "Wharf echod, source";

/**
 * Finds every server of the comparison on this machine. `yardstick` is the
 * compiled C program.
 */
export async function findEchoServers(
  yardstick: string,
): Promise<(EchoServer | Missing)[]> {
  return await Promise.all([
    findYardstick(yardstick),
    findCompiled(),
    findSource(),
    findNode(),
    findPython("asyncio", "sys; print(sys.version.split()[0])"),
    findPython("uvloop", "uvloop; print(uvloop.__version__)"),
    findSocat(),
    findXinetd(),
  ]);
}

async function findYardstick(program: string): Promise<EchoServer> {
  const version = await firstLine(["cc", "-dumpfullversion"]) ?? "";
  return tellingItsPort(YARDSTICK, `(gcc ${version})`, [program]);
}

async function findCompiled(): Promise<EchoServer | Missing> {
  const tool = await compiled("echod");
  if (tool === undefined) {
    return { name: OURS, reason: "compile it first: deno task compile echod" };
  }
  return ours(OURS, tool);
}

async function findSource(): Promise<EchoServer | Missing> {
  const tool = await fromSource("echod", "server/echod.ts");
  if (tool === undefined) {
    return { name: OURS_FROM_SOURCE, reason: "server/echod.ts does not start" };
  }
  return ours(OURS_FROM_SOURCE, tool);
}

function ours(name: string, { words, version }: Tool): EchoServer {
  const free = ["--quiet", "--rate", "off"];
  free.push("--max-connections", "4096", "--max-per-address", "4096");
  return {
    name,
    version,
    program: words[0]!,
    prepare: (_, transport) =>
      Promise.resolve({
        words: [...words, ...free, `--${transport}`, "127.0.0.1:0"],
        tellsPort: true,
      }),
  };
}

async function findNode(): Promise<EchoServer | Missing> {
  const name = "Node";
  const program = await which("node");
  if (program === undefined) return { name, reason: "install nodejs" };
  const version = await firstLine([program, "--version"]) ?? "unknown";
  return tellingItsPort(name, version, [program, besides("echo_peer.mjs")]);
}

async function findPython(
  loop: "asyncio" | "uvloop",
  version: string,
): Promise<EchoServer | Missing> {
  const name = `Python ${loop}`;
  // Debian's interpreter: only it sees Debian's module.
  const python = "/usr/bin/python3";
  const told = await firstLine([python, "-c", `import ${version}`]);
  if (told === undefined) {
    const module = loop === "uvloop" ? "python3-uvloop" : "python3";
    return { name, reason: `install ${module}` };
  }
  return tellingItsPort(name, told, [python, besides("echo_peer.py"), loop]);
}

/** A server of TCP and UDP on one port that it chooses. */
function tellingItsPort(
  name: string,
  version: string,
  words: string[],
): EchoServer {
  return {
    name,
    version,
    program: words[0]!,
    prepare: () => Promise.resolve({ words, tellsPort: true }),
  };
}

function besides(file: string): string {
  return join(import.meta.dirname ?? ".", file);
}

/** A process for each connection, and for each datagram. */
async function findSocat(): Promise<EchoServer | Missing> {
  const name = "socat";
  const program = await which("socat");
  if (program === undefined) return { name, reason: "install socat" };
  const told = await firstLine([
    "sh",
    "-c",
    `${program} -V | grep -o 'version [0-9.]*'`,
  ]);
  return {
    name,
    version: told?.replace("version ", "") ?? "unknown",
    program,
    prepare: ({ port }, transport) => {
      const listen = transport === "tcp" ? "TCP4-LISTEN" : "UDP4-RECVFROM";
      const more = transport === "tcp" ? ",nodelay,backlog=511" : "";
      const from = `${listen}:${port},bind=127.0.0.1,reuseaddr,fork${more}`;
      return Promise.resolve({
        words: [program, "-b65536", from, "PIPE"],
      });
    },
  };
}

/** The echo that is built into xinetd: a process for each connection. */
async function findXinetd(): Promise<EchoServer | Missing> {
  const name = "xinetd";
  const program = await which("xinetd");
  if (program === undefined) return { name, reason: "install xinetd" };
  if (Deno.uid() !== 0) return { name, reason: "it must be started by root" };
  const told = await firstLine(["sh", "-c", `${program} -version 2>&1`]);
  return {
    name,
    version: told?.match(/[\d.]+/)?.[0] ?? "unknown",
    program,
    prepare: (place, transport) => prepareXinetd(program, place, transport),
  };
}

async function prepareXinetd(
  program: string,
  { scratch, port }: Place,
  transport: Transport,
): Promise<Recipe> {
  const config = join(scratch, "xinetd.conf");
  const stream = transport === "tcp";
  const settings = {
    type: "INTERNAL UNLISTED",
    id: `echo-${transport}`,
    flags: "NOLIBWRAP",
    socket_type: stream ? "stream" : "dgram",
    protocol: transport,
    wait: stream ? "no" : "yes",
    user: "root",
    bind: "127.0.0.1",
    port,
    instances: "UNLIMITED",
    per_source: "UNLIMITED",
    cps: "1000000 1",
  };
  const lines = Object.entries(settings).map(([key, value]) =>
    `${key} = ${value}\n`
  );
  await Deno.writeTextFile(config, `service echo\n{\n${lines.join("")}}\n`);
  return { words: [program, "-dontfork", "-f", config] };
}
