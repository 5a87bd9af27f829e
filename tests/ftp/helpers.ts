/**
 * Starts `ftpd` for a test: the compiled one of the folder that the
 * environment variable `WHARF_DIST` names, else the sources.
 *
 * @module
 */

import { assertEquals, fail } from "@std/assert";
import { within } from "../../lib/net/wait.ts";
import { type ControlOptions, RawControl } from "./raw_control.ts";

export { code, RawControl } from "./raw_control.ts";

/** Longest wait for anything that should happen at once, in milliseconds. */
export const SOON = 15_000;

const ROOT = new URL("../../", import.meta.url).pathname;
const DIST: string | undefined = Deno.env.get("WHARF_DIST") || undefined;

/** What `ftpd` is here, for messages: a binary's path or the sources. */
export const FTPD: readonly string[] = DIST !== undefined
  ? [Deno.realPathSync(`${DIST}/ftpd`)]
  : [
    ...[Deno.execPath(), "run", "--quiet", "--no-prompt", "-P=ftpd"],
    `${ROOT}server/ftpd.ts`,
  ];

/** Settles as `promise` does, or fails the test. */
export async function soon<T>(
  promise: Promise<T>,
  what: string,
  limit: number = SOON,
): Promise<T> {
  const late = Symbol();
  const result = await within(promise, limit, late);
  return result === late
    ? fail(`${what} did not happen within ${limit / 1000} s`)
    : result as T;
}

/** How a server is started. */
export interface StartOptions {
  /** What a shell does first, such as `ulimit -n 64`. */
  setup?: string;
  /** Program and first arguments in the place of {@linkcode FTPD}. */
  program?: readonly string[];
}

/** A running server. Disposing of it stops it and expects exit code 0. */
export interface Ftpd extends AsyncDisposable {
  /** Its process. */
  readonly pid: number;
  /** The line it printed when it was ready. */
  readonly ready: string;
  /** Ports it listens on, in the order of `--listen`. */
  readonly ports: readonly number[];
  /** What it said on standard error so far. */
  readonly log: string;
  /** How it ended. */
  readonly status: Promise<Deno.CommandStatus>;
  /** Opens a control connection and takes the greeting. */
  connect(options?: Partial<ControlOptions>): Promise<RawControl>;
  /** The same, logged in. */
  login(user?: string, password?: string): Promise<RawControl>;
  /** Sends a signal to this process and no other. */
  kill(signal: Deno.Signal): void;
  /** Waits for standard error to hold `text`. */
  said(text: string): Promise<void>;
  /** Sends SIGTERM; the exit code. */
  stop(): Promise<number>;
}

/** Starts `ftpd` and waits for its ready line; fails when it ends first. */
export async function startFtpd(
  args: readonly string[],
  options: StartOptions = {},
): Promise<Ftpd> {
  const child = spawn(args, options);
  const err = new Heard(child.stderr);
  const out = new Heard(child.stdout);
  const started = await soon(out.until("\n"), "the ready line");
  if (!started) {
    await err.ended;
    fail(`ftpd ${args.join(" ")} did not start: ${err.text}`);
  }
  return running(child, out, err);
}

function running(child: Deno.ChildProcess, out: Heard, err: Heard): Ftpd {
  const ready = out.text.split("\n")[0]!;
  const ports = [...ready.matchAll(/ftp:\/\/[^/]+:(\d+)\//g)]
    .map((match) => Number(match[1]));
  const over = Promise.all([child.status, out.ended, err.ended]);
  let hasEnded = false;
  child.status.then(() => hasEnded = true);
  const server: Ftpd = {
    pid: child.pid,
    ready,
    ports,
    get log() {
      return err.text;
    },
    status: child.status,
    connect: (at = {}) =>
      RawControl.open({ hostname: "127.0.0.1", port: ports[0]!, ...at }),
    async login(user = "anonymous", password = "x") {
      const control = await server.connect();
      await control.login(user, password);
      return control;
    },
    kill: (signal) => child.kill(signal),
    async said(text) {
      const found = await soon(err.until(text), `"${text}" in the log`);
      if (!found) fail(`ftpd ended without saying "${text}": ${err.text}`);
    },
    async stop() {
      if (!hasEnded) child.kill("SIGTERM");
      const [{ code }] = await soon(over, "the end of ftpd", 30_000);
      return code;
    },
    async [Symbol.asyncDispose]() {
      const survived = !hasEnded;
      const code = await server.stop();
      if (survived) assertEquals(code, 0, `exit code; log: ${err.text}`);
    },
  };
  return server;
}

/** What a run of `ftpd` to its end printed. */
export interface Run {
  /** The exit code. */
  code: number;
  /** Standard output. */
  stdout: string;
  /** Standard error. */
  stderr: string;
}

/** Runs `ftpd` with arguments that let it end by itself. */
export async function runFtpd(
  args: readonly string[],
  options: StartOptions = {},
): Promise<Run> {
  const child = spawn(args, options);
  const [out, err] = [new Heard(child.stdout), new Heard(child.stderr)];
  try {
    const { code } = await soon(child.status, "the end of ftpd", 30_000);
    await Promise.all([out.ended, err.ended]);
    return { code, stdout: out.text, stderr: err.text };
  } catch (error) {
    child.kill("SIGKILL");
    await Promise.all([child.status, out.ended, err.ended]);
    throw error;
  }
}

function spawn(
  args: readonly string[],
  { setup = ":", program = FTPD }: StartOptions,
): Deno.ChildProcess {
  return new Deno.Command("sh", {
    args: ["-c", `${setup}; exec "$0" "$@"`, ...program, ...args],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Everything a stream said, as it comes. */
class Heard {
  text = "";
  readonly ended: Promise<void>;
  #over = false;
  readonly #waiting: Set<() => void> = new Set();

  constructor(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
    this.ended = this.#listen(stream).finally(() => {
      this.#over = true;
      this.#wake();
    });
  }

  /** Whether `part` came before the stream ended. */
  async until(part: string): Promise<boolean> {
    while (!this.text.includes(part) && !this.#over) {
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
    return this.text.includes(part);
  }

  async #listen(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      this.text += text;
      this.#wake();
    }
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}

/** A folder that is served, in a folder that is removed afterwards. */
export interface Folders extends AsyncDisposable {
  /** Holds everything of this test; a real path. */
  readonly base: string;
  /** The folder to serve: `base/pub`. */
  readonly pub: string;
}

/** Makes `base/pub` with these files, by name, and their text. */
export async function tempFolders(
  files: Readonly<Record<string, string | Uint8Array>> = {},
): Promise<Folders> {
  const base = await Deno.realPath(
    await Deno.makeTempDir({ prefix: "wharf-ftpd-" }),
  );
  const pub = `${base}/pub`;
  await Deno.mkdir(pub);
  for (const [name, content] of Object.entries(files)) {
    const bytes = typeof content === "string"
      ? new TextEncoder().encode(content)
      : content;
    await Deno.writeFile(`${pub}/${name}`, bytes);
  }
  return {
    base,
    pub,
    [Symbol.asyncDispose]: () => Deno.remove(base, { recursive: true }),
  };
}

/** Whether this machine has IPv6 on its loopback. */
export const HAS_IPV6: boolean = canListen("::1");

/** Whether tests run with all rights, for whom permissions bits mean nothing. */
export const IS_ROOT: boolean = Deno.uid() === 0;

function canListen(hostname: string): boolean {
  try {
    Deno.listen({ hostname, port: 0 }).close();
    return true;
  } catch {
    return false;
  }
}

/** Kilobytes of memory that a process holds now; `null` where nobody tells. */
export async function residentKilobytes(pid: number): Promise<number | null> {
  if (Deno.build.os !== "linux") return null;
  // Deno itself reads nothing below /proc without every permission.
  const { stdout } = await new Deno.Command("cat", {
    args: [`/proc/${pid}/status`],
  }).output();
  const status = new TextDecoder().decode(stdout);
  return Number(/^VmRSS:\s*(\d+)/m.exec(status)?.[1] ?? fail("no VmRSS"));
}
