/**
 * Telling the service manager that a server is ready (sd_notify(3)).
 *
 * @module
 */

/**
 * Sends `READY=1` to the socket that the environment variable `NOTIFY_SOCKET`
 * names. Does nothing when there is none, or when the runtime's permissions do
 * not let it: the ready line says the same. Never throws.
 *
 * @example
 * ```ts
 * import { notifyReady } from "./notify.ts";
 * await notifyReady();
 * ```
 */
export async function notifyReady(): Promise<void> {
  const path = managerSocket();
  if (path === null) return;
  try {
    using sender = openSender();
    const message = new TextEncoder().encode("READY=1");
    await sender.send(message, { transport: "unixpacket", path });
  } catch {
    // The manager is gone, or nobody lets us talk to it.
  }
}

function managerSocket(): string | null {
  const { state } = Deno.permissions.querySync({
    name: "env",
    variable: "NOTIFY_SOCKET",
  });
  const path = state === "granted" ? Deno.env.get("NOTIFY_SOCKET") : undefined;
  // An @ stands for the NUL in front of an abstract name.
  return path?.replace(/^@/, "\0") ?? null;
}

/**
 * A socket to send from. It needs a name: one that is no file's, or, where the
 * runtime knows none of those (before 2.9), a file's that goes at once.
 */
function openSender(): Deno.DatagramConn & Disposable {
  const name = `wharf-${Deno.pid}-${Math.random().toString(36).slice(2)}`;
  try {
    return disposable(bind(`\0${name}`), () => {});
  } catch {
    const path = `/tmp/${name}`;
    return disposable(bind(path), () => Deno.removeSync(path));
  }
}

function bind(path: string): Deno.DatagramConn {
  return Deno.listenDatagram({ transport: "unixpacket", path });
}

function disposable(
  sender: Deno.DatagramConn,
  after: () => void,
): Deno.DatagramConn & Disposable {
  return Object.assign(sender, {
    [Symbol.dispose]() {
      sender.close();
      after();
    },
  });
}
