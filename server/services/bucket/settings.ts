/**
 * What a command line of `bucket` means.
 *
 * @module
 */

import { type OptionValues, UsageError } from "../../../lib/cli.ts";
import { parseSize } from "../../../lib/cli/size.ts";
import { quoted } from "../../../lib/cli/values.ts";
import type { HostPort } from "../../../lib/host_port.ts";
import { formatHostPort } from "../../../lib/net/address.ts";
import { type Cidr, parseCidr } from "../../../lib/net/cidr.ts";
import { isTag, SINK_PORT, TAG_RULE } from "../../../lib/spew/label.ts";
import { type Address, readAddresses } from "../../service/address.ts";
import type { PathGrant, Plan } from "../../service/program.ts";
import type { FilterRules } from "./filter.ts";
import type { BodyStyle, FormatOptions, TimeStyle } from "./format.ts";
import { isAt } from "./forward.ts";
import type { BUCKET_OPTIONS } from "./options.ts";
import { boundFor } from "./outlet.ts";

/** The values of the options. */
export type BucketValues = OptionValues<typeof BUCKET_OPTIONS>;

/** What `bucket` shall do. Times are in milliseconds. */
export interface BucketSettings {
  /** Where it listens. */
  readonly listen: readonly Address[];
  /** How records are written. */
  readonly format: FormatOptions;
  /** Which records pass. */
  readonly rules: FilterRules;
  /** Where they are passed on to. */
  readonly forward: readonly HostPort[];
  /** The log file and its older ones, the youngest first; may be none. */
  readonly files: readonly string[];
  /** Bytes after which the log file is put aside. */
  readonly rotateSize: number;
  /** Records after which it ends. */
  readonly count: number;
  /** Time after which it ends. */
  readonly duration: number;
}

/**
 * What the options mean; `given` are those that stood on the command line.
 *
 * @throws {UsageError} when one can't be read, or two contradict each other.
 *
 * @example
 * ```ts
 * import { parseOptions } from "../../../lib/cli.ts";
 * import { BUCKET_OPTIONS } from "./options.ts";
 * import { readSettings } from "./settings.ts";
 * const tool = { name: "bucket", summary: "", usage: "", examples: [] };
 * const { options, given } = parseOptions(
 *   { ...tool, options: BUCKET_OPTIONS },
 *   ["--json"],
 * );
 * console.assert(readSettings(options, given).format.body === "json");
 * ```
 */
export function readSettings(
  options: BucketValues,
  given: ReadonlySet<string>,
): BucketSettings {
  const listen = addresses("listen", options.listen);
  const forward = addresses("forward", options.forward);
  checkTargets(forward, listen);
  return {
    listen,
    forward,
    format: {
      time: (oneOf(given, ["relative", "delta"]) ?? "iso") as TimeStyle,
      body: (oneOf(given, ["hex", "json", "raw"]) ?? "text") as BodyStyle,
    },
    rules: {
      from: blocks(options.from),
      match: options.match,
      except: options.except,
      ignoreCase: options["ignore-case"],
      level: options.level,
      tags: tags(options.tag),
    },
    ...files(options, given),
    count: options.count || Infinity,
    duration: options.duration || Infinity,
  };
}

/**
 * Where these settings serve, and what they need.
 *
 * @example
 * ```ts
 * import { planOf } from "./settings.ts";
 * const plan = planOf({
 *   listen: [{ transport: "udp", hostname: "127.0.0.1", port: 7739 }],
 *   format: {},
 *   rules: {},
 *   forward: [],
 *   files: ["debug.log"],
 *   rotateSize: Infinity,
 *   count: Infinity,
 *   duration: Infinity,
 * });
 * console.assert(plan.about === "writing debug.log");
 * ```
 */
export function planOf(settings: BucketSettings): Plan {
  const { listen, files, forward, format: { body } } = settings;
  const grants = files.map((path): PathGrant => ({
    path,
    kind: "file",
    write: true,
  }));
  return {
    endpoints: listen.map((at) => ({ at, service: "bucket", silent: true })),
    paths: grants,
    connects: forward.flatMap((target) => [
      target,
      ...boundFor(target.hostname).map((hostname) => ({ hostname, port: 0 })),
    ]),
    ...body === "json" ? { output: "json" } : {},
    ...body === "raw" ? { output: "bytes" } : {},
    ...aboutOf(settings),
  };
}

function aboutOf({ files, forward }: BucketSettings): Pick<Plan, "about"> {
  const targets = forward.map(({ hostname, port }) =>
    formatHostPort(hostname, port)
  );
  const doing = [
    ...files.slice(0, 1).map((path) => `writing ${path}`),
    ...targets.length > 0 ? [`forwarding to ${targets.join(" and ")}`] : [],
  ];
  return doing.length > 0 ? { about: doing.join(", ") } : {};
}

type UdpAddress = Address & { readonly transport: "udp" } & HostPort;

function addresses(
  option: "listen" | "forward",
  texts: readonly string[],
): UdpAddress[] {
  const values = option === "listen" && texts.length === 0
    ? ["127.0.0.1"]
    : texts;
  return readAddresses(values, {
    option,
    transport: "udp",
    defaultPort: SINK_PORT,
  }) as UdpAddress[];
}

function checkTargets(
  targets: readonly UdpAddress[],
  listen: readonly UdpAddress[],
): void {
  for (const target of targets) {
    const text = formatHostPort(target.hostname, target.port);
    if (target.port === 0 || /^(0\.0\.0\.0|::)$/.test(target.hostname)) {
      throw new UsageError(`--forward ${text}: it needs a host and a port`);
    }
    if (listen.some((at) => isAt(target, at))) {
      throw new UsageError(`--forward ${text}: that is where bucket listens`);
    }
  }
}

/** The one of `names` that was given, if any. */
function oneOf<N extends string>(
  given: ReadonlySet<string>,
  names: readonly N[],
): N | undefined {
  const [first, second] = names.filter((name) => given.has(name));
  if (second === undefined) return first;
  throw new UsageError(`--${first} and --${second}: choose one`);
}

function blocks(texts: readonly string[]): Cidr[] {
  return texts.map((text) => {
    try {
      return parseCidr(text);
    } catch (error) {
      throw new UsageError(`--from: ${(error as Error).message}`);
    }
  });
}

function tags(names: readonly string[]): readonly string[] {
  const bad = names.find((name) => !isTag(name));
  if (bad === undefined) return names;
  throw new UsageError(`--tag: expected ${TAG_RULE}, got ${quoted(bad)}`);
}

function files(
  { file, "rotate-size": size, "rotate-count": count }: BucketValues,
  given: ReadonlySet<string>,
): Pick<BucketSettings, "files" | "rotateSize"> {
  const rotateSize = size === "off" ? Infinity : parseSize(size);
  if (rotateSize === null) {
    throw new UsageError(
      `--rotate-size: expected bytes such as 500K or 10M, or off, got ${
        quoted(size)
      }`,
    );
  }
  if (file === undefined) {
    const idle = ["rotate-size", "rotate-count"].find((name) =>
      given.has(name)
    );
    if (idle !== undefined) throw new UsageError(`--${idle} needs --file PATH`);
    return { files: [], rotateSize };
  }
  const kept = rotateSize === Infinity ? 0 : count;
  const older = Array.from({ length: kept }, (_, at) => `${file}.${at + 1}`);
  return { files: [file, ...older], rotateSize };
}
