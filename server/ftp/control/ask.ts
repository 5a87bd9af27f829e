/**
 * The client's side of the control socket.
 *
 * @module
 */

import { writeAll } from "../../../lib/bytes.ts";
import { EXIT, ToolError } from "../../../lib/cli.ts";
import { LineReader } from "../../../lib/lines.ts";
import type { ServiceConn } from "../../../lib/net/service.ts";
import { within } from "../../../lib/net/wait.ts";
import {
  type ControlAnswer,
  type ControlRequest,
  MAX_ANSWER,
} from "./protocol.ts";

/** Milliseconds that an answer may take. */
const PATIENCE = 10_000;

/** A server that can be asked. */
export interface Control {
  /**
   * Asks, and waits for the answer.
   *
   * @throws {ToolError} when the server says no, says nothing, or is gone.
   */
  ask(
    request: ControlRequest,
  ): Promise<ControlAnswer & { readonly ok: true }>;
}

/**
 * A server at the other end of a connection.
 *
 * @example
 * ```ts
 * import { memoryConn } from "../../../lib/net/memory_conn.ts";
 * import { controlOver } from "./ask.ts";
 * const control = controlOver(memoryConn('{"ok":true}\n'));
 * console.assert((await control.ask({ do: "drain" })).ok);
 * ```
 */
export function controlOver(conn: ServiceConn): Control {
  const lines = new LineReader(conn, { maxLength: MAX_ANSWER, maxSkipped: 0 });
  async function exchange(request: ControlRequest): Promise<ControlAnswer> {
    const text = `${JSON.stringify(request)}\n`;
    await writeAll(conn, new TextEncoder().encode(text));
    const line = await lines.next();
    if (line === null || line.tooLong) throw new Error("it broke off");
    return JSON.parse(new TextDecoder().decode(line.bytes));
  }
  return {
    async ask(request) {
      const answer = await within(answered(exchange(request)), PATIENCE, null);
      if (answer === null) throw trouble(`no answer in ${PATIENCE / 1000} s`);
      if (!answer.ok) throw new ToolError(answer.error);
      return answer;
    },
  };
}

async function answered(
  exchange: Promise<ControlAnswer>,
): Promise<ControlAnswer> {
  try {
    return await exchange;
  } catch (error) {
    throw trouble(error instanceof Error ? error.message : String(error));
  }
}

function trouble(why: string): ToolError {
  return new ToolError(`the server does not answer: ${why}`, EXIT.network);
}
