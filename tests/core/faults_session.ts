/**
 * A scenario as it goes: the server's calls pass a fuse, the client copes with
 * whatever comes.
 *
 * @module
 */

import { setImmediate } from "node:timers";
import type { FileSystem } from "../../server/fs/file_system.ts";
import type { SessionLimits } from "../../server/ftp/session_options.ts";
import { faultyFileSystem, type Watched } from "./faults_fs.ts";
import type { Fuse } from "./faults_fuse.ts";
import {
  FILES,
  plainOf,
  type Scenario,
  type Step,
} from "./faults_scenarios.ts";
import { faultyEnd, faultyPorts } from "./faults_wire.ts";
import { contentOf, FtpClient } from "./ftp_harness.ts";

/** In the place of data that TLS did not end: the client knows. */
export const CUT_OFF = "(cut off)";

/** Bytes of all files together. */
const CAPACITY = 1 << 20;

/** How a scenario is played. */
export interface PlayOptions {
  /** What calls pass: those of files, or of connections. */
  readonly faulty: "files" | "wire";
  /** Most bytes that a call moves. @default {Infinity} */
  readonly most?: number;
  /** What differs from the usual time-outs. */
  readonly limits?: Partial<SessionLimits>;
  /** What the client does when the fuse has blown. @default nothing special */
  readonly whenBlown?: (client: FtpClient) => void;
}

/** What came of it. */
export interface Played {
  /** Final replies, one for each step, `null` where the session ended. */
  readonly replies: readonly (string | null)[];
  /** What came over data connections. */
  readonly data: string;
  /** All files and folders, with contents, afterwards. */
  readonly tree: Tree;
  /** Whether the session was still usable, and ended as it should. */
  readonly usable: boolean;
  /** What has been left open. */
  readonly left: readonly string[];
  /** Events in the log that are mistakes of ours. */
  readonly mistakes: readonly unknown[];
}

/** Contents by path; folders have none. Names that were made up are cut. */
export type Tree = Readonly<Record<string, string>>;

/** Plays a scenario; the fuse has counted all calls then. */
export async function play(
  scenario: Scenario,
  fuse: Fuse,
  options: PlayOptions,
): Promise<Played> {
  const { faulty, most, limits = {}, whenBlown } = options;
  let watched: Watched | undefined;
  const client = new FtpClient({
    files: FILES,
    capacity: CAPACITY,
    tls: {},
    limits,
    ...faulty === "files"
      ? { wrap: (fs) => (watched = faultyFileSystem(fs, fuse, most)).fs }
      : {
        wrapControl: (end) => faultyEnd(end, fuse, "control", most),
        wrapPorts: (ports) => faultyPorts(ports, fuse, most),
      },
  });
  if (whenBlown) fuse.blown.then(() => whenBlown(client));
  const talk = new Talk(client, scenario.steps);
  const usable = await talk.whole();
  client.control.end();
  fuse.release();
  await client.ended;
  await settled();
  return {
    replies: talk.replies,
    data: talk.data,
    tree: await treeOf(client.fs),
    usable,
    left: [...leftOf(client, watched), ...await partsOf(client.fs)],
    mistakes: client.logged("internal-error"),
  };
}

/** The client's side. */
class Talk {
  readonly replies: (string | null)[] = [];
  data = "";
  readonly #client: FtpClient;
  readonly #steps: readonly Step[];

  constructor(client: FtpClient, steps: readonly Step[]) {
    this.#client = client;
    this.#steps = steps;
  }

  /** Says everything; whether the session was usable to its end. */
  async whole(): Promise<boolean> {
    const login = ["USER alice", "PASS secret", "TYPE I"];
    if (await this.#client.reply() === null) return false;
    for (const line of login) {
      if (await this.#ask(line) === null) return false;
    }
    for (const step of this.#steps) {
      const reply = await this.#take(step);
      this.replies.push(reply);
      if (reply === null) return false;
    }
    const isInStep = /^[25]/.test(await this.#ask("NOOP") ?? "") &&
      (await this.#ask("QUIT"))?.startsWith("221") === true;
    return isInStep && await this.#client.reply() === null;
  }

  async #ask(line: string): Promise<string | null> {
    this.#client.command(line);
    return await this.#client.reply();
  }

  async #take(step: Step): Promise<string | null> {
    if (typeof step === "string") return await this.#ask(step);
    if ("tls" in step) {
      this.#client.startTls();
      return "(TLS)";
    }
    const line = "get" in step
      ? step.get
      : "put" in step
      ? step.put
      : step.abort;
    // Takes nothing, so that there is something to stop.
    if ("abort" in step) this.#client.ports.at(-1)?.conn.block();
    const first = await this.#ask(line);
    if (first === null || !first.startsWith("1")) return first;
    if (this.#client.isSecured) this.#client.startDataTls();
    if ("abort" in step) return await this.#abort();
    if ("put" in step) {
      if (this.#client.isSecured) {
        this.#client.sendData(new TextDecoder().decode(step.data));
      } else this.#client.data.send(step.data);
      this.#client.endData();
      return await this.#client.reply();
    }
    return await this.#fetch();
  }

  /** Takes data and reply, whichever comes first. */
  async #fetch(): Promise<string | null> {
    const { data } = this.#client;
    const taking = this.#client.isSecured
      ? this.#client.takeData().catch(() => CUT_OFF)
      : data.closed.then(() => plainOrCut(data.bytes, this.#steps));
    const reply = await this.#client.reply();
    // Where no connection came about, nothing is taken.
    if (reply?.startsWith("2")) this.data += await taking;
    return reply;
  }

  /** ABOR has a reply of its own behind the transfer's. */
  async #abort(): Promise<string | null> {
    const final = await this.#ask("ABOR");
    if (final === null) return null;
    const own = await this.#client.reply();
    return own === null ? null : `${final.slice(0, 3)} and ${own}`;
  }
}

function plainOrCut(bytes: Uint8Array, steps: readonly Step[]): string {
  try {
    return plainOf(bytes, steps);
  } catch {
    return "(broken)";
  }
}

/** What the server has not let go of. */
function leftOf(client: FtpClient, watched: Watched | undefined): string[] {
  const files = watched?.open.values() ?? client.files.open;
  const ports = client.ports
    .filter(({ used, conn, closed }) => !(used ? conn.isClosed : closed))
    .map(({ target }) => `data port ${JSON.stringify(target)}`);
  const control = client.control.isClosed ? [] : ["control connection"];
  return [...files, ...ports, ...control];
}

/** Bytes of uploads that nobody will end. */
async function partsOf(fs: FileSystem): Promise<string[]> {
  let bytes = 0;
  for (const path of await pathsIn(fs, "/")) {
    const { type, size } = await fs.stat(path);
    if (type === "file") bytes += size;
  }
  const left = CAPACITY - (await fs.space("/"))! - bytes;
  return left === 0 ? [] : [`${left} bytes of unfinished uploads`];
}

/** All paths below a folder. */
async function pathsIn(fs: FileSystem, folder: string): Promise<string[]> {
  const paths: string[] = [];
  for await (const { name, type } of await fs.list(folder, { sorted: true })) {
    const path = folder === "/" ? `/${name}` : `${folder}/${name}`;
    paths.push(path);
    if (type === "directory") paths.push(...await pathsIn(fs, path));
  }
  return paths;
}

async function treeOf(fs: FileSystem): Promise<Tree> {
  const tree: Record<string, string> = {};
  for (const path of await pathsIn(fs, "/")) {
    const { type, modified, mode } = await fs.stat(path);
    const facts = ` ${modified?.toISOString()} ${mode?.toString(8)}`;
    const content = type === "file" ? await contentOf(fs, path) : "";
    tree[path.replace(/\.[0-9a-f]{8}$/, ".unique")] = content;
    tree[`facts of ${path.replace(/\.[0-9a-f]{8}$/, ".unique")}`] = facts;
  }
  return tree;
}

/** Lets everything happen that only waits for its turn. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) {
    await new Promise<void>((resolve) => setImmediate(() => resolve()));
  }
}
