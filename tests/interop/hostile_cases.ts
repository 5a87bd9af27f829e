/**
 * Cases of servers that lie: what `ftp` must say and leave behind in each.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import type { Bytes } from "../../lib/bytes.ts";
import { eachOf, HASTY, type Scene, treeOf, withHostile } from "./hostile.ts";
import type { Answer, Payload, Peer, Script } from "./hostile_server.ts";

/** What must have happened. */
export interface Expected {
  /** The exit code. */
  readonly code: number;
  /** The one line of the standard error. */
  readonly says: RegExp;
  /** What is in the file `f`; only a part of it may be there without. */
  readonly file?: string;
}

/** What the server does, how, and what must come of it. */
export type Case = readonly [what: string, script: Script, expected: Expected];

/** Milliseconds that a run with a time-out of one second may take. */
export const PATIENCE_MS = 25_000;

/** Runs `ftp` in every case; the one line that it says must fit. */
export function cases(
  title: string,
  all: readonly Case[],
  argsFor: (scene: Scene) => string[] = ({ url }) => ["get", `${url}/f`],
): void {
  Deno.test(
    title,
    () =>
      eachOf(
        all,
        ([what, script, expected]) =>
          withHostile(script, async (scene) => {
            const args = [...argsFor(scene), ...HASTY];
            const ended = await scene.run(args, { within: PATIENCE_MS });
            const { code, err } = ended;
            const report = `${what}: ${ended.report}`;
            assertEquals(code, expected.code, report);
            assertMatch(err, expected.says, report);
            assertEquals(err.trimEnd().split("\n").length, 1, report);
            const left = await treeOf(scene.local);
            assertEquals(
              left.filter((line) => !line.startsWith("f.part = ")),
              expected.file === undefined ? [] : [`f = ${expected.file}`],
              report,
            );
          }),
      ),
  );
}

/** The same bytes again and again. */
export function* again(
  text: string,
  times: number = Infinity,
): Generator<Bytes> {
  const bytes = new TextEncoder().encode(text);
  for (let left = times; left > 0; left--) yield bytes;
}

/** RETR: 150, some bytes, and then what `after` does. */
export function retr(
  payload: Payload,
  after: (peer: Peer, data: Deno.Conn) => unknown,
  mark = "150 Here it comes.",
): Answer {
  return async (peer) => {
    await peer.say(mark);
    const data = await peer.open();
    await peer.pour(data, payload);
    await after(peer, data);
  };
}

/** Ends the bytes, and then says something. */
export function close(
  ...said: string[]
): (p: Peer, data: Deno.Conn) => Promise<void> {
  return async (peer, data) => {
    data.close();
    for (const text of said) await peer.say(text);
  };
}

/** Says nothing any more. */
export const hang: Answer = (peer) => peer.hang();
/** Goes without a word. */
export const bye: Answer = (peer) => peer.close();
/** Sends five bytes. */
export const hello: Answer = (peer) => peer.serve("HELLO");
