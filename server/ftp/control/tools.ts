/**
 * `ftpd who`, `stats`, `kick`, `unban` and `drain`: what the owner of a running
 * server asks it, and tells it.
 *
 * @module
 */

import {
  defineTool,
  EXIT,
  type OptionTable,
  runTool,
  stopSignals,
  type Tool,
  UsageError,
  writeOut,
} from "../../../lib/cli.ts";
import { pause } from "../../../lib/net/wait.ts";
import { visibleJson } from "../../../lib/visible.ts";
import { connectPrivate } from "../../warden/private_socket.ts";
import { type Control, controlOver } from "./ask.ts";
import type { ControlRequest, ServerStatus } from "./protocol.ts";
import { statsText } from "./stats_text.ts";
import { whoText } from "./who_text.ts";

/** Where the packaged service has its socket. */
const USUAL = "/run/ftpd/control";

const CONTROL = {
  control: {
    type: "text",
    default: USUAL,
    placeholder: "PATH",
    help: "the server's control socket",
  },
} as const satisfies OptionTable;

const WATCHING = {
  ...CONTROL,
  json: { type: "flag", help: "print JSON, an object a line" },
  every: {
    type: "seconds",
    default: 0,
    help: "ask again and again, 0 for once",
  },
} as const satisfies OptionTable;

const WHO = defineTool({
  name: "ftpd who",
  summary: "who is on a running ftpd, and what they do",
  usage: "ftpd who [options]",
  examples: [
    ["ftpd who", "the sessions of the packaged service"],
    ["ftpd who --control ./socket --every 1", "the same every second"],
  ],
  options: WATCHING,
});

const STATS = defineTool({
  name: "ftpd stats",
  summary: "what a running ftpd has counted",
  usage: "ftpd stats [options]",
  examples: [["ftpd stats --json", "everything, for a program"]],
  options: WATCHING,
});

const KICK = defineTool({
  name: "ftpd kick",
  summary: "end sessions of a running ftpd",
  usage: "ftpd kick [options] ID…",
  examples: [["ftpd kick 17", "end session 17, as who shows it"]],
  options: CONTROL,
  positionals: { min: 1, max: 100 },
});

const UNBAN = defineTool({
  name: "ftpd unban",
  summary: "let an address come again that a running ftpd has banned",
  usage: "ftpd unban [options] ADDRESS…",
  examples: [["ftpd unban 192.0.2.7", "as stats shows it"]],
  options: CONTROL,
  positionals: { min: 1, max: 100 },
});

const DRAIN = defineTool({
  name: "ftpd drain",
  summary: "let a running ftpd end with its last session",
  usage: "ftpd drain [options]",
  examples: [["ftpd drain", "no new sessions; those that are on go on"]],
  options: CONTROL,
});

/** What these tools say about themselves. */
export const CONTROL_TOOLS: readonly Tool[] = [
  WHO,
  STATS,
  KICK,
  UNBAN,
  DRAIN,
];

/** `ftpd who`; returns the exit code. */
export function who(args: readonly string[]): Promise<number> {
  return runTool(
    WHO,
    args,
    ({ options }) =>
      watch(
        { ...options, request: { do: "who" } },
        (status) =>
          options.json
            ? json({ now: status.now, sessions: status.survey.sessions })
            : whoText(status),
      ),
  );
}

/** `ftpd stats`; returns the exit code. */
export function stats(args: readonly string[]): Promise<number> {
  return runTool(
    STATS,
    args,
    ({ options }) =>
      watch(
        { ...options, request: { do: "stats" } },
        (status) => options.json ? json(status) : statsText(status),
      ),
  );
}

/** `ftpd kick`; returns the exit code. */
export function kick(args: readonly string[]): Promise<number> {
  return runTool(KICK, args, ({ options, positionals }) => {
    const requests = positionals.map((text): ControlRequest => {
      if (/^[1-9]\d{0,14}$/.test(text)) {
        return { do: "kick", session: Number(text) };
      }
      throw new UsageError(`${text} is no session's number: see ftpd who`);
    });
    return withControl(options.control, async (control) => {
      for (const request of requests) await control.ask(request);
    });
  });
}

/** `ftpd unban`; returns the exit code. */
export function unban(args: readonly string[]): Promise<number> {
  return runTool(
    UNBAN,
    args,
    ({ options, positionals }) =>
      withControl(options.control, async (control) => {
        for (const address of positionals) {
          await control.ask({ do: "unban", address });
        }
      }),
  );
}

/** `ftpd drain`; returns the exit code. */
export function drain(args: readonly string[]): Promise<number> {
  return runTool(
    DRAIN,
    args,
    ({ options }) =>
      withControl(options.control, async (control) => {
        await control.ask({ do: "drain" });
      }),
  );
}

/** What is asked, where and how often. */
interface Watch {
  readonly control: string;
  readonly every: number;
  readonly request: ControlRequest;
}

function watch(
  { control: path, every, request }: Watch,
  textOf: (status: ServerStatus) => string,
): Promise<number> {
  return withControl(path, async (control) => {
    using stop = stopSignals();
    do {
      const { status } = await control.ask(request);
      writeOut(textOf(status!));
      if (every > 0) await pause(every, { signal: stop.signal });
    } while (every > 0 && !stop.signal.aborted);
  });
}

async function withControl(
  path: string,
  act: (control: Control) => Promise<void>,
): Promise<number> {
  using conn = await connectPrivate(path);
  await act(controlOver(conn));
  return EXIT.done;
}

function json(value: unknown): string {
  return `${visibleJson(JSON.stringify(value))}\n`;
}
