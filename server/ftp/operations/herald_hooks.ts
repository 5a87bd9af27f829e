/**
 * How one event gets to one hook: as an HTTP request, or as a line in a pipe.
 *
 * @module
 */

import { writeAll } from "../../../lib/bytes.ts";
import { VERSION } from "../../../lib/version.ts";
import type { HookTarget } from "./herald_messages.ts";
import type { Failure } from "./hook_queue.ts";
import { webProblem, webTarget } from "./web_target.ts";

/** A way to a hook. */
export interface HookWay {
  /** Delivers an event; never rejects. */
  deliver(event: string): Promise<Failure>;
  /** Opens what is open anew, before the next event. */
  reopen(): void;
  /** Closes what is open. */
  close(): void;
}

/** The way to a hook. Nothing is opened or connected to yet. */
export function wayTo(target: HookTarget): HookWay {
  return target.pipe === undefined ? httpWay(target) : pipeWay(target.pipe);
}

/** Statuses after which another try makes sense (RFC 9110 section 15). */
const PASSING = [408, 425, 429];

function httpWay({ timeout, ...target }: HookTarget): HookWay {
  const { url, authorization } = webTarget({
    ...target,
    url: target.url ?? "",
  });
  const headers = {
    "content-type": "application/json",
    "user-agent": `wharf-ftpd/${VERSION}`,
    ...(authorization === undefined ? {} : { authorization }),
  };
  return {
    async deliver(event) {
      try {
        const response = await fetch(url, {
          method: "POST",
          headers,
          body: event,
          // Whoever answers may not send the event, and its secret, elsewhere.
          redirect: "manual",
          signal: AbortSignal.timeout(timeout),
        });
        await response.body?.cancel();
        return failureOf(response);
      } catch (error) {
        return { reason: webProblem(error), again: true };
      }
    },
    reopen: () => {},
    close: () => {},
  };
}

function failureOf({ status, ok }: Response): Failure {
  if (ok) return null;
  const again = status >= 500 || PASSING.includes(status);
  return { reason: `the answer was ${status}`, again };
}

/**
 * A pipe is opened for reading, too, so that nobody waits for a reader: what is
 * written lies in the pipe until one comes. When it is full, the event waits
 * in its line, and further ones in the queue.
 */
function pipeWay(path: string): HookWay {
  let file: Deno.FsFile | null = null;
  function close(): void {
    file?.close();
    file = null;
  }
  return {
    async deliver(event) {
      try {
        file ??= await openPipe(path);
        await writeAll(file, new TextEncoder().encode(`${event}\n`));
        return null;
      } catch (error) {
        close();
        return { reason: reasonOf(error), again: true };
      }
    },
    reopen: close,
    close,
  };
}

async function openPipe(path: string): Promise<Deno.FsFile> {
  const { isFile, isFifo } = await Deno.stat(path);
  if (isFifo) return await Deno.open(path, { read: true, write: true });
  if (isFile) return await Deno.open(path, { append: true });
  throw new Error(`${path} is neither a pipe nor a file`);
}

function reasonOf(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) {
    return "there is no such pipe or file; mkfifo makes one";
  }
  const said = error instanceof Error ? error.message : String(error);
  return said.replace(/ \(os error \d+\).*/s, "");
}
