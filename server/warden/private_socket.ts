/**
 * A Unix socket that only its owner can talk to.
 *
 * @module
 */

import { EXIT, ToolError } from "../../lib/cli.ts";
import { isAnswered } from "../../lib/net/listen.ts";
import { closeQuietly } from "../../lib/net/close.ts";

/** For its owner, and for nobody else. */
const PRIVATE = 0o600;

/** A listener, and its name in the file system. */
export interface PrivateSocket {
  /** Accepts connections. */
  readonly listener: Deno.UnixListener;
  /** Stops listening, and removes its file if that is still ours. */
  close(): void;
}

/**
 * Listens on a Unix socket at `path`. It is made in a folder of its own and
 * appears under its name when only its owner can use it: nobody else ever
 * can. A socket that a dead server left behind goes.
 *
 * @throws {ToolError} when it can't be made: one line that says why.
 */
export async function openPrivateSocket(path: string): Promise<PrivateSocket> {
  try {
    const room = await Deno.makeTempDir({
      dir: folderOf(path),
      prefix: ".ftpd-",
    });
    try {
      return await openIn(room, path);
    } finally {
      await Deno.remove(room, { recursive: true });
    }
  } catch (error) {
    if (error instanceof ToolError) throw error;
    throw new ToolError(`cannot listen on ${path}: ${reasonOf(error, path)}`);
  }
}

async function openIn(room: string, path: string): Promise<PrivateSocket> {
  const made = `${room}/s`;
  const listener = Deno.listen({ transport: "unix", path: made });
  try {
    await Deno.chmod(made, PRIVATE);
    await settle(made, path);
    const { ino, dev } = await Deno.lstat(path);
    return { listener, close: () => remove(listener, path, { ino, dev }) };
  } catch (error) {
    closeQuietly(listener);
    throw error;
  }
}

/** Gives it its name; a file that is there is replaced only when it is dead. */
async function settle(made: string, path: string): Promise<void> {
  try {
    return await Deno.link(made, path);
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
  if (!(await Deno.lstat(path)).isSocket) {
    throw new ToolError(
      `cannot listen on ${path}: a file that is not a socket is in the way`,
    );
  }
  if (await isAnswered({ transport: "unix", path })) {
    throw new ToolError(
      `cannot listen on ${path}: another server answers there; ` +
        "stop it, or name another socket",
    );
  }
  await Deno.remove(path);
  await Deno.link(made, path);
}

/** Another server may have made its own in the meantime. */
function remove(
  listener: Deno.UnixListener,
  path: string,
  { ino, dev }: Pick<Deno.FileInfo, "ino" | "dev">,
): void {
  closeQuietly(listener);
  try {
    const now = Deno.lstatSync(path);
    if (now.ino === ino && now.dev === dev) Deno.removeSync(path);
  } catch {
    // Somebody has removed it.
  }
}

function folderOf(path: string): string {
  const [, folder = "."] = /^(.*?)\/+[^/]*$/s.exec(path) ?? [];
  return folder || "/";
}

function reasonOf(error: unknown, path: string): string {
  if (error instanceof Deno.errors.NotFound) return "there is no such folder";
  if (error instanceof Deno.errors.NotCapable) {
    return `the runtime needs --allow-read=${folderOf(path)} --allow-write=${
      folderOf(path)
    } --allow-net`;
  }
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  const said = error instanceof Error ? error.message : String(error);
  return said.replace(/ \(os error \d+\).*/s, "");
}

/**
 * Connects to a Unix socket.
 *
 * @throws {ToolError} when nobody listens there: one line that says why.
 */
export async function connectPrivate(path: string): Promise<Deno.UnixConn> {
  try {
    return await Deno.connect({ transport: "unix", path });
  } catch (error) {
    throw new ToolError(
      `cannot connect to ${path}: ${connectProblem(error, path)}`,
      EXIT.network,
    );
  }
}

function connectProblem(error: unknown, path: string): string {
  if (error instanceof Deno.errors.NotFound) {
    return "there is no such socket; name the server's with --control PATH";
  }
  if (error instanceof Deno.errors.ConnectionRefused) {
    return "no server listens there any more";
  }
  return reasonOf(error, path);
}
