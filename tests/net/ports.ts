/**
 * Ports that a test has to name beforehand: one for a server that is told
 * which to take, and one where nobody is.
 *
 * @module
 */

/**
 * A port of this machine where nobody listens. One that was free a moment ago
 * is none: another test may be given it meanwhile, or who connects to it, by
 * chance, the same one for himself.
 */
export const CLOSED_PORT = 1;

/**
 * Where they are: below the ports that systems give to whoever asks for any
 * (32768 on Linux), lest another test is given one of them meanwhile.
 */
const LOWEST = 12_000;
const HIGHEST = 32_000;

/** The first and last of ports in a row that were free a moment ago. */
export function freePorts(count: number): { first: number; last: number } {
  for (;;) {
    const room = HIGHEST - LOWEST - count;
    const first = LOWEST + Math.floor(Math.random() * room);
    const last = first + count - 1;
    if (areFree(first, last)) return { first, last };
  }
}

/** One that was. */
export function freePort(): number {
  return freePorts(1).first;
}

/** The same as `A-B`. */
export function freeRange(count: number): string {
  const { first, last } = freePorts(count);
  return `${first}-${last}`;
}

function areFree(first: number, last: number): boolean {
  const listeners: Deno.TcpListener[] = [];
  try {
    for (let port = first; port <= last; port++) {
      listeners.push(Deno.listen({ hostname: "127.0.0.1", port }));
    }
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return false;
    throw error;
  } finally {
    listeners.forEach((listener) => listener.close());
  }
}
