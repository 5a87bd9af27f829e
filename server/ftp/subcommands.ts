/**
 * What `ftpd` does besides serving: a first word that names it. A folder of
 * such a name is served as `./who`.
 *
 * @module
 */

/** A job with a name, and what runs it; loaded only then. */
const JOBS: Readonly<
  Record<string, () => Promise<(args: readonly string[]) => Promise<number>>>
> = {
  who: async () => (await import("./control/tools.ts")).who,
  kick: async () => (await import("./control/tools.ts")).kick,
  stats: async () => (await import("./control/tools.ts")).stats,
  unban: async () => (await import("./control/tools.ts")).unban,
  drain: async () => (await import("./control/tools.ts")).drain,
  passwd: async () => (await import("./accounts/passwd.ts")).passwdMain,
};

/**
 * Runs the job that the first argument names, and returns its exit code;
 * `null` when it names none.
 */
export async function subcommand(
  [name = "", ...args]: readonly string[],
): Promise<number | null> {
  if (!Object.hasOwn(JOBS, name)) return null;
  const job = await JOBS[name]!();
  return await job(args);
}
