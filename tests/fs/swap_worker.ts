/**
 * Swaps what has a name for a link, as fast as it can.
 *
 * Told `{path, link, times, done}` it moves `path` away, puts the link `link`
 * in its place, puts `path` back, and so on; then it sets `done[0]`.
 *
 * @module
 */

/** What the worker is told. */
export interface Swapping {
  /** What is swapped. */
  path: string;
  /** The link it is swapped for. */
  link: string;
  /** How often. */
  times: number;
  /** Set to 1 in the end; shared between the threads. */
  done: Int32Array<SharedArrayBuffer>;
}

declare const self: { onmessage: (event: MessageEvent<Swapping>) => void };

self.onmessage = ({ data: { path, link, times, done } }) => {
  const away = `${path}.away`;
  for (let i = 0; i < times; i++) {
    Deno.renameSync(path, away);
    Deno.renameSync(link, path);
    Deno.renameSync(path, link);
    Deno.renameSync(away, path);
  }
  Atomics.store(done, 0, 1);
};
