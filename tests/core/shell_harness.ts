/**
 * A shell in memory: its server (of ours, or one that a test plays), its local
 * files, its machine, and what it said.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { VERBS } from "../../client/ftp/shell/verbs.ts";
import { FtpPool } from "../../client/ftp/pool.ts";
import { Output } from "../../client/ftp/shell/output.ts";
import {
  defaultSettings,
  type Settings,
} from "../../client/ftp/shell/settings.ts";
import {
  type Access,
  newShellState,
  type Shell,
  type ShellTls,
} from "../../client/ftp/shell/shell.ts";
import type { Call, Verb } from "../../client/ftp/shell/verb.ts";
import { toolOf } from "../../client/ftp/shell/verb_tool.ts";
import type { Bytes } from "../../lib/bytes.ts";
import { parseOptions } from "../../lib/cli.ts";
import { type ManualClock, manualClock } from "../../lib/clock.ts";
import { createTerminal, type Terminal } from "../../lib/terminal/mod.ts";
import type { FtpPolicy } from "../../server/ftp/session.ts";
import type { FileSystem } from "../../server/fs/file_system.ts";
import { memoryFileSystem } from "../../server/fs/memory.ts";
import { Disk } from "./client_harness.ts";
import type { Peer } from "./client_peer.ts";
import { type FakeMachine, fakeMachine, HOME } from "./shell_machine.ts";
import { HOST, MemoryServer } from "./shell_network.ts";

export { HOME, printedText } from "./shell_machine.ts";

/** Options for {@linkcode withShell}. */
export interface StageOptions {
  /** What the server has: text by path, `null` for a folder. @default {} */
  remote?: Record<string, string | Bytes | null>;
  /** What the server's accounts see of that. @default all of it, as it is */
  wrap?: (fs: FileSystem) => FileSystem;
  /** What differs from the server's usual policy. */
  policy?: Partial<FtpPolicy>;
  /** A scripted server instead of ours; `remote` means nothing then. */
  peer?: Peer;
  /** Local text files; a relative path is one in {@linkcode HOME}. @default {} */
  local?: Record<string, string>;
  /** What differs from the default settings. */
  settings?: Partial<Settings>;
  /** Records instead of words. @default {false} */
  json?: boolean;
  /** No talk. @default {false} */
  quiet?: boolean;
  /** Whether there is a server at all. @default {true} */
  connected?: boolean;
  /** What comes on the standard input. @default {""} */
  input?: string;
  /** Somebody who can be asked. @default {null} */
  terminal?: Terminal | null;
  /** Where progress is shown. @default no terminal */
  screen?: Terminal;
  /** Variables of the environment. @default {} */
  env?: Record<string, string>;
  /** Where passwords come from. */
  access?: Partial<Access>;
  /** TLS, which there is none of unless a test brings one. */
  tls?: Partial<ShellTls>;
}

/** TLS of a shell that is told nothing of it, and can't speak it. */
export const NO_TLS: ShellTls = {
  missing: null,
  terms: {},
  trust: {},
  connect: () => Promise.reject(new Error("this test has no TLS")),
};

/** What a test of the shell has. */
export interface ShellStage {
  /** The shell. */
  readonly shell: Shell;
  /** The server's files. */
  readonly fs: FileSystem;
  /** The server, when it is ours. */
  readonly server: MemoryServer;
  /** The local files. */
  readonly disk: Disk;
  /** The machine. */
  readonly machine: FakeMachine;
  /** The client's clock; stands still. */
  readonly clock: ManualClock;
  /** What was said so far. */
  readonly said: { out: string; err: string };
  /** The records of the standard output. */
  records(): Record<string, unknown>[];
  /** Runs the verb of that name, with options and arguments as typed. */
  run(
    verbs: readonly Verb[],
    name: string,
    args?: readonly string[],
    call?: Partial<Call>,
  ): Promise<void>;
}

/**
 * Runs `action` with a shell that is connected to a server; afterwards every
 * session must have ended.
 */
export async function withShell(
  options: StageOptions,
  action: (stage: ShellStage) => Promise<void>,
): Promise<void> {
  const fs = memoryFileSystem(options.remote ?? {}, {
    now: () => new Date(Date.UTC(2026, 5, 15, 12)),
  });
  const server = new MemoryServer(options.wrap?.(fs) ?? fs, options.policy);
  const stage = stageOf(options, fs, server);
  if (options.connected ?? true) await connect(stage, options);
  try {
    await action(stage);
  } finally {
    await stage.shell.state.jobs.close();
    await stage.shell.state.site?.pool.close();
    await server.ended();
  }
  assertEquals(stage.clock.sleeping, 0, "timers left");
}

function stageOf(
  options: StageOptions,
  fs: FileSystem,
  server: MemoryServer,
): ShellStage {
  const disk = diskOf(options.local ?? {});
  const machine = fakeMachine(options.input, options.env);
  const clock = manualClock();
  const said = { out: "", err: "" };
  const { json = false, quiet = false } = options;
  const shell: Shell = {
    state: newShellState({ ...defaultSettings(), ...options.settings }, {
      localFolder: HOME,
    }),
    output: new Output({
      out: (text) => void (said.out += text),
      bytes: () => machine.output(),
      err: (text) => void (said.err += text),
      json,
      quiet,
    }),
    verbs: VERBS,
    machine,
    files: disk,
    network: options.peer?.network ?? server.network,
    clock,
    screen: options.screen ?? noScreen((text) => void (said.err += text)),
    terminal: options.terminal ?? null,
    access: {
      user: undefined,
      passwordFile: undefined,
      netrc: undefined,
      unasked: true,
      ...options.access,
    },
    tls: { ...NO_TLS, ...options.tls },
  };
  return {
    shell,
    fs,
    server,
    disk,
    machine,
    clock,
    said,
    records: () =>
      said.out.split("\n").filter(Boolean).map((l) => JSON.parse(l)),
    run: (verbs, name, args = [], call = {}) =>
      runVerb(shell, verbs, name, args, call),
  };
}

async function connect(
  { shell, disk, clock }: ShellStage,
  { settings = {} }: StageOptions,
): Promise<void> {
  const pool = await FtpPool.connect({
    ...HOST,
    network: shell.network,
    files: disk,
    clock,
    retries: settings.retries ?? 0,
    connections: settings.parallel ?? 1,
    timeout: 30_000,
  });
  const url = {
    hostname: HOST.hostname,
    port: HOST.port!,
    tls: null,
    user: "anonymous",
    password: null,
    path: "",
    type: null,
    hasPath: false,
  };
  shell.state.site = { url, pool, tls: { control: null, data: null } };
}

async function runVerb(
  shell: Shell,
  verbs: readonly Verb[],
  name: string,
  args: readonly string[],
  call: Partial<Call>,
): Promise<void> {
  const verb = verbs.find(({ names }) => names.includes(name));
  if (verb === undefined) throw new Error(`no verb ${name}`);
  const parsed = verb.raw
    ? { options: {}, positionals: [...args], given: new Set<string>() }
    : parseOptions(toolOf(verb), args);
  await verb.run(shell, {
    options: parsed.options,
    args: parsed.positionals,
    given: parsed.given,
    signal: new AbortController().signal,
    isOneShot: false,
    remoteArgument: null,
    ...call,
  });
}

/** A terminal that shows nothing: neither a keyboard nor a screen. */
export function noScreen(
  write: (text: string) => void = () => {},
): Terminal {
  return createTerminal({
    keyboard: false,
    display: "none",
    color: false,
    size: () => ({ columns: 80, rows: 24 }),
    onResize: () => () => {},
    setRaw: () => {},
    read: () => Promise.resolve(null),
    write,
  });
}

function diskOf(local: Record<string, string>): Disk {
  const disk = new Disk();
  disk.folders.add(HOME);
  for (const [path, text] of Object.entries(local)) {
    disk.files.set(path.startsWith("/") ? path : `${HOME}/${path}`, text);
  }
  return disk;
}
