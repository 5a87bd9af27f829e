/**
 * A session that comes back: connects again after the connection was lost,
 * logs in and changes to the same folder, and tries again what failed for a
 * reason that may pass.
 *
 * @module
 */

import { parsePathname } from "../../lib/ftp/replies.ts";
import type { Reply } from "../../lib/ftp/reply.ts";
import { systemClock } from "../../lib/clock.ts";
import { within } from "../../lib/net/wait.ts";
import { pathArgument } from "./command_text.ts";
import { NetworkError } from "./errors.ts";
import { unlessAborted } from "./unless_aborted.ts";
import { mayRepeat, type RetryOptions, retryWait } from "./retry.ts";
import {
  type FtpSession,
  type Login,
  logIn,
  openSession,
  perform,
  type SessionOptions,
} from "./session.ts";

/** Options for {@linkcode Link.open}. */
export interface LinkOptions extends SessionOptions, RetryOptions {}

/** Options for {@linkcode Link.run}. */
export interface RunOptions {
  /** Cancels it. */
  signal?: AbortSignal | undefined;
  /**
   * Which failures may be followed by another attempt: any that may pass, only
   * those where the server said that nothing was done, or none.
   *
   * @default {"any"}
   */
  repeat?: "any" | "refused" | "none";
}

/** Steps from the log-in folder that are remembered one by one. */
const MOST_FOLDERS = 20;
/** A server that does not say goodbye is left without. */
const QUIT_MS = 1000;

/** A session, and how to get another one like it. */
export class Link {
  readonly #options: LinkOptions;
  readonly #running: Set<AbortController> = new Set();
  #session: FtpSession;
  #login: Login | null = null;
  #folders: string[] = [];
  #reopening: Promise<FtpSession> | null = null;
  #tasks = 0;
  readonly #end = new AbortController();

  private constructor(options: LinkOptions, session: FtpSession) {
    this.#options = options;
    this.#session = session;
  }

  /** Connects, in as many attempts as the options allow. */
  static async open(options: LinkOptions, signal: AbortSignal): Promise<Link> {
    for (let retry = 0;; retry++) {
      try {
        return new Link(options, await openSession(options, signal));
      } catch (error) {
        await waitToRepeat(error, retry, options, { signal });
      }
    }
  }

  /** Further attempts after the first. */
  get retries(): number {
    return this.#options.retries ?? 0;
  }

  /** Whether it is better to connect anew before the next transfer. */
  get isWorn(): boolean {
    return this.#session.tls?.isWorn ?? false;
  }

  /** The session as it is now; may be closed. */
  get session(): FtpSession {
    return this.#session;
  }

  /** Logs in, now and after every lost connection. */
  async logIn(login: Login, signal?: AbortSignal): Promise<Reply> {
    return await this.run(async (session, signal) => {
      const reply = await logIn(session, login, signal);
      this.#login = login;
      this.#folders = [];
      return reply;
    }, { signal });
  }

  /** Changes the folder, now and after every lost connection. */
  async changeFolder(path: string, signal?: AbortSignal): Promise<void> {
    const isLong = this.#folders.length >= MOST_FOLDERS;
    const whole = await this.run(async (session, signal) => {
      await changeTo(session, path, signal);
      return isLong ? await folderOf(session, signal) : null;
    }, { signal });
    if (whole !== null || path.startsWith("/")) this.#folders = [];
    this.#folders.push(whole ?? path);
  }

  /** Does `task` with a session that works, again if need be. */
  async run<T>(
    task: (session: FtpSession, signal: AbortSignal) => Promise<T>,
    options: RunOptions = {},
  ): Promise<T> {
    using scope = this.scope(options.signal);
    const { signal } = scope;
    this.#tasks++;
    try {
      for (let retry = 0;; retry++) {
        try {
          return await task(await this.connected(signal), signal);
        } catch (error) {
          await this.repeat(error, retry, { ...options, signal });
        }
      }
    } finally {
      this.#tasks--;
    }
  }

  /** A signal that the caller's signal and {@linkcode Link.abort} abort. */
  scope(signal?: AbortSignal): Disposable & { signal: AbortSignal } {
    const controller = new AbortController();
    this.#running.add(controller);
    const abort = () => controller.abort(signal?.reason);
    signal?.addEventListener("abort", abort, { once: true });
    if (signal?.aborted) abort();
    return {
      signal: controller.signal,
      [Symbol.dispose]: () => {
        signal?.removeEventListener("abort", abort);
        this.#running.delete(controller);
      },
    };
  }

  /**
   * Waits before further attempt number `retry`.
   *
   * @throws The error itself when there shall be no further attempt.
   */
  async repeat(
    error: unknown,
    retry: number,
    options: RunOptions & { signal: AbortSignal },
  ): Promise<void> {
    const signal = AbortSignal.any([options.signal, this.#end.signal]);
    try {
      await waitToRepeat(error, retry, this.#options, { ...options, signal });
    } catch (reason) {
      throw this.#end.signal.aborted ? error : reason;
    }
  }

  /** The session, connected anew if it was lost and that is wanted. */
  async connected(signal: AbortSignal): Promise<FtpSession> {
    if (this.#reopening === null) {
      const { closed } = this.#session.control;
      const isWorn = closed === null && this.isWorn && this.#tasks < 2;
      if (closed === null && !isWorn) return this.#session;
      const isUnwanted = this.retries === 0 && !isWorn;
      if (this.#end.signal.aborted || isUnwanted) throw again(closed!);
      this.#reopening = this.#reopen(this.#end.signal).finally(() => {
        this.#reopening = null;
      });
    }
    // Whoever else waits for it must not suffer when this one is cancelled.
    return await unlessAborted(this.#reopening, signal);
  }

  async #reopen(signal: AbortSignal): Promise<FtpSession> {
    const { data, control, tls } = this.#session;
    await this.#leave();
    const sendAhead = control.hurries && !control.stumbled;
    const options = { ...this.#options, tls: tls?.successor, sendAhead };
    const session = await openSession(options, signal);
    if (session.tls !== null) session.tls.isCareful = tls!.isCareful;
    session.data.options = data.options;
    session.data.together = data.together;
    try {
      if (this.#login !== null) {
        await logIn(session, this.#login, signal);
      }
      for (const folder of this.#folders) {
        await changeTo(session, folder, signal);
      }
    } catch (error) {
      session.control.close();
      throw error;
    }
    return this.#session = session;
  }

  /** Says goodbye, when what others have asked for is answered. */
  async #leave(): Promise<void> {
    const { control } = this.#session;
    if (control.closed !== null) return;
    await control.ask({ verb: "QUIT" }, this.#end.signal).catch(() => {});
    control.close();
  }

  /** Cancels everything that runs. */
  abort(reason: unknown): void {
    for (const controller of this.#running) controller.abort(reason);
  }

  /** Says goodbye and ends the connection for good. */
  async close(): Promise<void> {
    const { control } = this.#session;
    this.#end.abort(control.closed);
    if (!control.busy && control.closed === null) {
      const goodbye = control.ask({ verb: "QUIT" });
      await within(goodbye, QUIT_MS, null).catch(() => {});
    }
    control.close();
  }
}

async function changeTo(
  session: FtpSession,
  path: string,
  signal: AbortSignal,
): Promise<void> {
  const command = { verb: "CWD", argument: pathArgument(path) };
  await perform(session, command, signal);
}

/** The current folder; `null` when the server does not tell. */
async function folderOf(
  session: FtpSession,
  signal: AbortSignal,
): Promise<string | null> {
  const { code, lines } = await session.control.ask({ verb: "PWD" }, signal);
  return code < 300 ? parsePathname(lines.join(" ")) : null;
}

/** The same failure, but of this command. */
function again(closed: Error): Error {
  if (!(closed instanceof NetworkError)) return closed;
  return new NetworkError(closed.kind, closed.message, { cause: closed });
}

async function waitToRepeat(
  error: unknown,
  retry: number,
  options: LinkOptions,
  { signal, repeat = "any" }: RunOptions & { signal: AbortSignal },
): Promise<void> {
  const { retries = 0, clock = systemClock } = options;
  signal.throwIfAborted();
  if (retry >= retries || !mayRepeat(error, repeat)) throw error;
  await clock.sleep(retryWait(retry, options), signal);
}
