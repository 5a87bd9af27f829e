/**
 * Telling the service manager that a server is ready (sd_notify(3)).
 *
 * @module
 */

/** Whoever started this program and wants to know how it is. */
export interface ServiceManager extends Disposable {
  /** Where it listens; `null` when there is nobody. */
  readonly socket: string | null;
  /**
   * How often it wants to hear `WATCHDOG=1`, in milliseconds: half of the time
   * after which it takes the program for dead. `null` for never.
   */
  readonly watchdog: number | null;
  /** Sends one message: lines such as `READY=1`. Never throws. */
  tell(...lines: string[]): Promise<void>;
}

/**
 * The service manager that the environment variable `NOTIFY_SOCKET` names. When
 * there is none, or the runtime's permissions do not let us talk to it,
 * whatever it is told goes nowhere.
 *
 * @example
 * ```ts
 * import { serviceManager } from "./notify.ts";
 * using manager = serviceManager();
 * await manager.tell("READY=1", "STATUS=Serving");
 * ```
 */
export function serviceManager(): ServiceManager {
  const socket = managerSocket();
  const sender = socket === null ? null : trySender();
  return {
    socket,
    watchdog: watchdogTime(),
    async tell(...lines) {
      if (socket === null || sender === null) return;
      const message = new TextEncoder().encode(lines.join("\n"));
      try {
        await sender.send(message, { transport: "unixpacket", path: socket });
      } catch {
        // The manager is gone, or nobody lets us talk to it.
      }
    },
    [Symbol.dispose]: () => sender?.close(),
  };
}

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
  using manager = serviceManager();
  await manager.tell("READY=1");
}

function managerSocket(): string | null {
  // An @ stands for the NUL in front of an abstract name.
  return variable("NOTIFY_SOCKET")?.replace(/^@/, "\0") || null;
}

/** Half the time, as sd_watchdog_enabled(3) advises. */
function watchdogTime(): number | null {
  const microseconds = Number(variable("WATCHDOG_USEC") ?? NaN);
  const meant = variable("WATCHDOG_PID") ?? String(Deno.pid);
  const isOurs = meant === String(Deno.pid) && microseconds > 0;
  return isOurs ? microseconds / 2000 : null;
}

function variable(name: string): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "env", variable: name });
  return state === "granted" ? Deno.env.get(name) : undefined;
}

function trySender(): Deno.DatagramConn | null {
  try {
    return openSender();
  } catch {
    return null;
  }
}

/**
 * A socket to send from. It needs a name: one that is no file's, or, where the
 * runtime knows none of those (before 2.9), a file's that goes at once.
 */
function openSender(): Deno.DatagramConn {
  const name = `wharf-${Deno.pid}-${Math.random().toString(36).slice(2)}`;
  try {
    return bind(`\0${name}`);
  } catch {
    const path = `/tmp/${name}`;
    const sender = bind(path);
    Deno.removeSync(path);
    return sender;
  }
}

function bind(path: string): Deno.DatagramConn {
  return Deno.listenDatagram({ transport: "unixpacket", path });
}
