/**
 * Runs small tools as people do: the compiled ones of the folder that the
 * environment variable `WHARF_DIST` names, else the sources.
 *
 * @module
 */

import { assertEquals, fail } from "@std/assert";
import { within } from "../../lib/net/wait.ts";
import { type Ended, run, type RunOptions } from "./program.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const DIST: string | undefined = Deno.env.get("WHARF_DIST") || undefined;
const SERVERS = new Set([
  "echod",
  "timed",
  "upperd",
  "stampd",
  "dropd",
  "bucket",
]);
/** Longest wait for anything that should happen at once, in milliseconds. */
const SOON = 20_000;

/** Whether tools are the compiled ones, which have their permissions baked in. */
export const IS_COMPILED: boolean = DIST !== undefined;

/**
 * Program and first arguments of a tool; `flags` are permissions in the place
 * of its own set, for sources only.
 */
export function toolWords(tool: string, ...flags: string[]): string[] {
  if (DIST !== undefined) return [Deno.realPathSync(`${DIST}/${tool}`)];
  // With a home of its own the runtime would look for its modules there.
  const cache = Deno.env.get("DENO_DIR") ??
    `${Deno.env.get("HOME")}/.cache/deno`;
  const allowed = flags.length > 0 ? flags : [`-P=${tool}`];
  const folder = SERVERS.has(tool) ? "server" : "client";
  return [
    ...["env", `DENO_DIR=${cache}`, Deno.execPath(), "run", "--quiet"],
    ...["--no-prompt", `--config=${ROOT}deno.json`],
    ...[...allowed, `${ROOT}${folder}/${tool}.ts`],
  ];
}

/** Options for {@linkcode runTool}. */
export interface RunToolOptions extends Partial<RunOptions> {
  /** The exit code that it has to end with. @default {0} */
  code?: number;
  /** Its permissions. @default those of the tool */
  flags?: readonly string[];
}

/** Runs a tool to its end; it must end with the expected exit code. */
export async function runTool(
  tool: string,
  args: readonly string[],
  { code = 0, flags = [], cwd = "/", ...options }: RunToolOptions = {},
): Promise<Ended> {
  const words = [...toolWords(tool, ...flags), ...args];
  const ended = await run(words, { cwd, ...options });
  assertEquals(ended.code, code, ended.report);
  return ended;
}

/** Options for {@linkcode startTool}. */
export interface StartToolOptions {
  /** Its permissions. @default those of the tool */
  flags?: readonly string[];
  /** Further environment variables. @default {{}} */
  env?: Readonly<Record<string, string>>;
  /** What a shell does first, such as `ulimit -n 64`. */
  setup?: string;
}

/** A running server. Disposing of it stops it and expects exit code 0. */
export interface RunningTool extends AsyncDisposable {
  /** Its process. */
  readonly pid: number;
  /** The line it printed when it was ready. */
  readonly ready: string;
  /** Its addresses, as the ready line names them. */
  readonly urls: readonly string[];
  /** The ports in {@linkcode RunningTool.urls}, in the same order. */
  readonly ports: readonly number[];
  /** What it wrote on standard output so far. */
  readonly out: string;
  /** What it wrote on standard error so far. */
  readonly log: string;
  /** How it ended. */
  readonly status: Promise<Deno.CommandStatus>;
  /** Waits for standard output to hold `text`. */
  printed(text: string): Promise<void>;
  /** Waits for standard error to hold `text`. */
  said(text: string): Promise<void>;
  /** Sends a signal to this process and no other. */
  kill(signal: Deno.Signal): void;
  /** Sends SIGTERM; the exit code. */
  stop(): Promise<number>;
}

/** Starts a server and waits for its ready line; fails when it ends first. */
export async function startTool(
  tool: string,
  args: readonly string[],
  { flags = [], env = {}, setup = ":" }: StartToolOptions = {},
): Promise<RunningTool> {
  const child = new Deno.Command("sh", {
    args: [
      "-c",
      `${setup}; exec "$@"`,
      "sh",
      ...toolWords(tool, ...flags),
      ...args,
    ],
    env: { TZ: "UTC", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const [out, err] = [new Heard(child.stdout), new Heard(child.stderr)];
  if (!await soon(out.until("\n"), `the ready line of ${tool}`)) {
    await Promise.all([child.status, err.ended]);
    fail(`${tool} ${args.join(" ")} did not start: ${err.text}`);
  }
  return running(tool, child, out, err);
}

function running(
  tool: string,
  child: Deno.ChildProcess,
  out: Heard,
  err: Heard,
): RunningTool {
  const ready = out.text.split("\n")[0]!;
  const urls = ready.match(/\b(?:tcp|udp):\/\/[^\s"]+|\bunix:[^\s"]+/g) ?? [];
  const over = Promise.all([child.status, out.ended, err.ended]);
  let hasEnded = false;
  child.status.then(() => hasEnded = true);
  const expect = async (heard: Heard, text: string, where: string) => {
    const found = await soon(heard.until(text), `"${text}" on ${where}`);
    if (!found) fail(`${tool} ended without "${text}": ${out.text}${err.text}`);
  };
  const self: RunningTool = {
    pid: child.pid,
    ready,
    urls,
    ports: urls.map((url) => Number(/:(\d+)$/.exec(url)?.[1] ?? 0)),
    get out() {
      return out.text;
    },
    get log() {
      return err.text;
    },
    status: child.status,
    printed: (text) => expect(out, text, "standard output"),
    said: (text) => expect(err, text, "standard error"),
    kill: (signal) => child.kill(signal),
    async stop() {
      if (!hasEnded) child.kill("SIGTERM");
      const [{ code }] = await soon(over, `the end of ${tool}`, 30_000);
      return code;
    },
    async [Symbol.asyncDispose]() {
      const survived = !hasEnded;
      const code = await self.stop();
      if (survived) assertEquals(code, 0, `exit code; log: ${err.text}`);
    },
  };
  return self;
}

/** Settles as `promise` does, or fails the test. */
async function soon<T>(
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

/** What a stream said so far, and when it says something. */
class Heard {
  text = "";
  readonly ended: Promise<void>;
  readonly #waiting: Set<() => void> = new Set();
  #isOver = false;

  constructor(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
    this.ended = this.#listen(stream);
  }

  /** Whether `text` came; resolves when it does, or at the end. */
  until(text: string): Promise<boolean> {
    return new Promise((resolve) => {
      const look = () => {
        const found = this.text.includes(text);
        if (!found && !this.#isOver) return;
        this.#waiting.delete(look);
        resolve(found);
      };
      this.#waiting.add(look);
      look();
    });
  }

  async #listen(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
    for await (const part of stream.pipeThrough(new TextDecoderStream())) {
      this.text += part;
      this.#look();
    }
    this.#isOver = true;
    this.#look();
  }

  #look(): void {
    for (const look of [...this.#waiting]) look();
  }
}
