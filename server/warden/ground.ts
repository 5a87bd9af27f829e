/**
 * What is there before a server starts: the folders that it names, the
 * addresses of its hosts, the program's own source.
 *
 * @module
 */

import { ToolError } from "../../lib/cli.ts";
import { ipVersion } from "../../lib/net/address.ts";
import { listenError, type ListenPlace } from "../../lib/net/listen_error.ts";

/**
 * The numeric address of the host of a place to listen on: permissions are
 * about addresses.
 *
 * @throws {ListenError} when it has none here.
 */
export function numericHost(
  place: Exclude<ListenPlace, { transport: "unix" }>,
): string {
  const { hostname } = place;
  if (ipVersion(hostname) !== null) return hostname;
  try {
    using listener = Deno.listen({ hostname, port: 0 });
    return listener.addr.hostname;
  } catch (error) {
    throw listenError(error, place);
  }
}

/** The IPv4 addresses of a name, as the system's name servers say. */
export function resolveName(name: string): Promise<string[]> {
  return Deno.resolveDns(name, "A");
}

/**
 * The real path of a folder that can be served.
 *
 * @throws {ToolError} when it can't: one line that says why.
 */
export async function realFolder(path: string): Promise<string> {
  try {
    refuseRuntimePaths(path);
    const real = await Deno.realPath(path);
    if (!(await Deno.stat(real)).isDirectory) {
      throw new Error("it is not a folder");
    }
    refuseRuntimePaths(real);
    // Windows opens no folders; there, the first listing says what is wrong.
    if (Deno.build.os !== "windows") (await Deno.open(real)).close();
    return real;
  } catch (error) {
    throw new ToolError(`cannot serve ${path}: ${problem(error, path)}`);
  }
}

/**
 * The real path of a file that may not be there yet.
 *
 * @throws {ToolError} when its folder is not there.
 */
export async function realFile(path: string): Promise<string> {
  const [, folder = "", name = ""] = /^(.*?)[/]*([^/]+)$/s.exec(path) ?? [];
  const parent = path.startsWith("/") && folder === "" ? "/" : folder || ".";
  try {
    refuseRuntimePaths(path);
    const real = await Deno.realPath(parent);
    if (name === "" || name === "." || name === "..") {
      throw new Error("it is not a file's name");
    }
    refuseRuntimePaths(`${real}/${name}`);
    return real === "/" ? `/${name}` : `${real}/${name}`;
  } catch (error) {
    throw new ToolError(`cannot use ${path}: ${problem(error, parent)}`);
  }
}

/** Nothing that is read or served may be there: one line says so. */
export function refuseRuntimePaths(real: string): void {
  if (Deno.build.os === "linux" && /^\/(dev|proc|sys)(\/|$)/.test(real)) {
    throw new Error("the runtime opens nothing below /dev, /proc and /sys");
  }
}

function problem(error: unknown, path: string): string {
  if (error instanceof Deno.errors.NotFound) return "there is no such folder";
  if (error instanceof Deno.errors.NotCapable) {
    return `the runtime needs --allow-read=${path}`;
  }
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  return error instanceof Error ? error.message : String(error);
}

/** Where the program's modules are; `/` when nobody knows. */
export function sourceFolder(): string {
  return import.meta.dirname?.replace(/([/\\][^/\\]*){2}$/, "") || "/";
}

/**
 * Whether a worker can be loaded: that takes reading the program's source.
 * Flags that hide it are narrow enough; then the warden serves by itself.
 */
export async function canStartWorkers(): Promise<boolean> {
  const { state } = await Deno.permissions.query({
    name: "read",
    path: sourceFolder(),
  });
  return state === "granted";
}
