/**
 * A pause that lets everything else in this thread go on.
 *
 * @module
 */

/**
 * Waits until another thread has looked at `folder`, which takes some 50 µs;
 * what it finds does not matter.
 *
 * As long as this thread has something to do at once, an immediate or a promise
 * that is settled, the runtime goes on with it and looks only now and then at
 * what sockets have received. It looks when there is nothing to do but to wait.
 *
 * @example
 * ```ts
 * import { giveWay } from "./give_way.ts";
 * const folder = Deno.makeTempDirSync();
 * await giveWay(folder);
 * Deno.removeSync(folder);
 * await giveWay(folder);
 * ```
 */
export async function giveWay(folder: string): Promise<void> {
  await Deno.lstat(folder).catch(() => {});
}
