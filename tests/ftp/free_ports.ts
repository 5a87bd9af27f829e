/**
 * Ports for a server that is told which ones it may have.
 *
 * @module
 */

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
