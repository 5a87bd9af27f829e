/**
 * Verbs that show what is in files of the server.
 *
 * @module
 */

import type { Bytes, Sink } from "../../../../lib/bytes.ts";
import type { DownloadOptions } from "../../download.ts";
import { onEach, onPath } from "../on_server.ts";
import { createPager, QUIT } from "../pager.ts";
import type { Shell } from "../shell.ts";
import { ANY_NUMBER, type Call, defineVerb, type Verb } from "../verb.ts";

const cat = defineVerb({
  names: ["cat"],
  group: "Folders",
  summary: "print files of the server as they are",
  usage: "FILE...",
  examples: [["cat notes.txt", "on the screen"], [
    "cat a.iso > b.iso",
    "into a local file",
  ]],
  positionals: { min: 1, max: ANY_NUMBER },
  completes: ["remote"],
  urls: "all",
  oneShotUsage: "URL...",
  run: async (shell, call) => {
    const { args, signal } = call;
    const sink = shared(shell.output.bytes);
    const copy = (path: string) => copied(shell, path, sink, call);
    // Between bytes, a record would be lost.
    await onEach(shell, args, signal, copy, { records: false });
  },
});

const GONE = new Error("nobody reads any more");

/** Several files go into it one after the other: none closes it. */
function shared(sink: Sink): Sink {
  return {
    write: async (bytes) => {
      try {
        return await sink.write(bytes);
      } catch (error) {
        const isGone = error instanceof Error && error.name === "BrokenPipe";
        throw isGone ? GONE : error;
      }
    },
    close: () => {},
    abort: () => {},
  };
}

const more = defineVerb({
  names: ["more", "page", "less"],
  group: "Folders",
  summary: "print files of the server, a screenful at a time",
  usage: "FILE...",
  positionals: { min: 1, max: ANY_NUMBER },
  completes: ["remote"],
  run: async (shell, call) => {
    const { args, signal } = call;
    await onEach(shell, args, signal, (path) => page(shell, path, call));
  },
});

async function page(
  shell: Shell,
  path: string,
  call: Call,
): Promise<void> {
  const { output, terminal, state } = shell;
  const pager = createPager({
    line(text) {
      output.line(text);
      output.record({ line: text });
    },
    terminal: !output.json && terminal?.interactive ? terminal : null,
    charset: state.settings.charset,
    signal: call.signal,
  });
  const sink = {
    write: (bytes: Bytes) => pager.write(bytes),
    close: () => pager.end(),
    abort: () => {},
  };
  await copied(shell, path, sink, call);
}

/** Copies a file to a sink, until nobody wants more of it. */
async function copied(
  shell: Shell,
  path: string,
  sink: Sink,
  call: Call,
): Promise<void> {
  const options = downloadOptions(shell, call);
  try {
    await onPath(shell, path, async (client, signal) => {
      await client.download(path, sink, { ...options, signal });
    }, call.signal);
  } catch (error) {
    if (error !== QUIT && error !== GONE) throw error;
  }
}

function downloadOptions(
  { state }: Shell,
  { isOneShot }: Call,
): DownloadOptions {
  const { settings, rateLimit, site } = state;
  const isText = settings.type === "ascii" ||
    (isOneShot && site?.url.type === "a");
  return {
    type: isText ? "ascii" : "binary",
    ...(rateLimit === null ? {} : { rateLimit }),
  };
}

/** Verbs that show files. */
export const SHOW_VERBS: readonly Verb[] = [cat, more];
