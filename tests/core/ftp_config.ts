/**
 * Reading configuration files that are not there, for tests.
 *
 * @module
 */
import { ToolError, UsageError } from "../../lib/cli.ts";
import type { ReadText } from "../../server/ftp/config/sources.ts";
import { completeRequest, type Request } from "../../server/ftp/options.ts";

/** Files by their names, with what is in them. */
export type Files = Readonly<Record<string, string>>;

/** Reads nothing but `files`; those called `open…` are everybody's. */
export function textsOf(files: Files): ReadText {
  return (path, limit) => {
    const text = files[path];
    if (text === undefined) throw new ToolError(`no file ${path}`);
    if (text.length > limit) throw new ToolError(`${path} is too large`);
    return Promise.resolve({ text, isShared: path.startsWith("open") });
  };
}

/** What `ftpd --config f.toml` and `args` ask for. */
export function requestWith(
  config: string,
  args: readonly string[] = [],
  files: Files = {},
): Promise<Request> {
  return completeRequest(["--config", "f.toml", ...args], {
    readText: textsOf({ "f.toml": config, ...files }),
    lack: null,
  });
}

/** Every line that is said about a configuration file. */
export async function mistakesOf(
  config: string,
  args: readonly string[] = [],
  files: Files = {},
): Promise<string[]> {
  try {
    await requestWith(config, args, files);
    return [];
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return [error.message, ...error.more];
  }
}
