/**
 * A Deno and its base runtime from the npm registry alone.
 *
 * npm has every Deno, but of base runtimes only those that other projects
 * published with their own code behind them. One such file is an ELF image
 * followed by that project's payload: cut at the end of the image, it is the
 * plain base runtime of Deno 2.7.11. Both files are pinned by their SHA-256.
 *
 * @module
 */

import { ToolError } from "../lib/cli.ts";
import { sha256OfFile } from "./checksums.ts";
import { isFile, run } from "./run.ts";

/** The version of the pair. */
export const OLDER_DENO = "2.7.11";

const PACKAGES = [`deno@${OLDER_DENO}`, "@stdy/cli-linux-x64@0.22.2"];
const DENO = {
  from: "node_modules/@deno/linux-x64-glibc/deno",
  sha256: "e518fbc96877fbc2b37820ec54a02e473166cb25a5d4d627ffde37360fd7d210",
};
const DENORT = {
  from: "node_modules/@stdy/cli-linux-x64/bin/steady",
  sha256: "f12d5d3886d5ea138304fb8d67d7396cfbedf53656676132152cb89f3fa4d8e6",
};
/** How long npm may take, in milliseconds. */
const FETCH_TIME = 300_000;
const ELF64_HEADER = 64;

/** Paths of the two programs. */
export interface DenoPair {
  /** The Deno that compiles. */
  deno: string;
  /** The base runtime it compiles into. */
  denort: string;
}

/**
 * Gives the pair below the folder `cache`, fetched with npm when it is not
 * there yet; `log` then gets a line.
 *
 * Throws a `ToolError` when npm is missing or fails, or when what came is not
 * what was pinned.
 */
export async function fetchFallback(
  cache: string,
  log: (line: string) => void,
): Promise<DenoPair> {
  const home = `${cache}/wharf/deno-${OLDER_DENO}`;
  const pair = { deno: `${home}/deno`, denort: `${home}/denort` };
  if (await isFile(pair.deno) && await isFile(pair.denort)) return pair;
  log(`Fetching ${PACKAGES.join(" and ")} with npm, once (85 MB) ...`);
  await Deno.mkdir(home, { recursive: true });
  // Beside its place, so that the renames below are atomic.
  const folder = await Deno.makeTempDir({ dir: home });
  try {
    await installWithNpm(folder);
    await cutToElfImage(`${folder}/${DENORT.from}`);
    await settle(`${folder}/${DENO.from}`, pair.deno, DENO.sha256);
    await settle(`${folder}/${DENORT.from}`, pair.denort, DENORT.sha256);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  return pair;
}

async function installWithNpm(folder: string): Promise<void> {
  const quiet = ["--no-audit", "--no-fund", "--loglevel=error"];
  await run("npm", [
    "install",
    `--prefix=${folder}`,
    "--ignore-scripts",
    ...quiet,
    ...PACKAGES,
  ], { timeout: FETCH_TIME });
}

/** Moves a file to its place once it proved to be the pinned one. */
async function settle(
  from: string,
  to: string,
  sha256: string,
): Promise<void> {
  const found = await sha256OfFile(from);
  if (found !== sha256) {
    throw new ToolError(
      `${from} is not the pinned file: SHA-256 ${found}, expected ${sha256}`,
    );
  }
  await Deno.chmod(from, 0o755);
  await Deno.rename(from, to);
}

async function cutToElfImage(path: string): Promise<void> {
  using file = await Deno.open(path);
  const header = new Uint8Array(ELF64_HEADER);
  await file.read(header);
  await Deno.truncate(path, elfImageSize(header));
}

/**
 * The size in bytes of an ELF image, read from its 64-byte header: linkers put
 * the section header table last.
 *
 * Throws a `ToolError` when this is no 64-bit little-endian ELF header.
 *
 * @example
 * ```ts
 * import { elfImageSize } from "./fallback_runtime.ts";
 * const header = new Uint8Array(64);
 * header.set([0x7f, 0x45, 0x4c, 0x46, 2, 1]);
 * header.set([0, 1], 0x28); // The table is at 256,
 * header.set([64], 0x3a); // of 64-byte rows,
 * header.set([3], 0x3c); // and has three of them.
 * console.assert(elfImageSize(header) === 256 + 3 * 64);
 * ```
 */
export function elfImageSize(header: Uint8Array): number {
  const magic = [0x7f, 0x45, 0x4c, 0x46, 2, 1];
  const view = new DataView(header.buffer, header.byteOffset, header.length);
  if (
    header.length < ELF64_HEADER ||
    magic.some((byte, i) => header[i] !== byte)
  ) {
    throw new ToolError("the base runtime is no 64-bit ELF file");
  }
  const offset = Number(view.getBigUint64(0x28, true));
  return offset + view.getUint16(0x3a, true) * view.getUint16(0x3c, true);
}
