/**
 * The files that tell how names are looked up: `resolv.conf` (which DNS
 * servers) and `nsswitch.conf` (what comes before DNS).
 *
 * @module
 */

import { ipVersion } from "../../lib/net/address.ts";

/** What `resolv.conf` says. */
export interface ResolverFile {
  /** Addresses of servers, three at most, as the system takes no more. */
  readonly servers: readonly string[];
  /** What is tried behind a short name; six at most. */
  readonly search: readonly string[];
  /** A name with fewer dots is short. */
  readonly dots: number;
}

const MOST_SERVERS = 3;
const MOST_DOMAINS = 6;
const MOST_DOTS = 15;

/**
 * Reads a `resolv.conf`. The last `search` or `domain` counts.
 *
 * @example
 * ```ts
 * import { parseResolverFile } from "./resolver_file.ts";
 * const file = parseResolverFile("nameserver 192.0.2.53\nsearch a.test\n");
 * console.assert(file.servers.join() === "192.0.2.53" && file.dots === 1);
 * ```
 */
export function parseResolverFile(text: string): ResolverFile {
  const lines = text.split("\n").map((line) => line.trim().split(/\s+/));
  const of = (...words: string[]) =>
    lines.filter(([word = ""]) => words.includes(word))
      .map(([, ...values]) => values);
  const servers = of("nameserver").flatMap(([first = ""]) =>
    ipVersion(first) === null ? [] : [first]
  );
  const domains = of("search", "domain").at(-1) ?? [];
  return {
    servers: servers.slice(0, MOST_SERVERS),
    search: domains.slice(0, MOST_DOMAINS),
    dots: dotsOf(of("options").flat()),
  };
}

function dotsOf(options: readonly string[]): number {
  const texts = options.flatMap((each) =>
    /^ndots:(\d+)$/.exec(each)?.[1] ?? []
  );
  return Math.min(Number(texts.at(-1) ?? 1), MOST_DOTS);
}

/**
 * The names that the system would ask DNS about, in turn, for `name`: a short
 * one is tried behind every domain first, one with a dot at its end only as it
 * is.
 *
 * @example
 * ```ts
 * import { searchNames } from "./resolver_file.ts";
 * const file = { servers: [], search: ["a.test"], dots: 1 };
 * console.assert(searchNames("www", file).join() === "www.a.test,www");
 * console.assert(searchNames("www.b", file).join() === "www.b,www.b.a.test");
 * ```
 */
export function searchNames(name: string, file: ResolverFile): string[] {
  if (name.endsWith(".")) return [name];
  const behind = file.search
    .map((domain) => domain.replace(/\.$/, ""))
    .filter((domain) => domain !== "")
    .map((domain) => `${name}.${domain}`);
  const dots = name.split(".").length - 1;
  return dots >= file.dots ? [name, ...behind] : [...behind, name];
}

/**
 * What `nsswitch.conf` says about hosts, such as `files dns`; `undefined` when
 * it says nothing.
 */
export function hostsOrder(text: string): string | undefined {
  const [words = ""] = /^hosts:[^#\n]*/m.exec(text) ?? [];
  return words.split(/\s+/).slice(1).filter(Boolean).join(" ") || undefined;
}
