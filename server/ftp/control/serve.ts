/**
 * The server's side of the control socket: few clients at a time, short lines,
 * and nobody who stays without a word.
 *
 * @module
 */

import { writeAll } from "../../../lib/bytes.ts";
import { LineFloodError, LineReader } from "../../../lib/lines.ts";
import { errorLine } from "../../../lib/cli.ts";
import type { ServiceConn } from "../../../lib/net/service.ts";
import { Watchdog } from "../../../lib/watchdog.ts";
import {
  type ControlAnswer,
  type ControlRequest,
  MAX_REQUEST,
  readControlRequest,
} from "./protocol.ts";

/** Carries out what a client asks for. */
export type Carry = (
  request: ControlRequest,
) => ControlAnswer | Promise<ControlAnswer>;

/** Milliseconds from one request to the next, and for taking an answer. */
const CONTROL_PATIENCE = 60_000;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * Answers one client until it has gone, says nonsense without end, or says
 * nothing for a minute. `close` must make reading end.
 *
 * @example
 * ```ts
 * import { memoryConn } from "../../../lib/net/memory_conn.ts";
 * import { serveControl } from "./serve.ts";
 * const conn = memoryConn('{"do":"drain"}\n');
 * await serveControl(conn, () => ({ ok: true }), () => {});
 * console.assert(conn.text === '{"ok":true}\n');
 * ```
 */
export async function serveControl(
  conn: ServiceConn,
  carry: Carry,
  close: () => void,
): Promise<void> {
  const lines = new LineReader(conn, {
    maxLength: MAX_REQUEST,
    maxSkipped: MAX_REQUEST,
  });
  const watchdog = new Watchdog(close);
  try {
    watchdog.set(CONTROL_PATIENCE);
    for (let line; (line = await lines.next()) !== null;) {
      const answer = line.tooLong
        ? refusal(`a request has at most ${MAX_REQUEST} bytes`)
        : await answerTo(decoder.decode(line.bytes), carry);
      watchdog.set(CONTROL_PATIENCE);
      await writeAll(conn, encoder.encode(`${JSON.stringify(answer)}\n`));
    }
  } catch (error) {
    // Whoever has gone is told nothing; nobody else is to blame.
    if (error instanceof LineFloodError) close();
  } finally {
    watchdog.clear();
  }
}

/** An answer that says no. */
export function refusal(error: string): ControlAnswer {
  return { ok: false, error };
}

async function answerTo(text: string, carry: Carry): Promise<ControlAnswer> {
  let request: ControlRequest;
  try {
    request = readControlRequest(text);
  } catch (error) {
    return refusal((error as Error).message);
  }
  try {
    return await carry(request);
  } catch (error) {
    return refusal(errorLine(error));
  }
}
