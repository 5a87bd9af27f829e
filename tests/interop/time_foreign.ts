/**
 * Time servers of others, started for one test, each on a loopback address of
 * its own: their ports are fixed, and tests run side by side.
 *
 * @module
 */

import { fail } from "@std/assert";
import { withForeignProcess } from "./foreign_process.ts";
import { isInstalled } from "./program.ts";

/** A time server of others. */
export interface ForeignServer {
  /** What it is called. */
  readonly name: string;
  /** Why it cannot be used here, if it cannot. */
  readonly missing: string | undefined;
  /** Its daytime port. */
  readonly daytime: number;
  /** Its time port. */
  readonly time: number;
  /** Whether its time has 8 bytes. */
  readonly sendsLong: boolean;
  /** Program and arguments to serve at `address`, with files in `folder`. */
  words(address: string, folder: string): Promise<string[]>;
}

const IS_ROOT = Deno.uid() === 0;
const INETUTILS_INETD: string | undefined = Deno.env.get("INETUTILS_INETD") ||
  undefined;

/** xinetd with its own time services, away from the well-known ports. */
export const XINETD: ForeignServer = {
  name: "xinetd",
  missing: missing(isInstalled("xinetd") ? undefined : "is not installed"),
  daytime: 40_113,
  time: 40_137,
  sendsLong: false,
  async words(address, folder) {
    const sections = [["daytime", 40_113], ["time", 40_137]].flatMap(
      ([name, port]) =>
        [["stream", "tcp", "no"], ["dgram", "udp", "yes"]].map(
          ([type, protocol, wait]) =>
            `service ${name}\n{\n  type = INTERNAL UNLISTED\n` +
            `  id = ${name}-${type}\n  socket_type = ${type}\n` +
            `  protocol = ${protocol}\n  wait = ${wait}\n` +
            `  port = ${port}\n  bind = ${address}\n}\n`,
        ),
    );
    const defaults = `defaults\n{\n  log_type = FILE ${folder}/log\n` +
      "  cps = 1000 1\n}\n";
    await Deno.writeTextFile(`${folder}/conf`, defaults + sections.join(""));
    const files = ["-f", `${folder}/conf`, "-pidfile", `${folder}/pid`];
    return ["xinetd", "-dontfork", ...files];
  },
};

/**
 * inetd of GNU inetutils, which the environment variable `INETUTILS_INETD`
 * names: its package cannot be installed beside xinetd's.
 */
export const INETUTILS: ForeignServer = {
  name: "inetutils-inetd",
  missing: missing(INETUTILS_INETD ? undefined : "INETUTILS_INETD is not set"),
  daytime: 13,
  time: 37,
  sendsLong: true,
  async words(address, folder) {
    const lines = ["daytime", "time"].flatMap((name) => [
      `${address}:${name} stream tcp nowait root internal\n`,
      `${address}:${name} dgram udp wait root internal\n`,
    ]);
    await Deno.writeTextFile(`${folder}/conf`, lines.join(""));
    const pid = `--pidfile=${folder}/pid`;
    return [INETUTILS_INETD!, "-d", pid, `${folder}/conf`];
  },
};

function missing(why: string | undefined): string | undefined {
  return why ?? (IS_ROOT ? undefined : "only root may start it");
}

/** Runs `action` while `server` serves at the address that it is given. */
export async function withForeign(
  server: ForeignServer,
  action: (address: string) => Promise<void>,
): Promise<void> {
  await withForeignProcess({
    words: (address, folder) => server.words(address, folder),
    signal: "SIGKILL",
  }, async ({ address, hasEnded }) => {
    await listening(address, server, hasEnded);
    await action(address);
  });
}

/** A foreign server does not tell when it listens: only asking helps. */
async function listening(
  hostname: string,
  { name, daytime, time }: ForeignServer,
  hasEnded: () => boolean,
): Promise<void> {
  const end = Date.now() + 20_000;
  for (const port of [daytime, time]) {
    while (!await accepts(hostname, port)) {
      if (hasEnded() || Date.now() > end) fail(`${name} did not start`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

async function accepts(hostname: string, port: number): Promise<boolean> {
  try {
    (await Deno.connect({ hostname, port })).close();
    return true;
  } catch {
    return false;
  }
}
