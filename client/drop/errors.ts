/**
 * What can go wrong between a drop box and its client, besides the network.
 *
 * @module
 */

import { EXIT, ToolError } from "../../lib/cli/errors.ts";
import { visible } from "../../lib/visible.ts";

/** The server said no: exit code 1. The message is what it said. */
export class DropError extends ToolError {
  /** Makes the error; what the server said is made safe to show. */
  constructor(message: string) {
    super(visible(message), EXIT.failed);
    this.name = "DropError";
  }
}
