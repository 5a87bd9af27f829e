/**
 * `ftpd`: an FTP server that can touch nothing but the folder it serves.
 *
 * @module
 */

import { EXIT, writeErr, writeOut } from "../lib/cli.ts";
import { createLog, type Fields, type Log } from "../lib/log.ts";
import { checkText } from "./ftp/announce.ts";
import { readText } from "./ftp/config/read_text.ts";
import { type Request, runFtpd } from "./ftp/options.ts";
import { prepare, told } from "./ftp/warden/prepare.ts";
import { run } from "./ftp/warden/run.ts";
import type { Settings } from "./ftp/settings.ts";
import { subcommand } from "./ftp/subcommands.ts";
import { type HeldHangUp, holdHangUp } from "./warden/held_hang_up.ts";
import { missingLines } from "./warden/permissions.ts";

/**
 * Runs the tool and returns its exit code. `exit` ends the process at once,
 * when somebody asks a second time to stop.
 */
export async function main(
  args: readonly string[],
  exit: (code: number) => never,
): Promise<number> {
  const other = await subcommand(args);
  if (other !== null) return other;
  // First of all: one that comes early must not end the process.
  using hangUp = holdHangUp();
  const onSecond = () => exit(EXIT.failed);
  return await runFtpd(args, (request) => serve(request, hangUp, onSecond), {
    readText,
  });
}

async function serve(
  request: Request,
  hangUp: HeldHangUp,
  onSecond: () => void,
): Promise<number> {
  const prepared = await prepare(request);
  const { settings, identity, missing } = prepared;
  const log = createLog(settings.log);
  const tell = teller(settings, log);
  for (const lack of missingLines(missing)) tell("permission", lack, { lack });
  for (const line of request.warnings) tell("config", line, { reason: line });
  if (request.check) {
    const { logs } = settings;
    if (logs) (await import("./ftp/warden/log_clerk.ts")).checkLogs(logs);
    writeOut(checkText({ ...prepared, told: request.told }));
    return EXIT.done;
  }
  for (const reason of identity?.warnings ?? []) {
    tell("certificate", reason, { reason });
  }
  if (identity !== null) {
    (await import("./ftp/tls/identity.ts")).tellMade(identity, log);
  }
  await told(run(prepared, { request, hangUp, onSecond }));
  return EXIT.done;
}

/** Tells a person a line, or a program an event. */
function teller({ log: { format } }: Settings, log: Log) {
  return (event: string, line: string, fields: Fields): void => {
    if (format === "json") log.warn(event, fields);
    else writeErr(`ftpd: ${line}\n`);
  };
}

if (import.meta.main) {
  Deno.exit(await main(Deno.args, Deno.exit));
}
