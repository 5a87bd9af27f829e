/**
 * `ftpd` from the sources with workers that die at SIGUSR2.
 *
 * @module
 */

/** What is started in the place of `ftpd`. */
export const DYING_WORKERS: readonly string[] = [
  ...[Deno.execPath(), "run", "--quiet", "--no-prompt", "-P=ftpd"],
  "tests/faults/dying_workers.ts",
];
