/**
 * Which Deno compiles, and into which base runtime.
 *
 * A compiled tool is a base runtime (a Deno without its tools) with our code
 * behind it. Deno downloads the one of its own version; where that is out of
 * reach, an older pair from the npm registry takes its place.
 *
 * @module
 */

import { ToolError } from "../lib/cli.ts";
import { fetchFallback, OLDER_DENO } from "./fallback_runtime.ts";
import { isFile, run } from "./run.ts";

/** A Deno that can compile for one target. */
export interface BaseRuntime {
  /** Path of the Deno that compiles. */
  deno: string;
  /** Its version. */
  version: string;
  /** What its environment has besides ours. */
  env: Readonly<Record<string, string>>;
  /** What it is and why it was chosen, in one line. */
  about: string;
}

/** The only target the fallback is for. */
const FALLBACK_TARGET = "x86_64-unknown-linux-gnu";
const DOWNLOADS = "https://dl.deno.land/release";
/** How long the download host has to answer, in milliseconds. */
const ANSWER_TIME = 5_000;
const INFO_TIME = 30_000;

/**
 * Chooses the runtime for `target`: the running Deno with its own base
 * runtime, with that of `DENORT_BIN`, or the older pair. `log` gets a line
 * before something large is fetched.
 *
 * Throws a `ToolError` when there is none for this target.
 */
export async function chooseBaseRuntime(
  target: string,
  log: (line: string) => void,
): Promise<BaseRuntime> {
  const version = Deno.version.deno;
  const own = { deno: Deno.execPath(), version, env: {} };
  const given = Deno.env.get("DENORT_BIN");
  if (given) {
    return { ...own, about: `Deno ${version}, base runtime ${given}` };
  }
  const cache = await denoCache();
  if (await hasOwnBase(cache, version, target)) {
    return { ...own, about: `Deno ${version}` };
  }
  if (target !== FALLBACK_TARGET) throw outOfReach(version, target);
  const { deno, denort } = await fetchFallback(cache, log);
  // Deno before 2.8 does not see the certificates Node is told to trust.
  const env = { DENORT_BIN: denort, DENO_TLS_CA_STORE: "system" };
  const about = `Deno ${OLDER_DENO} from npm: the base runtime of ` +
    `${version} cannot be downloaded here`;
  return { deno, version: OLDER_DENO, env, about };
}

/** Where the running Deno keeps what it downloads. */
export async function denoCache(): Promise<string> {
  const { stdout } = await run(Deno.execPath(), ["info", "--json"], {
    timeout: INFO_TIME,
  });
  const { denoDir } = JSON.parse(stdout) as { denoDir: string };
  return denoDir;
}

/** Whether Deno has the base runtime of its version, or could download it. */
async function hasOwnBase(
  cache: string,
  version: string,
  target: string,
): Promise<boolean> {
  const path = `v${version}/denort-${target}.zip`;
  if (await isFile(`${cache}/dl/release/${path}`)) return true;
  try {
    const { ok } = await fetch(`${DOWNLOADS}/${path}`, {
      method: "HEAD",
      signal: AbortSignal.timeout(ANSWER_TIME),
    });
    return ok;
  } catch {
    return false; // No way there: that is what the fallback is for.
  }
}

function outOfReach(version: string, target: string): ToolError {
  return new ToolError(
    `cannot build for ${target}: the base runtime of Deno ${version} cannot ` +
      `be downloaded here, and the fallback is for ${FALLBACK_TARGET} only; ` +
      `set DENORT_BIN to a denort ${version} of that target`,
  );
}
