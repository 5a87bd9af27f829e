/**
 * Servers of other people, each in a folder and at an address of its own.
 *
 * @module
 */

/** Where a foreign server works, and whether it still does. */
export interface ForeignScene {
  /** Its address: nobody else uses it, so ports are free. */
  readonly address: string;
  /** Its folder, which is removed afterwards. */
  readonly folder: string;
  /** Whether it ended by itself. */
  hasEnded(): boolean;
}

/** Options for {@linkcode withForeignProcess}. */
export interface ForeignProcessOptions {
  /** Its command line. */
  words(address: string, folder: string): Promise<string[]> | string[];
  /** The signal that ends it. @default {"SIGTERM"} */
  signal?: Deno.Signal;
}

/** Runs `action` beside a program, which is ended afterwards. */
export async function withForeignProcess(
  { words, signal = "SIGTERM" }: ForeignProcessOptions,
  action: (scene: ForeignScene) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "wharf-foreign-" });
  const address = ownAddress();
  const [program = "", ...args] = await words(address, folder);
  const none = { stdin: "null", stdout: "null", stderr: "null" } as const;
  const child = new Deno.Command(program, { args, ...none }).spawn();
  let hasEnded = false;
  const ended = child.status.then(() => hasEnded = true);
  try {
    await action({ address, folder, hasEnded: () => hasEnded });
  } finally {
    if (!hasEnded) child.kill(signal);
    await ended;
    await Deno.remove(folder, { recursive: true });
  }
}

/** One of the 16 million addresses of this machine. */
function ownAddress(): string {
  const parts = Array.from(
    crypto.getRandomValues(new Uint8Array(3)),
    (byte) => 1 + byte % 254,
  );
  return `127.${parts.join(".")}`;
}
