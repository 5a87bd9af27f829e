/**
 * `bucket` with somebody who sends to it.
 *
 * @module
 */

import { assert, assertEquals, assertFalse } from "@std/assert";
import type { Bytes } from "../../lib/bytes.ts";
import type { HostPort } from "../../lib/host_port.ts";
import { soon } from "../net/loopback.ts";
import { isInstalled } from "./program.ts";
import {
  type RunningTool,
  startTool,
  type StartToolOptions,
} from "./service_tool.ts";

/** A running `bucket`. */
export interface BucketScene {
  /** The tool. */
  readonly bucket: RunningTool;
  /** Its port on 127.0.0.1. */
  readonly port: number;
  /** Its records: the lines of standard output behind the ready line. */
  readonly records: readonly string[];
  /** Sends a datagram to it. */
  send(body: string | Bytes): Promise<void>;
}

/** Options for {@linkcode withBucket}. */
export interface BucketSceneOptions extends StartToolOptions {
  /** Whether it may log errors. @default {false} */
  mayFail?: boolean;
}

/** Runs `action` with a `bucket` on any port, which must stop well. */
export async function withBucket(
  args: readonly string[],
  action: (scene: BucketScene) => Promise<void>,
  { mayFail = false, ...options }: BucketSceneOptions = {},
): Promise<void> {
  const listen = ["--listen", "127.0.0.1:0"];
  const bucket = await startTool("bucket", [...listen, ...args], options);
  const [port = 0] = bucket.ports;
  using program = programTo(port);
  try {
    await action({
      bucket,
      port,
      get records() {
        return bucket.out.split("\n").slice(1, -1);
      },
      send: program.send,
    });
  } finally {
    assertEquals(await bucket.stop(), 0, bucket.log);
  }
  assertFalse(!mayFail && /^\S+ ERROR /m.test(bucket.log), bucket.log);
}

/** A program that sends to a port of 127.0.0.1. */
export interface Program extends Disposable {
  /** The port that it sends from. */
  readonly port: number;
  /** Sends a datagram. */
  send(body: string | Bytes): Promise<void>;
}

/** A program that sends to `port` of 127.0.0.1, by default from any port. */
export function programTo(
  port: number,
  from: HostPort = { hostname: "127.0.0.1", port: 0 },
): Program {
  const socket = Deno.listenDatagram({ transport: "udp", ...from });
  const to = { transport: "udp", hostname: "127.0.0.1", port } as const;
  return {
    port: (socket.addr as Deno.NetAddr).port,
    async send(body) {
      const data = typeof body === "string"
        ? new TextEncoder().encode(body)
        : body;
      await socket.send(data, to);
    },
    [Symbol.dispose]: () => socket.close(),
  };
}

/** A relay: passes on what comes, from another socket. */
export interface Relay {
  /** Its port on 127.0.0.1. */
  readonly port: number;
  /** Passes everything on to a port of 127.0.0.1. */
  to(port: number): void;
  /** Ends it. */
  stop(): Promise<void>;
}

/** Starts a relay. */
export function startRelay(): Relay {
  const socket = Deno.listenDatagram({
    ...{ transport: "udp", hostname: "127.0.0.1", port: 0 },
  });
  let isStopped = false;
  async function pass(port: number): Promise<void> {
    using program = programTo(port);
    try {
      for (;;) {
        const [data] = await socket.receive();
        await program.send(data as Bytes);
      }
    } catch (error) {
      assert(isStopped, String(error));
    }
  }
  let passing = Promise.resolve();
  return {
    port: (socket.addr as Deno.NetAddr).port,
    to(port) {
      passing = pass(port);
    },
    async stop() {
      isStopped = true;
      socket.close();
      await passing;
    },
  };
}

/** The port in the first line of `stream`, and all of its text at the end. */
export async function readyOn(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): Promise<{ port: number; text: Promise<string> }> {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes("\n")) {
    const { done, value } = await soon(reader.read(), "the ready line");
    assert(!done, `it ended without a ready line: ${text}`);
    text += value;
  }
  const drain = async () => {
    for (let part; !(part = await reader.read()).done;) text += part.value;
    return text;
  };
  return { port: Number(/:(\d+)/.exec(text)?.[1]), text: drain() };
}

/** A record's text: what stands behind time, sender and size. */
export function textOf(record: string | undefined): string {
  return /^\S+ \S+ \d+B\S*(?: (.*))?$/s.exec(record ?? "")?.[1] ?? "";
}

/** Looks until it is so, 20 s at most, and does `also` before each look. */
export async function until(
  isSo: () => boolean | Promise<boolean>,
  also: () => unknown = () => {},
): Promise<void> {
  const end = performance.now() + 20_000;
  while (performance.now() < end) {
    await also();
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assertEquals(await isSo(), true, "it did not happen within 20 s");
}

/** A test that needs foreign programs; without them its name says so. */
export function testWith(
  programs: readonly string[],
  name: string,
  fn: () => Promise<void>,
): void {
  const absent = programs.find((program) => !isInstalled(program));
  Deno.test({
    name: absent ? `${name} (skipped: ${absent} is not installed)` : name,
    ignore: absent !== undefined,
    fn,
  });
}
