/**
 * What the binaries are made of, as a list that scanners read: CycloneDX 1.5.
 * Without time or serial number, so that the same sources give the same list.
 *
 * @module
 */

import configuration from "../deno.json" with { type: "json" };
import { ToolError } from "../lib/cli.ts";
import { type BaseRuntime, denoCache } from "./base_runtime.ts";
import { sha256OfFile } from "./checksums.ts";
import {
  cachedFolders,
  type LockedPackage,
  lockedPackages,
  readLock,
} from "./packages.ts";

/** The file's name, in the folder of the binaries. */
export const SBOM = "SBOM.cdx.json";

/** One part of the whole. */
export interface Component {
  /** A runtime is a `platform`, a package a `library`. */
  type: "application" | "platform" | "library";
  /** The name others refer to it by. */
  "bom-ref": string;
  /** Its name. */
  name: string;
  /** Its version. */
  version: string;
  /** Where it is from (package URL). */
  purl?: string;
  /** Checksums in hexadecimal. */
  hashes?: { alg: string; content: string }[];
  /** Under which licences (SPDX) it may be used. */
  licenses?: { license: { id: string } }[];
}

/**
 * A package as a component; `license` is the identifier it names itself.
 *
 * @example
 * ```ts
 * import { component } from "./sbom.ts";
 * const { purl, hashes } = component(
 *   { name: "@a/b", version: "1.0.0", integrity: "sha512-/w==" },
 *   "MIT",
 * );
 * console.assert(purl === "pkg:npm/%40a/b@1.0.0");
 * console.assert(hashes?.[0]?.content === "ff");
 * ```
 */
export function component(
  { name, version, integrity }: LockedPackage,
  license: string,
): Component {
  const purl = `pkg:npm/${name.replace("@", "%40")}@${version}`;
  const dash = integrity.indexOf("-");
  const alg = integrity.slice(0, dash).replace("sha", "SHA-");
  const content = Uint8Array.fromBase64(integrity.slice(dash + 1)).toHex();
  return {
    ...{ type: "library", "bom-ref": purl, name, version, purl },
    hashes: [{ alg, content }],
    licenses: [{ license: { id: license } }],
  };
}

/**
 * The whole list as JSON.
 *
 * @example
 * ```ts
 * import { bom } from "./sbom.ts";
 * const text = bom({ type: "platform", "bom-ref": "r", name: "r", version: "1" }, []);
 * console.assert(JSON.parse(text).bomFormat === "CycloneDX");
 * ```
 */
export function bom(
  runtime: Component,
  packages: readonly Component[],
): string {
  const { version, license } = configuration;
  const wharf: Component = {
    ...{ type: "application", "bom-ref": "wharf", name: "wharf", version },
    licenses: [{ license: { id: license } }],
  };
  const parts = [runtime, ...packages];
  const dependsOn = parts.map((part) => part["bom-ref"]);
  const list = {
    ...{ bomFormat: "CycloneDX", specVersion: "1.5", version: 1 },
    metadata: { component: wharf },
    components: parts,
    dependencies: [{ ref: "wharf", dependsOn }],
  };
  return `${JSON.stringify(list, null, 2)}\n`;
}

/** Writes the list for binaries on `runtime`, and gives its checksum. */
export async function writeSbom(
  path: string,
  { version }: BaseRuntime,
): Promise<string> {
  const cache = await denoCache();
  const packages = lockedPackages(await readLock());
  const components = await Promise.all(
    packages.map(async (it) => component(it, await licenseOf(it, cache))),
  );
  await Deno.writeTextFile(path, bom(deno(version), components));
  return await sha256OfFile(path);
}

function deno(version: string): Component {
  const purl = `pkg:github/denoland/deno@v${version}`;
  return {
    ...{ type: "platform", "bom-ref": purl, name: "deno", version, purl },
    licenses: [{ license: { id: "MIT" } }],
  };
}

/** What the package says itself. */
async function licenseOf(it: LockedPackage, cache: string): Promise<string> {
  const [folder] = await cachedFolders(cache, it);
  if (!folder) throw new ToolError(`${it.name} is not in Deno's cache`);
  const text = await Deno.readTextFile(`${folder}/package.json`);
  const { license } = JSON.parse(text) as { license?: unknown };
  if (typeof license === "string") return license;
  throw new ToolError(`${it.name} ${it.version} names no licence`);
}
