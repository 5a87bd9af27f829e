/**
 * Where the programs under comparison are, ours among them.
 *
 * @module
 */

import { join } from "node:path";

const ROOT = join(import.meta.dirname ?? ".", "../..");

/** One of our tools, as it is run. */
export interface Tool {
  /** Program and first arguments. */
  words: string[];
  /** What it tells of its version. */
  version: string;
}

/** Our `tool` as it was compiled, if it was. */
export async function compiled(tool: string): Promise<Tool | undefined> {
  const folder = Deno.env.get("WHARF_DIST") ?? join(ROOT, "dist");
  return await told(tool, [join(folder, tool)]);
}

/** Our `tool` as `deno run` starts it from `path` in this repository. */
export async function fromSource(
  tool: string,
  path: string,
): Promise<Tool | undefined> {
  const words = [Deno.execPath(), "run", "--quiet", "--no-prompt"];
  words.push("--config", join(ROOT, "deno.json"), `-P=${tool}`);
  return await told(tool, [...words, join(ROOT, path)]);
}

/**
 * Our `tool` with TLS: compiled, or else from its source, because a binary with
 * the runtime of last resort has none.
 */
export async function toolWithTls(
  tool: string,
  path: string,
): Promise<Tool | undefined> {
  const built = await compiled(tool);
  if (built !== undefined && runtimeOf(built) >= 2.09) return built;
  const source = await fromSource(tool, path);
  if (source === undefined) return undefined;
  return { ...source, version: `${source.version}, from its source` };
}

/** Such as 2.09 for `(deno 2.9.6, …)`. */
function runtimeOf({ version }: Tool): number {
  const [, major, minor] = version.match(/deno (\d+)\.(\d+)/) ?? [];
  return Number(major) + Number(minor) / 100;
}

async function told(tool: string, words: string[]): Promise<Tool | undefined> {
  const line = await firstLine([...words, "--version"]);
  const version = line?.replace(new RegExp(`^${tool}\\s+`), "");
  return version === undefined ? undefined : { words, version };
}

/** Where `program` is, also among those for administrators. */
export async function which(program: string): Promise<string | undefined> {
  const path = "PATH=$PATH:/usr/sbin:/usr/local/sbin";
  return await firstLine(["sh", "-c", `${path} command -v ${program}`]);
}

/** The first line that a program prints, if it ends well and prints one. */
export async function firstLine(words: string[]): Promise<string | undefined> {
  const [program = "", ...args] = words;
  try {
    const command = new Deno.Command(program, {
      args,
      stdin: "null",
      signal: AbortSignal.timeout(20_000),
    });
    const { success, stdout } = await command.output();
    const line = new TextDecoder().decode(stdout).split("\n")[0]?.trim();
    return success && line ? line : undefined;
  } catch {
    return undefined;
  }
}
