/**
 * Telling news from repetition, so that a flood does not flood the log.
 *
 * @module
 */
import { networkKey } from "./ip.ts";
import { tokenBucket, type TokenBucketOptions } from "./token_bucket.ts";

/** News in all: forged sources are all new. */
const RATE = { perSecond: 10, burst: 100 };

/**
 * A function that says `true` once for each reason and sender, at most 10 times
 * a second in all. It remembers the last `maxKeys` pairs, 1024 by default, and
 * forgets the oldest first.
 *
 * @example
 * ```ts
 * import { oncePerSource } from "./once_per_source.ts";
 * const isNews = oncePerSource();
 * console.assert(isNews("rate", "192.0.2.7"));
 * console.assert(!isNews("rate", "192.0.2.7"));
 * ```
 */
export function oncePerSource(
  options: TokenBucketOptions = {},
): (reason: string, ip: string) => boolean {
  const { maxKeys = 1024 } = options;
  const seen = new Set<string>();
  const all = tokenBucket(RATE, { ...options, maxKeys: 1 });
  return (reason, ip) => {
    const key = `${reason} ${networkKey(ip)}`;
    if (seen.has(key) || !all.take("")) return false;
    seen.add(key);
    if (seen.size > maxKeys) seen.delete(seen.values().next().value!);
    return true;
  };
}
