/**
 * A small shell on lib/terminal, for tests with a real terminal.
 *
 * @module
 */

import { stopSignals } from "../../lib/cli/signals.ts";
import {
  askSecret,
  createHistory,
  createLineEditor,
  createProgressBoard,
  openTerminal,
  type Terminal,
} from "../../lib/terminal/mod.ts";

const FILES = ["file-one", "file-two", "folder/"];

async function main(): Promise<number> {
  const terminal = openTerminal({ term: Deno.env.get("TERM") });
  const editor = createLineEditor(terminal, {
    history: createHistory(),
    complete(line, cursor) {
      const from = line.lastIndexOf(" ", cursor - 1) + 1;
      const typed = line.slice(from, cursor);
      const values = FILES.filter((name) => name.startsWith(typed));
      return { from, candidates: values.map((value) => ({ value })) };
    },
  });
  terminal.write(`pid ${Deno.pid}\n`);
  const stop = new AbortController();
  Deno.addSignalListener("SIGTERM", () => stop.abort(new Error("SIGTERM")));
  for (;;) {
    const line = await editor.read("demo> ", { signal: stop.signal });
    if (line === null || line === "quit") return 0;
    if (line !== "") await run(terminal, line);
  }
}

async function run(terminal: Terminal, line: string): Promise<void> {
  const commands: Record<string, () => Promise<void>> = {
    secret: async () => {
      const secret = await askSecret(terminal, "Password: ");
      terminal.write(`${secret?.length} characters\n`);
    },
    wait: async () => {
      terminal.write("waiting\n");
      terminal.write(`ended by ${await signalled()}\n`);
    },
    load: () => load(terminal),
    fail: () => terminal.raw(() => Promise.reject(new Error("failed"))),
  };
  const command = commands[line];
  if (command) await command();
  else terminal.write(`line: ${line}\n`);
}

/** Waits for Ctrl-C, or for a test. */
async function signalled(): Promise<string> {
  const tested = Promise.withResolvers<string>();
  const test = () => tested.resolve("SIGUSR1");
  Deno.addSignalListener("SIGUSR1", test);
  using stop = stopSignals();
  stop.signal.addEventListener("abort", () => tested.resolve("Ctrl-C"));
  try {
    return await tested.promise;
  } finally {
    Deno.removeSignalListener("SIGUSR1", test);
  }
}

async function load(terminal: Terminal): Promise<void> {
  using board = createProgressBoard(terminal);
  const bars = ["one", "two", "three"]
    .map((name) => board.start({ name: `${name}.tar`, size: 1000 }));
  board.note("loading");
  terminal.write(await signalled() === "SIGUSR1" ? "" : "?");
  for (const bar of bars) {
    bar.update(1000);
    bar.done("complete");
  }
}

if (import.meta.main) Deno.exit(await main());
