/**
 * Programs of the system that tests may need.
 *
 * @module
 */

/** Runs a program; `false` when it fails, or when there is none. */
export async function succeeds(
  program: string,
  ...args: string[]
): Promise<boolean> {
  const command = new Deno.Command(program, {
    args,
    stdout: "null",
    stderr: "null",
  });
  try {
    return (await command.output()).success;
  } catch {
    return false;
  }
}
