/**
 * How the process is.
 *
 * @module
 */

/** Version of the runtime, such as `2.9.6`. */
export function runtimeVersion(): string {
  return Deno.version.deno;
}

/** Bytes of memory that the whole process has. */
export function residentMemory(): number {
  return Deno.memoryUsage().rss;
}
