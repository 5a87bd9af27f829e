/**
 * Who takes part besides the servers that tests know: ftp-srv from npm, ours in
 * other ways, and a bare loop in C that marks what is possible.
 *
 * @module
 */

import { join } from "node:path";
import { compile } from "./generator.ts";
import { LOOP, OUR_SOURCE, OUR_WORKERS } from "./names.ts";
import { firstLine, fromSource, type Tool, which } from "./programs.ts";
import type { Extra } from "./server_case.ts";
import {
  type Candidate,
  findServers,
  isFound,
  type Missing,
  type Place,
  wharf,
} from "./servers.ts";

/** A server, or a row besides the servers. */
export type Contestant = Candidate & { extra?: Extra };

const PEER = join(import.meta.dirname ?? ".", "ftp_srv_peer.mjs");

/** Finds everybody who can take part without TLS. */
export async function findContestants(): Promise<(Contestant | Missing)[]> {
  const [ours, ...others] = await findServers();
  const source = await fromSource("ftpd", "server/ftpd.ts");
  return [
    ours!,
    ...isFound(ours!) ? [withWorkers(ours)] : [],
    ...source === undefined ? [] : [fromItsSource(source)],
    ...others,
    await findFtpSrv(),
    bareLoop(),
  ];
}

/** Ours, with one more thread of its own. */
export function withWorkers(ours: Candidate): Contestant {
  const prepare = async (place: Place) => {
    const { words, ...recipe } = await ours.prepare(place);
    return { ...recipe, words: [...words, "--workers", "2"] };
  };
  return { ...ours, name: OUR_WORKERS, extra: "workers", prepare };
}

function fromItsSource(tool: Tool): Contestant {
  return { ...wharf(tool), name: OUR_SOURCE, extra: "source" };
}

/**
 * ftp-srv where `FTP_SRV` says: its folder, or one with a `node_modules` that
 * holds it. Nothing is installed for it.
 */
export async function findFtpSrv(): Promise<Contestant | Missing> {
  const name = "ftp-srv";
  const folder = Deno.env.get("FTP_SRV");
  const program = await which("node");
  if (folder === undefined || program === undefined) {
    const reason = "npm install --prefix FOLDER ftp-srv, and set FTP_SRV to " +
      "FOLDER/node_modules/ftp-srv";
    return { name, reason: program === undefined ? "install nodejs" : reason };
  }
  const ask = 'console.log(require(process.argv[1] + "/package.json").version)';
  const told = await firstLine([program, "-e", ask, folder]);
  const node = await firstLine([program, "--version"]);
  if (told === undefined) {
    return { name, reason: `FTP_SRV does not name it: ${folder}` };
  }
  return {
    name,
    version: `${told} (node ${node?.replace("v", "")})`,
    program,
    prepare: ({ folder: served, port }) =>
      Promise.resolve({ words: [program, PEER, folder, `${port}`, served] }),
  };
}

/** The yard-stick: no server, and in no comparison of servers. */
export function bareLoop(): Contestant {
  return {
    name: LOOP,
    version: "of this repository",
    program: "cc",
    extra: "loop",
    prepare: async ({ scratch, folder, port }) => {
      const program = await compile("loop.c", scratch);
      return { words: [program, `${port}`, folder] };
    },
  };
}
