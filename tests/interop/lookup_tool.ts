/**
 * Runs `lookup`, and Python beside it.
 *
 * @module
 */

import { dnsReply } from "../core/lookup_dns_zone.ts";
import { startDns } from "../services/lookup_dns_server.ts";
import { isInstalled, runWell } from "./program.ts";
import { runTool } from "./service_tool.ts";

/** The least that `lookup` needs for everything it can do. */
export const LOOKUP_FLAGS: readonly string[] = [
  "--allow-net",
  "--allow-read=/etc/hosts,/etc/services,/etc/resolv.conf,/etc/nsswitch.conf",
  "--allow-sys=hostname,networkInterfaces",
];

/** An object that `lookup --json` printed. */
// deno-lint-ignore no-explicit-any -- It may hold anything; tests say what.
export type Told = any;

/** Options for {@linkcode lookUp}. */
export interface LookUpOptions {
  /** The exit code that it has to end with. @default {0} */
  code?: number;
  /** What it reads. @default nothing */
  stdin?: string;
  /** Its permissions, for sources only. @default {LOOKUP_FLAGS} */
  flags?: readonly string[];
}

/**
 * Runs `lookup --json`: the objects that it printed, one a line. Its DNS server
 * knows no name, so that no question leaves this machine.
 */
export async function lookUp(
  [verb = "", ...args]: readonly string[],
  { flags = LOOKUP_FLAGS, ...options }: LookUpOptions = {},
): Promise<Told[]> {
  await using dns = await startDns((question) =>
    dnsReply(question, { code: 3 })
  );
  const server = ["host", "reverse", "addrinfo"].includes(verb)
    ? [`--server=${dns.text}`]
    : [];
  const words = ["--json", verb, ...server, ...args];
  const { stdout } = await runTool("lookup", words, { flags, ...options });
  return stdout.split("\n").slice(0, -1).map((line) => JSON.parse(line));
}

/**
 * What a Python expression is, with the module `socket` and with `words`, read
 * from JSON.
 */
export async function python(
  expression: string,
  words: unknown = [],
): Promise<Told> {
  const script = `import json, socket, sys
def attempt(ask, *words):
    try:
        return ask(*words)
    except OSError:
        return None
words = json.load(sys.stdin)
print(json.dumps(${expression}))
`;
  const stdin = JSON.stringify(words);
  const printed = await runWell(["python3", "-c", script], { cwd: "/", stdin });
  return JSON.parse(printed);
}

/** A test with a program of the system; without it, loudly none. */
export function systemTest(
  program: string,
  name: string,
  fn: () => Promise<void>,
): void {
  const missing = !isInstalled(program);
  Deno.test({
    name: missing ? `${name} (skipped: ${program} is not installed)` : name,
    ignore: missing,
    fn,
  });
}
