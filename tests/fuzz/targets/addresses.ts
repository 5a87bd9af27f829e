/**
 * Addresses, paths and patterns.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { createFilter } from "../../../client/ftp/mirror/filter.ts";
import { nameKey, nameProblem } from "../../../client/ftp/mirror/local_name.ts";
import {
  formatPort,
  parseExtendedPort,
  parsePort,
} from "../../../lib/ftp/address.ts";
import {
  baseName,
  joinPath,
  parentPath,
  quotePath,
  resolvePath,
} from "../../../lib/ftp/path.ts";
import { parsePathname } from "../../../lib/ftp/replies.ts";
import { splitWords } from "../../../lib/ftp/words.ts";
import { globMatcher, isGlob } from "../../../lib/glob.ts";
import {
  formatListenAddress,
  parseListenAddress,
} from "../../../lib/net/address.ts";
import { isWithin, parseCidr } from "../../../lib/net/cidr.ts";
import {
  addressBytes,
  ipVersion,
  networkKey,
  normalizeAddress,
  sameAddress,
} from "../../../lib/net/ip.ts";
import { attempt, defineTarget, type Target, textOf } from "../target.ts";
import { globReference, stepsOf } from "./glob_reference.ts";

function checkIp(text: string): string {
  const bytes = addressBytes(text);
  const version = ipVersion(text);
  assertEquals(bytes === null, version === null, text);
  const normal = normalizeAddress(text);
  assertEquals(normalizeAddress(normal), normal);
  if (bytes === null) return "none";
  assertEquals(addressBytes(normal), bytes);
  assert(sameAddress(text, normal) && networkKey(text) === networkKey(normal));
  assert(bytes.every((byte) => byte >= 0 && byte < 256));
  return `${version} ${bytes.length}`;
}

function checkCidr(text: string): string {
  const block = attempt(() => parseCidr(text), RangeError);
  if (block instanceof Error) return "none";
  const { bytes, prefix } = block;
  assert(prefix >= 0 && prefix <= bytes.length * 8);
  assert(isWithin(text.split("/")[0]!, block), text);
  return `/${prefix}`;
}

function checkPorts(text: string): string {
  const port = parsePort(text);
  if (port !== null) {
    assertEquals(parsePort(formatPort(port)), port);
    assertEquals(ipVersion(port.hostname.replace(/\b0+(?=\d)/g, "")), 4);
  }
  const extended = parseExtendedPort(text);
  if (extended !== null) {
    const { family, hostname, port } = extended;
    assert(
      port >= 0 && port <= 65_535 && /^[\da-fA-F:.]{2,45}$/.test(hostname),
    );
    assertEquals(
      parseExtendedPort(`|${family}|${hostname}|${port}|`),
      extended,
    );
  }
  return `${port !== null} ${extended !== null}`;
}

function checkListen(text: string): string {
  const address = attempt(() => parseListenAddress(text, 21), RangeError);
  if (address instanceof Error) return "none";
  const shown = formatListenAddress(address);
  assertEquals(parseListenAddress(shown), address, shown);
  return address.transport;
}

/** A folder, a line end, and what is typed there. */
function checkPath(text: string): string {
  const [directory = "", argument = ""] = text.split("\n", 2);
  const folder = resolvePath("/", directory);
  const path = resolvePath(folder, argument);
  assert(path.startsWith("/"), path);
  const names = path.split("/").slice(1);
  assert(
    path === "/" || names.every((name) => !["", ".", ".."].includes(name)),
    path,
  );
  assertEquals(resolvePath("/elsewhere", path), path);
  assertEquals(joinPath(parentPath(path), baseName(path)), path);
  assertEquals(parsePathname(`${quotePath(path)} is there.`), path);
  if (!/[\r\n]/.test(path)) {
    assertEquals(splitWords(quotePath(path))?.map(({ text }) => text), [path]);
  }
  for (const rules of ["posix", "windows", "darwin"] as const) {
    for (const name of names) checkLocalName(name, rules);
  }
  return names.map((name) => nameProblem(name, "windows") ?? "x").join();
}

function checkLocalName(
  name: string,
  rules: "posix" | "windows" | "darwin",
): void {
  const key = nameKey(name, rules);
  assertEquals(nameKey(key, rules), key);
  if (nameProblem(name, rules) !== null) return;
  assert(!/[/\\\0\r\n]/.test(name) && name !== "" && !/^\.{1,2}$/.test(name));
}

/** A pattern, a line end, and a name. */
function checkGlob(text: string): string {
  const [pattern = "", name = ""] = text.split("\n", 2);
  const letters = [...name].length;
  const wanted = globReference(pattern, name);
  assertEquals(globMatcher(pattern, { dots: true })(name), wanted, text);
  const steps = stepsOf(() => globMatcher(pattern, { dots: true })(name));
  assert(steps <= (letters + 1) ** 2, `${steps} steps for ${letters} letters`);
  if (!isGlob(pattern)) assertEquals(wanted, pattern === name);
  if (!pattern.startsWith(".") && name.startsWith(".")) {
    assertEquals(globMatcher(pattern)(name), false);
  }
  attempt(() => {
    const filter = createFilter({ exclude: [pattern], include: [name] });
    filter(name.replace(/^\/+/, ""), false);
  }, TypeError);
  return `${wanted} ${Math.min(9, steps)}`;
}

const GLOB_SEEDS: readonly string[] = [
  ...["*.txt\nnotes.txt", "[a-z]?[!x]*\nabcd", "**/b/*\na/b/c", ".*\n.x"],
  ...[
    "*a*a*a*a*b\naaaaaaaaaaaaaaaaaaaa",
    "[]-]x\n]x",
    "[^]]\na",
    "[\n[",
    "a[b\na[b",
  ],
  "[a]*[a]*[a]*[a]*[b]\naaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
];

/** Addresses, paths and patterns. */
export const ADDRESS_TARGETS: readonly Target[] = [
  defineTarget({
    name: "address",
    about: "IP addresses, blocks of them, where to listen",
    seeds: () => [
      ...["127.0.0.1", "::ffff:192.0.2.7", "fe80::1%eth0", "2001:db8::/32"],
      ...["10.0.0.0/8", "[::1]:2121", "*:21", ":21", "unix:/run/a", "host:21"],
      ...[
        "localhost",
        "1:2:3:4:5:6:7:8",
        "::",
        "0.0.0.0:0",
        "21",
        "[fe80::1%1]",
      ],
    ],
    tokens: ["::", ":", ".", "/", "%", "[", "]", "ffff:", "unix:", "*"],
    longest: 300,
    check(input) {
      const text = textOf(input);
      return `${checkIp(text)} ${checkCidr(text)} ${checkListen(text)}`;
    },
  }),
  defineTarget({
    name: "data-port",
    about: "arguments of PORT and EPRT",
    seeds: () => [
      ...["127,0,0,1,8,73", "|1|127.0.0.1|2121|", "|2|::1|65535|", "!2!::!1!"],
      ...["192,168,255,255,255,255", "0,0,0,0,0,0", "010,0,0,1,1,1"],
    ],
    tokens: [",", "|", "::", "."],
    longest: 300,
    check: (input) => checkPorts(textOf(input)),
  }),
  defineTarget({
    name: "path",
    about: "paths and names: never above the root, never outside the folder",
    seeds: () => [
      ...[
        "/a/b\n../c//d/.",
        "/\n../../etc/passwd",
        '/x\n/say "hi"',
        "a\nCON.txt",
      ],
      ...["/\n...", "/\n. .", "/\na\\..\\b", "/\n~root", "/\nc:\\x", "/a\n"],
    ],
    tokens: [
      "../",
      "/..",
      "/./",
      "//",
      "\\",
      '"',
      "..",
      "NUL",
      ". ",
      "\u0301",
      "\0",
    ],
    check: (input) => checkPath(textOf(input)),
  }),
  defineTarget({
    name: "glob",
    about: "patterns of names, against another way to match them, and counted",
    seeds: () => GLOB_SEEDS,
    tokens: ["*", "?", "[", "]", "[!", "[^", "-", "[a]", "a", "**/", "/", "😀"],
    longest: 200,
    check: (input) => checkGlob(textOf(input)),
  }),
];
