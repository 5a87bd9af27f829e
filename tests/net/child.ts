/**
 * Runs `echo_child.ts` for a test.
 *
 * @module
 */
import { fail } from "@std/assert";
import { soon } from "./loopback.ts";

const SCRIPT = new URL("./echo_child.ts", import.meta.url).pathname;

/** A running child: its lines, one by one, and how to end it. */
export interface Child extends AsyncDisposable {
  /** Waits for the next line that begins with `word`, and returns the rest. */
  expect(word: string): Promise<string>;
}

/**
 * Starts the echo server with `flags` for the runtime and `args` for itself,
 * after the shell has run `setup`.
 */
export function startChild(
  options: { flags: string[]; args: string[]; setup?: string },
): Child {
  const { flags, args, setup = ":" } = options;
  const child = new Deno.Command("sh", {
    args: [
      "-c",
      `${setup}; exec "$0" "$@"`,
      Deno.execPath(),
      ...[
        "run",
        "--quiet",
        "--no-config",
        "--no-prompt",
        ...flags,
        SCRIPT,
        ...args,
      ],
    ],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const lines = readLines(child.stdout);
  return {
    expect: (word) =>
      soon(nextLine(lines, word), `the child's line "${word} …"`),
    async [Symbol.asyncDispose]() {
      await child.stdin.close();
      await lines.return();
      await soon(child.status, "the end of the child");
    },
  };
}

async function nextLine(
  lines: AsyncGenerator<string, void, void>,
  word: string,
): Promise<string> {
  for (let line; !(line = await lines.next()).done;) {
    if (line.value.startsWith(`${word} `)) {
      return line.value.slice(word.length + 1);
    }
  }
  fail(`the child ended without a line "${word} …"`);
}

async function* readLines(
  stream: ReadableStream<BufferSource>,
): AsyncGenerator<string, void, void> {
  let text = "";
  for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const lines = text.split("\n");
    text = lines.pop() ?? "";
    yield* lines;
  }
}
