/**
 * `lookup addrinfo HOST SERVICE`: the table that programs get from
 * `getaddrinfo` (RFC 3493 section 6.1), one row for each way to connect.
 *
 * @module
 */

import { EXIT, ToolError, UsageError } from "../../lib/cli.ts";
import { quoted } from "../../lib/cli/values.ts";
import { formatHostPort, ipVersion } from "../../lib/net/address.ts";
import { servicesNamed } from "../../lib/services.ts";
import {
  codeOf,
  type Finding,
  type Scene,
  type SocketType,
  table,
} from "./finding.ts";
import { ofFamily } from "./host.ts";
import { readHostName } from "./host_name.ts";
import { ipText } from "./ip_text.ts";
import { serviceTables } from "./service.ts";
import { type Answer, askAll, type Source } from "./sources.ts";

/** Stands for no host: this machine, to connect to or to listen on. */
const NO_HOST = "*";

/** The kinds of sockets, in the order of the system, with their protocols. */
const SOCKETS: readonly (readonly [SocketType, protocol: string])[] = [
  ["stream", "tcp"],
  ["datagram", "udp"],
  ["raw", "ip"],
];

/** A port, for one kind of socket. */
interface Way {
  readonly type: SocketType;
  readonly protocol: string;
  readonly port: number;
}

/** The addresses of a host. */
interface Host {
  readonly addresses: readonly string[];
  readonly canonical: string;
  readonly code: number;
  /** Why there are none. */
  readonly why: string;
}

/**
 * Makes the table for a host and a service, each a name or a number. The host
 * `*` stands for none.
 *
 * @throws {UsageError} when they make no sense, {@linkcode ToolError} when one
 * of them is not known.
 */
export async function lookUpEnds(
  [hostText, serviceText]: readonly [string, string],
  scene: Scene,
): Promise<Finding> {
  const { ways, remarks } = await waysTo(serviceText, scene);
  const host = await hostOf(hostText, scene);
  if (host.addresses.length === 0) throw new ToolError(host.why, host.code);
  const infos = host.addresses.flatMap((address) =>
    ways.map((way) => ({
      family: address.includes(":") ? "inet6" : "inet",
      ...way,
      address,
    }))
  );
  const { canonical } = host;
  return {
    record: { query: `${hostText} ${serviceText}`, canonical, infos },
    lines: table(infos.map(({ family, type, protocol, address, port }) => [
      family,
      type,
      protocol,
      canonical,
      formatHostPort(address, port),
    ])),
    remarks,
    code: EXIT.done,
  };
}

/** The ports of a service, over every protocol that it has. */
async function waysTo(
  text: string,
  scene: Scene,
): Promise<{ ways: Way[]; remarks: string[] }> {
  const { type: wanted } = scene;
  const rows = SOCKETS.filter(([type]) => !wanted || type === wanted);
  if (/^\d+$/.test(text)) return { ways: numeric(text, rows), remarks: [] };
  if (scene.numeric) {
    throw new UsageError(`--numeric: ${quoted(text)} is no port number`);
  }
  for (const { source, entries, why } of await serviceTables(scene.machine)) {
    const ways = rows.flatMap(([type, protocol]) => {
      const [entry] = servicesNamed(text, protocol, entries);
      return entry === undefined ? [] : [{ type, protocol, port: entry.port }];
    });
    if (ways.length === 0) continue;
    const remarks = source === "system" ? [] : [
      `the port of ${text} is the built-in one: ${
        why ?? `it is not in ${scene.machine.pathOf("services")}`
      }`,
    ];
    return { ways, remarks };
  }
  const sockets = wanted === undefined ? "" : ` for ${wanted} sockets`;
  throw new ToolError(`no service is called ${quoted(text)}${sockets}`);
}

function numeric(text: string, rows: typeof SOCKETS): Way[] {
  const port = Number(text);
  if (port <= 65535) {
    return rows.map(([type, protocol]) => ({ type, protocol, port }));
  }
  throw new UsageError(`${quoted(text)} is no port from 0 to 65535`);
}

async function hostOf(text: string, scene: Scene): Promise<Host> {
  const known = knownAddresses(text, scene);
  if (known === undefined && scene.numeric) {
    throw new UsageError(`--numeric: ${quoted(text)} is no IP address`);
  }
  const answers = known === undefined
    ? await askFor((await readHostName(text)).ascii, scene)
    : [{ source: "system", status: "found", values: known, note: "" } as const];
  return hostFrom(text, answers.map((each) => ofFamily(each, scene.family)));
}

/** Addresses that need no look-up; `undefined` for a name. */
function knownAddresses(
  text: string,
  { passive }: Scene,
): readonly string[] | undefined {
  if (ipVersion(text) !== null) return [ipText(text)];
  if (text !== NO_HOST) return undefined;
  return passive ? ["0.0.0.0", "::"] : ["::1", "127.0.0.1"];
}

/**
 * What programs get, and the hosts file, which knows the canonical name. DNS is
 * asked when one of them leaves that open.
 */
async function askFor(
  name: string,
  { sources }: Scene,
): Promise<readonly Answer[]> {
  const ask = (of: readonly Source[]) =>
    askAll(of, (each) => each.forward(name));
  const near = await ask(sources.filter((each) => each.name !== "dns"));
  const [hosts, system] = near;
  const isKnown = system?.status === "none" ||
    (system?.status === "found" && hosts?.status === "found");
  if (isKnown) return near;
  return [...near, ...await ask(sources.filter((each) => each.name === "dns"))];
}

/**
 * The addresses of the system, as programs get them; where it cannot be asked,
 * those of the first source that has some.
 */
function hostFrom(text: string, answers: readonly Answer[]): Host {
  const system = answers.find(({ source }) => source === "system")!;
  const found = answers.filter(({ status }) => status === "found");
  const used = system.status === "failed" ? found[0] : system;
  const canonical = found.flatMap((each) => each.canonical ?? [])[0];
  return {
    addresses: used?.values ?? [],
    canonical: canonical ?? text,
    code: codeOf(answers.filter(({ status }) => status !== "found")),
    why: `${text}: ${system.note}`,
  };
}
