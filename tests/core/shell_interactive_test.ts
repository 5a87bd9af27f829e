import { assert, assertEquals, assertRejects } from "@std/assert";
import { runInteractive } from "../../client/ftp/shell/interactive.ts";
import { shellPrompt } from "../../client/ftp/shell/shell_prompt.ts";
import { shellSignals } from "../../client/ftp/shell/signals.ts";
import { HOME, type ShellStage, withShell } from "./shell_harness.ts";
import { type Fake, fakeTerminal } from "./terminal_harness.ts";

const HISTORY = `${HOME}/.local/state/wharf/ftp_history`;
const START = `${HOME}/.config/wharf/ftprc`;

/** What a test of an interactive shell has. */
interface Sitting extends ShellStage {
  /** The terminal. */
  readonly fake: Fake;
  /** Reports a signal of the system. */
  signal(name: Deno.Signal): void;
  /** Types a line and waits until everything waits again. */
  type(line: string): Promise<void>;
  /** Ends when the shell has ended. */
  readonly ended: Promise<void>;
}

/** Signals that a test reports. */
function fakeSignals() {
  const listeners = new Map<string, () => void>();
  return {
    addSignalListener: (name: Deno.Signal, listener: () => void) =>
      void listeners.set(name, listener),
    removeSignalListener: (name: Deno.Signal) => void listeners.delete(name),
    report: (name: Deno.Signal) => listeners.get(name)?.(),
    listeners,
  };
}

interface SitOptions {
  readonly remote?: Record<string, string>;
  readonly texts?: Record<string, string>;
  readonly begin?: (signal: AbortSignal) => Promise<void>;
}

/** Runs an interactive shell; `action` must end it. */
async function sit(
  { remote = {}, texts = {}, begin }: SitOptions,
  action: (sitting: Sitting) => Promise<void>,
): Promise<void> {
  const fake = fakeTerminal({ columns: 80 });
  const source = fakeSignals();
  const { terminal } = fake;
  await withShell({ remote, terminal, env: { HOME } }, async (stage) => {
    for (const [path, text] of Object.entries(texts)) {
      stage.machine.texts.set(path, text);
    }
    using signals = shellSignals(source);
    const ended = runInteractive(stage.shell, terminal, signals, begin);
    ended.catch(() => {}); // Whoever expects it awaits it.
    await fake.clock.advance(0);
    const sitting = {
      ...stage,
      fake,
      ended,
      signal: source.report,
      type: (line: string) => fake.type(`${line}\r`),
    };
    await action(sitting);
    await ended.catch(() => {});
    assertEquals(fake.raw, false, "the terminal is left raw");
  });
  assertEquals(source.listeners.size, 0, "signals are still listened to");
}

Deno.test("runInteractive() runs what is typed until exit", async () => {
  await sit({}, async ({ type, ended, said }) => {
    await type("echo a");
    await type("   ");
    await type("echo b; exit");
    await ended;
    assertEquals(said, { out: "a\nb\n", err: "" });
  });
});

Deno.test("runInteractive() ends at Ctrl-D, and at the end of the input", async () => {
  for (const end of ["\x04", null]) {
    await sit({}, async ({ fake, ended, said }) => {
      fake.send(end);
      await ended;
      assertEquals(said.err, "");
    });
  }
});

Deno.test("runInteractive() tells a failure in one line and goes on", async () => {
  await sit({}, async ({ type, ended, said }) => {
    await type("nonsense");
    await type("set mode maybe; echo never");
    await type("echo on");
    await type("bye");
    await ended;
    assertEquals(said.out, "on\n");
    assertEquals(said.err.split("\n").length, 3);
    assert(said.err.startsWith('ftp: there is no command "nonsense"'));
  });
});

Deno.test("runInteractive() shows where one is", async () => {
  await sit({ remote: { "/pub/x": "" } }, async (sitting) => {
    const { fake, shell, type, ended } = sitting;
    const { hostname } = shell.state.site!.url;
    assert(fake.written.includes(`ftp ${hostname}:~> `), fake.written);
    await shell.state.site!.pool.changeDirectory("/pub");
    await type("");
    assert(fake.written.includes(`ftp ${hostname}:/pub> `), fake.written);
    await type("bye");
    await ended;
  });
});

Deno.test("runInteractive() joins a line that ends with a backslash", async () => {
  await sit({}, async ({ type, ended, said, machine, fake }) => {
    await type("user bob \\");
    assert(fake.written.includes("> "));
    await type("hush");
    await type("echo a \\");
    await type("b");
    await type("bye");
    await ended;
    assert(said.out.startsWith("a b\n"), said.out);
    assertEquals(machine.texts.get(HISTORY), "echo a b\nbye\n");
  });
});

Deno.test("runInteractive() keeps lines, but for passwords and leading spaces", async () => {
  await sit({}, async ({ type, ended, machine, shell, fake }) => {
    for (const line of ["echo a", " echo b", "alias u user", "u bob hush"]) {
      await type(line);
    }
    await fake.type("\x1b[A\x1b[A\r"); // Up, up: echo a again.
    await type("bye");
    await ended;
    const lines = ["echo a", "alias u user", "echo a", "bye"];
    assertEquals(machine.texts.get(HISTORY), `${lines.join("\n")}\n`);
    assertEquals(shell.state.typed(), lines);
  });
});

Deno.test("runInteractive() cancels the command at Ctrl-C and stays connected", async () => {
  await sit({ remote: { "/a": "" } }, async (sitting) => {
    const { type, signal, said, shell, ended, fake } = sitting;
    await type("sleep 1h");
    signal("SIGINT");
    await fake.clock.advance(0);
    assertEquals(said.err, "ftp: cancelled\n");
    signal("SIGINT"); // Nothing runs.
    const { pool } = shell.state.site!;
    assertEquals(await pool.run((client) => client.size("/a")), 0);
    await type("bye");
    await ended;
  });
});

Deno.test("runInteractive() ends the connection at a second Ctrl-C", async () => {
  await sit({}, async ({ type, signal, machine, shell, ended, fake }) => {
    const stubborn = Promise.withResolvers<number>();
    machine.run = () => stubborn.promise;
    await type("!stubborn");
    signal("SIGINT");
    assert(shell.state.site !== null);
    signal("SIGINT");
    assertEquals(shell.state.site, null);
    stubborn.resolve(0);
    await fake.clock.advance(0);
    await type("bye");
    await ended;
  });
});

Deno.test("runInteractive() ends at SIGTERM, at the prompt and in a command", async () => {
  for (const line of [null, "sleep 1h"]) {
    await sit({}, async ({ type, signal, ended }) => {
      if (line !== null) await type(line);
      signal("SIGTERM");
      const error = await assertRejects(() => ended, DOMException);
      assertEquals(error.message, "Stopped by SIGTERM");
    });
  }
});

Deno.test("runInteractive() tells what ended in the background before it asks", async () => {
  await sit({}, async ({ type, ended, said, clock }) => {
    await type("sleep 1 &");
    await clock.advance(1000);
    assertEquals(said.err, "[1] sleep 1\n");
    await type("");
    assertEquals(said.err, "[1] sleep 1\n[1] done: sleep 1\n");
    await type("bye");
    await ended;
  });
});

Deno.test("runInteractive() begins with the start file and what it is told", async () => {
  const begun: boolean[] = [];
  const begin = (signal: AbortSignal) => {
    begun.push(signal.aborted);
    return Promise.reject(new Error("no such host"));
  };
  const texts = {
    [START]: "# mine\nalias hi echo a\nset x 1\nset mode active\n",
  };
  await sit({ texts, begin }, async ({ type, ended, said, shell }) => {
    await type("hi");
    await type("bye");
    await ended;
    assertEquals(begun, [false]);
    assertEquals(shell.state.settings.mode, "active");
    assertEquals(said.out, "a\n");
    assertEquals(
      said.err,
      `ftp: ${START}:3: there is no setting "x" (set lists them)\n` +
        "ftp: no such host\n",
    );
  });
});

Deno.test("runInteractive() completes with Tab", async () => {
  await sit({}, async ({ fake, ended, said }) => {
    await fake.type("ech\t");
    await fake.type("done\r");
    await fake.type("by\t\r");
    await ended;
    assertEquals(said.out, "done\n");
  });
});

Deno.test("shellPrompt() makes the folder visible and keeps its end", async () => {
  await withShell({}, async ({ shell }) => {
    const { url, pool, tls } = shell.state.site!;
    const at = (folder: string | null, user: string | null) => {
      const fake = Object.create(pool, { folder: { value: folder } });
      const at = { ...url, hostname: "h", user };
      return shellPrompt({ url: at, pool: fake, tls });
    };
    await Promise.resolve();
    assertEquals(at(null, null), "ftp h:~> ");
    assertEquals(at("/a\x1b", "bob"), "ftp bob@h:/a\\x1b> ");
    const long = `/${"a".repeat(50)}/${"b".repeat(38)}`;
    assertEquals(at(long, "bob"), `ftp bob@h:…/${"b".repeat(38)}> `);
  });
  assertEquals(shellPrompt(null), "ftp> ");
});
