/**
 * Telling what failed, to a person and to a program.
 *
 * @module
 */

import { visible } from "../../../lib/visible.ts";
import { failureOf } from "./failure.ts";
import type { Output } from "./output.ts";

/**
 * Tells a failure as one line, and as a record.
 *
 * @param place Where it was, as `job.ftp:3`; empty when that is plain.
 */
export function tellFailure(output: Output, error: unknown, place = ""): void {
  const { kind, message, code } = failureOf(error);
  const line = place === "" ? message : visible(`${place}: ${message}`);
  output.record({ error: { kind, message: line, code } });
  output.error(line);
}
