/**
 * The machine that the program runs on.
 *
 * @module
 */

import { SOCKET_WIRE } from "./dns/wire.ts";
import {
  type InterfaceAddress,
  type Machine,
  SourceError,
  type SystemFile,
} from "./machine.ts";

/** Where the files are. */
const FOLDER = Deno.build.os === "windows"
  ? "C:\\Windows\\System32\\drivers\\etc\\"
  : "/etc/";

/**
 * This machine. `node:dns` knows the system's resolver, which the runtime has
 * no API of its own for; it is loaded when it is first needed.
 *
 * @example
 * ```ts
 * import { systemMachine } from "./system_machine.ts";
 * const machine = systemMachine();
 * console.assert(machine.pathOf("hosts").endsWith("hosts"));
 * ```
 */
export function systemMachine(): Machine {
  return {
    pathOf,
    read,
    addressesOf,
    nameOf,
    wire: SOCKET_WIRE,
    hostname: () => permitted(() => Deno.hostname()),
    interfaces: () => permitted(interfaces),
  };
}

function pathOf(file: SystemFile): string {
  return FOLDER + file;
}

async function read(file: SystemFile): Promise<string> {
  const path = pathOf(file);
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    throw new SourceError(whyUnreadable(path, error), { cause: error });
  }
}

function whyUnreadable(path: string, error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return `there is no ${path}`;
  if (error instanceof Deno.errors.NotCapable) {
    return `the runtime needs --allow-read=${path}`;
  }
  return `${path} cannot be read: ${(error as Error).message}`;
}

async function addressesOf(name: string): Promise<readonly string[]> {
  const { lookup } = await import("node:dns/promises");
  try {
    // In the order of the system: without this, IPv4 would come first.
    const found = await lookup(name, { all: true, order: "verbatim" });
    return [...new Set(found.map(({ address }) => address))];
  } catch (error) {
    if (codeOf(error) === "ENOTFOUND") return [];
    throw resolverError(error, name);
  }
}

/** The port does not matter: its name is not asked for. */
const ANY_PORT = 9;

async function nameOf(address: string): Promise<string | null> {
  const { lookupService } = await import("node:dns/promises");
  try {
    const { hostname } = await lookupService(address, ANY_PORT);
    return hostname === address ? null : hostname;
  } catch (error) {
    if (codeOf(error) === "ENOTFOUND") return null;
    throw resolverError(error, address);
  }
}

function resolverError(error: unknown, asked: string): SourceError {
  const why = whyNot(codeOf(error), asked) ?? (error as Error).message;
  return new SourceError(why, { cause: error });
}

function whyNot(code: string, asked: string): string | undefined {
  switch (code) {
    case "EPERM":
      return `the runtime needs --allow-net=${netScope(asked)}`;
    case "EAI_AGAIN":
      return "the resolver has no answer now; is its DNS server reachable?";
    default:
      return undefined;
  }
}

/** Flags take IPv6 addresses in brackets. */
function netScope(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown }).code);
}

/** Those of one interface stand together. */
function interfaces(): InterfaceAddress[] {
  const all = Deno.networkInterfaces().map(({ name, cidr }) => ({
    name,
    cidr,
  }));
  return [...Map.groupBy(all, ({ name }) => name).values()].flat();
}

function permitted<T>(ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
    const [, what = ""] = /access to "([^"]*)"/.exec(error.message) ?? [];
    const why = `the runtime needs --allow-sys=${what}`;
    throw new SourceError(why, { cause: error });
  }
}
