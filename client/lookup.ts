/**
 * `lookup`: names, addresses and services, from every source that knows some.
 *
 * @module
 */

import {
  defineTool,
  errorLine,
  exitCodeOf,
  type OptionValues,
  type Parsed,
  runTool,
  type Tool,
  UsageError,
} from "../lib/cli.ts";
import type { HostPort } from "../lib/host_port.ts";
import { ipVersion } from "../lib/net/address.ts";
import type { Finding, Scene } from "./lookup/finding.ts";
import { inOrder, readQueries } from "./lookup/queries.ts";
import { createReport } from "./lookup/report.ts";
import { createSources } from "./lookup/sources.ts";
import { systemMachine } from "./lookup/system_machine.ts";
import {
  type LookupVerb,
  queriesOf,
  verbNamed,
  VERBS,
} from "./lookup/verbs.ts";
import { CLIENT_OPTIONS } from "./service/options.ts";
import { readTarget } from "./service/target.ts";

const DNS_PORT = 53;

const OPTIONS = {
  server: {
    type: "texts",
    placeholder: "ADDRESS[:PORT]",
    help: "ask this DNS server; those of the system otherwise",
    group: "host, reverse, addrinfo",
  },
  family: {
    type: "choice",
    choices: ["4", "6"],
    help: "only IPv4 or IPv6 addresses",
    group: "host, addrinfo",
  },
  type: {
    type: "choice",
    choices: ["stream", "datagram", "raw"],
    help: "only this type of socket",
    group: "addrinfo",
  },
  passive: {
    type: "flag",
    help: "addresses to listen on, when HOST is *",
    group: "addrinfo",
  },
  numeric: {
    type: "flag",
    help: "HOST and SERVICE are numbers: nothing is looked up",
    group: "addrinfo",
  },
  timeout: { ...CLIENT_OPTIONS.timeout, group: "Options" },
  json: {
    type: "flag",
    help: "print a JSON object a line, one for each question",
  },
} as const;

const TOOL: Tool<typeof OPTIONS> = defineTool({
  name: "lookup",
  summary: "what names, addresses and services mean here, and who says so",
  usage: "lookup [options] VERB [WORD...]",
  examples: [
    ["lookup service sink 80 53/udp 'imap*'", "ports of names, names of ports"],
    ["lookup host localhost example.org", "hosts file, system and DNS"],
    ["lookup reverse 127.0.0.1", "names of an address; do they lead back?"],
    ["lookup addrinfo localhost http", "what programs get to connect to"],
    ["lookup self", "this machine's names, addresses and resolvers"],
    ["lookup --json host - < names.txt", "a name a line, an object a line"],
  ],
  options: OPTIONS,
  positionals: { min: 1, max: Infinity },
});

/** What the tool says about itself. */
export const LOOKUP: Tool = TOOL;

/** Runs the tool and returns its exit code. */
export function main(args: readonly string[]): Promise<number> {
  return runTool(TOOL, args, run);
}

async function run(
  { options, positionals, given }: Parsed<typeof OPTIONS>,
): Promise<number> {
  const [name = "", ...words] = positionals;
  const verb = verbNamed(name);
  checkOptions(name, verb, given);
  const scene = sceneOf(options);
  const answer = (query: string) => answerOf(verb, query, scene);
  const report = createReport({ json: options.json });
  const queries = queriesOf(verb, words);
  const asked = queries === null ? readQueries(Deno.stdin) : each(queries);
  await inOrder(asked, answer, report.tell);
  return report.code();
}

async function* each(queries: readonly string[]): AsyncGenerator<string> {
  yield* queries;
}

/** Options that only other verbs have are a mistake. */
function checkOptions(
  name: string,
  verb: LookupVerb,
  given: ReadonlySet<string>,
): void {
  const others = Object.values(VERBS).flatMap(({ options }) => options);
  const wrong = others.find((option) =>
    given.has(option) && !verb.options.includes(option)
  );
  if (wrong === undefined) return;
  throw new UsageError(`lookup ${name} has no option --${wrong}`);
}

function sceneOf(options: OptionValues<typeof OPTIONS>): Scene {
  const { timeout, family, type, passive, numeric } = options;
  const machine = systemMachine();
  const servers = options.server.map(readServer);
  return {
    machine,
    sources: createSources(machine, { servers, timeout }),
    family: family === undefined ? undefined : family === "4" ? 4 : 6,
    type,
    passive,
    numeric,
  };
}

function readServer(text: string): HostPort {
  const target = readTarget(text, { udp: true, tcp: false }, DNS_PORT);
  if (target.transport !== "unix" && ipVersion(target.hostname) !== null) {
    return { hostname: target.hostname, port: target.port };
  }
  throw new UsageError(`--server: expected an IP address, got ${text}`);
}

/** What was found, or the one line of why that could not even be tried. */
async function answerOf(
  verb: LookupVerb,
  query: string,
  scene: Scene,
): Promise<Finding> {
  try {
    return await verb.run(query, scene);
  } catch (error) {
    const line = errorLine(error);
    const record = { query, error: line };
    return { record, lines: [], remarks: [line], code: exitCodeOf(error) };
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args));
