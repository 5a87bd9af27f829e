/**
 * Builds and runs the echo load generator (`load/echo_load.c`), the one client
 * for all servers, and pins it and them to a core each.
 *
 * @module
 */

import { closeQuietly } from "../../lib/net/close.ts";
import type { EchoServer, Transport } from "./echo_servers.ts";
import { client, compile, holdIdle, textFrom } from "./generator.ts";
import { type Running, startServer, untilAnswered } from "./processes.ts";
import { which } from "./programs.ts";

/** What the generator measured. */
export interface Echoes {
  /** Messages that came back, those of the warm-up included. */
  messages: number;
  /** Messages a second, without the warm-up. */
  rate: number;
  /** Half of the messages took at most so many microseconds. */
  p50: number;
  /** 99 of 100 took at most so many. */
  p99: number;
  /** Datagrams that did not come back in time. */
  lost: number;
  /** Datagrams that came back too late. */
  stray: number;
  /** Which part of its core the generator used. */
  busy: number;
}

/** What the generator is to do; see `load/echo_load.c`. */
export interface Job {
  mode: "tcp" | "udp" | "churn" | "idle";
  /** Connections, or datagrams under way. */
  lanes: number;
  /** Bytes in a message. */
  size: number;
  /** Messages a second. @default {as many as possible} */
  rate?: number;
}

/** The programs that were built, and where they and the servers run. */
export interface EchoLoad {
  /** The C server. */
  yardstick: string;
  /** A line about the cores. */
  cores: string;
  /** Starts `server` on the core of the servers and waits for an echo. */
  start(server: EchoServer, transport: Transport): Promise<Running>;
  /**
   * Runs the generator for `seconds`.
   *
   * @throws {Error} If an answer was wrong or did not come.
   */
  run(port: number, job: Job, seconds: number): Promise<Echoes>;
  /** As {@linkcode run}, and compares every byte. */
  verify(port: number, job: Job, seconds: number): Promise<Echoes>;
  /** Calls `action` while the connections of `job` stand idle. */
  whileIdle<T>(port: number, job: Job, action: () => Promise<T>): Promise<T>;
}

/**
 * Compiles generator and yard-stick into `folder`.
 *
 * @throws {Error} If there is no C compiler.
 */
export async function buildEchoLoad(folder: string): Promise<EchoLoad> {
  const program = await compile("echo_load.c", folder);
  const yardstick = await compile("echo_server.c", folder);
  const pin = await pinning();
  const wordsFor = (port: number, job: Job, seconds: number) => {
    const { mode, lanes, size, rate = 0 } = job;
    return pin("load", [program, mode, port, lanes, size, seconds, rate]);
  };
  const measure = async (words: string[]): Promise<Echoes> =>
    JSON.parse(await textFrom(client(words)));
  return {
    yardstick,
    cores: pin.about,
    start: (server, transport) => start(server, transport, pin),
    run: (...job) => measure(wordsFor(...job)),
    verify: (...job) => measure([...wordsFor(...job), "verify"]),
    whileIdle: (port, job, action) =>
      holdIdle(client(wordsFor(port, job, 0), { stdin: "piped" }), action),
  };
}

type Pin =
  & ((who: "server" | "load", words: (string | number)[]) => string[])
  & { about: string };

/** Servers on core 0, the generator on core 1. */
async function pinning(): Promise<Pin> {
  const taskset = await which("taskset");
  if (taskset === undefined || navigator.hardwareConcurrency < 2) {
    const why = taskset === undefined ? "no taskset" : "one core only";
    const about = `not pinned (${why}), so servers may use several cores`;
    return Object.assign(
      (_: unknown, words: (string | number)[]) => words.map(String),
      { about },
    );
  }
  const cores = { server: "0", load: "1" };
  const about = "server on core 0, generator on core 1";
  return Object.assign(
    (who: "server" | "load", words: (string | number)[]) =>
      [taskset, "-c", cores[who], ...words].map(String),
    { about },
  );
}

async function start(
  server: EchoServer,
  transport: Transport,
  pin: Pin,
): Promise<Running> {
  const candidate = {
    ...server,
    prepare: async (place: Parameters<EchoServer["prepare"]>[0]) => {
      const recipe = await server.prepare(place, transport);
      return { ...recipe, words: pin("server", recipe.words) };
    },
  };
  const ask = transport === "tcp" ? askConnection : askDatagram;
  return await startServer(
    candidate,
    "",
    (port) => untilAnswered(port, () => ask(port)),
  );
}

const QUESTION = new TextEncoder().encode("hello");

async function askConnection(port: number): Promise<void> {
  using conn = await Deno.connect({ hostname: "127.0.0.1", port });
  const late = setTimeout(() => closeQuietly(conn), 1000);
  try {
    await conn.write(QUESTION);
    if (await conn.read(new Uint8Array(16)) === null) throw new Error("closed");
  } finally {
    clearTimeout(late);
  }
}

async function askDatagram(port: number): Promise<void> {
  const here = { hostname: "127.0.0.1", transport: "udp" } as const;
  const socket = Deno.listenDatagram({ ...here, port: 0 });
  // A closed socket ends the wait.
  const late = setTimeout(() => closeQuietly(socket), 500);
  try {
    await socket.send(QUESTION, { ...here, port });
    await socket.receive();
  } finally {
    clearTimeout(late);
    closeQuietly(socket);
  }
}
