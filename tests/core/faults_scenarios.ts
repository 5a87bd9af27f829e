/**
 * Sessions for faults to happen in: every command that touches a file or a
 * connection, over every kind of data connection.
 *
 * @module
 */

import { deflateSync, inflateSync } from "node:zlib";
import { bytesOf } from "./byte_cases.ts";

/** One thing that a client does. */
export type Step =
  /** A command with one reply. */
  | string
  /** A command that sends over the data connection. */
  | { readonly get: string }
  /** A command that takes this over the data connection. */
  | { readonly put: string; readonly data: Uint8Array<ArrayBuffer> }
  /** A command whose transfer is stopped by ABOR in its middle. */
  | { readonly abort: string }
  /** TLS begins. */
  | { readonly tls: true };

/** A session, and what it may leave. */
export interface Scenario {
  /** What is done. */
  readonly name: string;
  /** What the client does once it is in. */
  readonly steps: readonly Step[];
  /**
   * What may be of a file besides the old and the new content, `""` for
   * nothing; its facts may be any then.
   */
  readonly partly?: Readonly<Record<string, RegExp>>;
  /** Whether a listing leaves out what cannot be looked into. */
  readonly leavesOut?: true;
}

/** The tree that sessions begin with. */
export const FILES: Readonly<Record<string, string | null>> = {
  "/a": "abcdef\n".repeat(6),
  "/long": "0123456789".repeat(8000),
  "/d/x": "x in d",
  "/d/e/y": "y in d/e",
  "/empty": null,
};

const NEW = bytesOf("new content\r\n".repeat(4));
const LONG = bytesOf("9876543210".repeat(8000));

const get = (command: string, port = "EPSV"): Step[] => [
  port,
  { get: command },
];
const put = (command: string, data = NEW, port = "EPSV"): Step[] => [
  port,
  { put: command, data },
];
/** Where the client of a test in memory listens. */
const PORT = "PORT 192,0,2,1,200,10";
const EPRT = "EPRT |1|192.0.2.1|51210|";
const SECURED: Step[] = [
  ...["AUTH TLS", { tls: true } as const],
  ...["USER alice", "PASS secret", "TYPE I", "PBSZ 0", "PROT P"],
];

/** What is done, one session each. */
export const SCENARIOS: readonly Scenario[] = [
  { name: "CWD", steps: ["CWD d/e", "PWD", "CDUP"] },
  { name: "SIZE", steps: ["SIZE a"] },
  { name: "MDTM", steps: ["MDTM a"] },
  { name: "MLST", steps: ["MLST d"] },
  { name: "STAT", steps: ["STAT d"] },
  { name: "AVBL", steps: ["AVBL /"] },
  { name: "LIST", steps: get("LIST", "PASV") },
  { name: "LIST -R", steps: get("LIST -R"), leavesOut: true },
  { name: "NLST", steps: get("NLST d", EPRT) },
  { name: "MLSD", steps: get("MLSD") },
  { name: "RETR", steps: get("RETR long") },
  { name: "RETR, active", steps: get("RETR a", PORT) },
  { name: "RETR behind REST", steps: ["REST 10", ...get("RETR a")] },
  { name: "RETR behind RANG", steps: ["RANG 3 9", ...get("RETR a")] },
  { name: "RETR as text", steps: ["TYPE A", ...get("RETR a")] },
  { name: "STOR", steps: put("STOR new") },
  { name: "STOR, active", steps: put("STOR new", LONG, PORT) },
  { name: "STOR over a file", steps: put("STOR long", LONG) },
  { name: "STOR as text", steps: ["TYPE A", ...put("STOR a")] },
  {
    name: "STOR with UMASK",
    steps: ["SITE UMASK 077", ...put("STOR new")],
    // What is there is whole; that its bits are not as wanted is told.
    partly: { "/new": /^(new content\r\n){4}$/ },
  },
  { name: "STOU", steps: put("STOU u") },
  {
    name: "APPE",
    steps: put("APPE a"),
    partly: { "/a": /^(abcdef\n){6}[^a]*$/ },
  },
  {
    name: "APPE to a new file",
    steps: put("APPE new"),
    partly: { "/new": /^[^a]*$/ },
  },
  {
    name: "STOR behind REST",
    steps: ["REST 7", ...put("STOR a")],
    partly: { "/a": /^abcdef\n(?!a)/ },
  },
  { name: "RNTO", steps: ["RNFR d", "RNTO z"] },
  { name: "RNTO over a file", steps: ["RNFR a", "RNTO long"] },
  { name: "DELE", steps: ["DELE a"] },
  { name: "MKD", steps: ["MKD m"] },
  {
    name: "MKD with UMASK",
    steps: ["SITE UMASK 077", "MKD m"],
    partly: { "/m": /^$/ },
  },
  { name: "RMD", steps: ["RMD empty"] },
  { name: "MFMT", steps: ["MFMT 20200101000000 a"] },
  {
    name: "MFF",
    steps: ["MFF Modify=20200101000000;UNIX.mode=600; a"],
    partly: { "/a": /^(abcdef\n){6}$/ },
  },
  { name: "SITE CHMOD", steps: ["SITE CHMOD 600 a"] },
  { name: "HASH", steps: ["HASH long"] },
  { name: "XMD5", steps: ["XMD5 a"] },
  { name: "CPTO", steps: ["SITE CPFR long", "SITE CPTO new"] },
  { name: "CPTO over a file", steps: ["SITE CPFR long", "SITE CPTO a"] },
  {
    name: "CPTO of a folder",
    steps: ["SITE CPFR d", "SITE CPTO f"],
    partly: {
      "/f": /^$/,
      "/f/e": /^$/,
      "/f/x": /^x in d$/,
      "/f/e/y": /^y in d\/e$/,
    },
  },
  {
    name: "COMB",
    steps: ["COMB new a d/x"],
    // Joined, but not all parts could be removed.
    partly: { "/new": /^(abcdef\n){6}x in d$/, "/a": /^$/ },
  },
  { name: "RETR in MODE Z", steps: ["MODE Z", ...get("RETR long")] },
  { name: "MLSD in MODE Z", steps: ["MODE Z", ...get("MLSD d")] },
  {
    name: "STOR in MODE Z",
    steps: ["MODE Z", ...put("STOR new", new Uint8Array(deflateSync(LONG)))],
  },
  { name: "ABOR of RETR", steps: ["EPSV", { abort: "RETR long" }] },
  { name: "ABOR of STOR", steps: ["EPSV", { abort: "STOR new" }] },
  { name: "ABOR of LIST", steps: ["EPSV", { abort: "LIST" }] },
  { name: "LIST over TLS", steps: [...SECURED, ...get("LIST")] },
  { name: "RETR over TLS", steps: [...SECURED, ...get("RETR a")] },
  { name: "STOR over TLS", steps: [...SECURED, ...put("STOR new")] },
  {
    name: "many commands",
    steps: [
      ...["CWD d", ...get("MLSD"), "SIZE x", ...get("RETR x"), "CDUP"],
      ...["NOOP", "PWD", "SYST", "FEAT", "HELP", "STAT", "REIN"],
    ],
  },
];

/** What came over a data connection in MODE Z, or as it was. */
export function plainOf(bytes: Uint8Array, steps: readonly Step[]): string {
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (!steps.includes("MODE Z")) return text(bytes);
  return text(inflateSync(bytes));
}
