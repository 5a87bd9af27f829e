/**
 * Takes a lock alone and shared in turn, until it has done so often enough, and
 * counts whoever is in there with it and should not be.
 *
 * @module
 */
import { pathLock } from "../../server/fs/path_lock.ts";

/** The lock, who is alone, how many share it, and whether the worker is done. */
export type Words = Int32Array<SharedArrayBuffer>;

/** One turn of each kind; how many were there that should not be. */
export function clashes(words: Words): number {
  const lock = pathLock(words, 0);
  let found = 0;
  lock.alone(() => {
    if (Atomics.add(words, 1, 1) !== 0) found++;
    if (Atomics.load(words, 2) !== 0) found++;
    Atomics.sub(words, 1, 1);
  });
  lock.shared(() => {
    Atomics.add(words, 2, 1);
    if (Atomics.load(words, 1) !== 0) found++;
    Atomics.sub(words, 2, 1);
  });
  return found;
}

declare const self: {
  onmessage: (event: MessageEvent<Words>) => void;
  postMessage: (clashes: number) => void;
};

self.onmessage = ({ data: words }) => {
  let found = 0;
  for (let turn = 0; turn < 20_000; turn++) found += clashes(words);
  Atomics.store(words, 3, 1);
  self.postMessage(found);
};
