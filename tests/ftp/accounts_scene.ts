/**
 * What tests of accounts share: a configuration in a folder of its own, and
 * `ftpd passwd` with something to read.
 *
 * @module
 */

import {
  type Folders,
  FTPD,
  type Ftpd,
  type Run,
  soon,
  startFtpd,
  tempFolders,
} from "./helpers.ts";

/** A server with a configuration file, and its folder. */
export interface Scene extends AsyncDisposable {
  /** The server. */
  readonly server: Ftpd;
  /** Where its files are; `pub` is in there. */
  readonly base: string;
  /** Writes the configuration anew. */
  rewrite(config: string): Promise<void>;
}

/**
 * Starts `ftpd` with a configuration; each `DIR` in it is a folder, whose `pub`
 * has a file `a`.
 */
export async function sceneOf(
  config: string,
  args: readonly string[] = [],
): Promise<Scene> {
  const folders: Folders = await tempFolders({ a: "abc" });
  const { base } = folders;
  const rewrite = (config: string) =>
    Deno.writeTextFile(`${base}/ftpd.toml`, config.replaceAll("DIR", base), {
      mode: 0o600,
    });
  try {
    await rewrite(config);
    const server = await startFtpd([
      ...["--config", `${base}/ftpd.toml`, "--listen", "127.0.0.1:0"],
      ...args,
    ]);
    return {
      server,
      base,
      rewrite,
      async [Symbol.asyncDispose]() {
        await server[Symbol.asyncDispose]();
        await folders[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await folders[Symbol.asyncDispose]();
    throw error;
  }
}

/** Runs `ftpd passwd` with this on its standard input. */
export async function passwd(
  args: readonly string[],
  input: string,
): Promise<Run> {
  const [program, ...first] = FTPD;
  const child = new Deno.Command(program!, {
    args: [...first, "passwd", ...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  // A program that does not read it is no failure of ours.
  const sent = writer.write(new TextEncoder().encode(input))
    .then(() => writer.close()).catch(() => {});
  const { code, stdout, stderr } = await soon(
    child.output(),
    "the end of ftpd passwd",
    60_000,
  );
  await sent;
  const [out, err] = [stdout, stderr].map((bytes) =>
    new TextDecoder().decode(bytes)
  );
  return { code, stdout: out!, stderr: err! };
}

/** What somebody is told who logs in: the last reply's code and text. */
export async function fateOf(
  server: Ftpd,
  user: string,
  password: string,
): Promise<string> {
  const control = await server.connect();
  try {
    await control.say(`USER ${user}`, 331);
    return await control.say(`PASS ${password}`);
  } finally {
    control.close();
  }
}
