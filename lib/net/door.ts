/**
 * A listener that can be closed without cutting off who is just coming in.
 *
 * @module
 */
import { closeQuietly } from "./close.ts";
import type { StreamListener } from "./listen.ts";

/** Longest wait for somebody to come, in milliseconds. */
const PATIENCE = 300;
/** Turns of the event loop in which whoever has come is heard. */
const TURNS = 3;
/** Microtasks in which an answer of the kernel that is there arrives. */
const MOMENT = 4;

/**
 * Accepts connections, and closes at the right moment.
 *
 * The kernel completes connections by itself, and cuts those that nobody has
 * accepted when the listener is closed. When others share its port, nobody has
 * to be lost: right after a connection was accepted the next accept asks the
 * kernel at once, and when there is no other, closing comes just microseconds
 * behind. Only where nobody comes is it closed at any time.
 *
 * (Since Linux 5.14 the kernel can hand such connections to whoever shares the
 * port: the sysctl `net.ipv4.tcp_migrate_req`, which is off by default.)
 */
export class Door {
  readonly #listener: StreamListener;
  readonly #take: (conn: Deno.Conn) => void;
  #isLeaving = false;
  #closed: PromiseWithResolvers<void> = Promise.withResolvers();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `take` gets every connection. */
  constructor(listener: StreamListener, take: (conn: Deno.Conn) => void) {
    this.#listener = listener;
    this.#take = take;
  }

  /** Accepts one connection, and those that have come with it. */
  async accept(): Promise<void> {
    const first = await this.#listener.accept();
    if (!this.#isLeaving) return this.#take(first);
    // Serving them would take time between the last accept and closing.
    const come = [first];
    for (;;) {
      const next = this.#listener.accept();
      if (await isThere(next)) come.push(await next);
      else {
        this.close();
        next.then(this.#take, () => {});
        return come.forEach((conn) => this.#take(conn));
      }
    }
  }

  /** Closes as soon as nobody is cut off; resolves then. */
  leave(): Promise<void> {
    this.#isLeaving = true;
    this.#timer ??= setTimeout(() => this.#waitForNobody(TURNS), PATIENCE);
    return this.#closed.promise;
  }

  /**
   * Timers come first after a thread had to wait for its processor: whoever
   * came meanwhile is heard in the next turns.
   */
  #waitForNobody(turns: number): void {
    if (turns === 0) return this.close();
    this.#timer = setTimeout(() => this.#waitForNobody(turns - 1), 0);
  }

  /** Closes at once. */
  close(): void {
    clearTimeout(this.#timer);
    closeQuietly(this.#listener);
    this.#closed.resolve();
  }
}

/** Whether a promise is settled, without a turn of the event loop. */
async function isThere(promise: Promise<unknown>): Promise<boolean> {
  let isSettled = false;
  const settle = () => {
    isSettled = true;
  };
  promise.then(settle, settle);
  for (let i = 0; i < MOMENT && !isSettled; i++) await null;
  return isSettled;
}
