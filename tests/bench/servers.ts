/**
 * The servers under comparison: how each is found, started as an anonymous
 * read-write server for one folder on one loopback port, and named.
 *
 * Every server gets the settings that are best for it here: no log, no name
 * look-ups, no limit below the number of sessions the benchmark opens.
 *
 * @module
 */

import { join } from "node:path";
import { compiled, firstLine, type Tool, which } from "./programs.ts";

/** A server that the benchmark can start. */
export interface Candidate {
  /** Its name in the tables. */
  name: string;
  /** Its version as the program tells it. */
  version: string;
  /** Where its program is. */
  program: string;
  /** Whether sessions with it begin with AUTH TLS. @default {false} */
  secure?: boolean;
  /** The most sessions that it is asked for. @default {no limit} */
  most?: number;
  /** Who may log in. Default: anonymous. */
  account?: { user: string; password: string };
  /** Writes what the server needs and returns how to run it. */
  prepare(place: Place): Promise<Recipe>;
}

/** Where a server runs. */
export interface Place {
  /** The folder it serves. */
  folder: string;
  /** A folder for its configuration, removed afterwards. */
  scratch: string;
  /** A free port, for servers that cannot choose one. */
  port: number;
  /** Where it listens, if it can choose. Default: 127.0.0.1. */
  hostname?: string;
}

/** How to run a server. */
export interface Recipe {
  /** Program and arguments. */
  words: string[];
  /** Whether the port is read from its first line on stdout. */
  tellsPort?: boolean;
}

/** A server that is not there, and why. */
export interface Missing {
  /** Its name. */
  name: string;
  /** Why it is left out, and what brings it back. */
  reason: string;
}

/**
 * The most processes that a server is asked for. Two for each session, and a
 * few milliseconds to start them, are what vsftpd and its like need.
 */
const PROCESSES = 2000;

/** Finds every server of the comparison on this machine. */
export async function findServers(): Promise<(Candidate | Missing)[]> {
  return await Promise.all([
    findWharf(),
    findVsftpd(),
    findProftpd(),
    findPureFtpd(),
    findPyftpdlib(),
  ]);
}

/** Whether `server` was found. */
export function isFound(server: Candidate | Missing): server is Candidate {
  return "prepare" in server;
}

async function findWharf(): Promise<Candidate | Missing> {
  const name = "Wharf ftpd";
  const tool = await compiled("ftpd");
  if (tool === undefined) {
    return { name, reason: "compile it first: deno task compile ftpd" };
  }
  return wharf(tool);
}

/** Our server, as the benchmark starts it. */
export function wharf({ words, version }: Tool): Candidate {
  const settings = ["--listen", "127.0.0.1:0", "--write"];
  settings.push("--max-sessions", "8000", "--max-per-address", "8000");
  settings.push("--quiet");
  return {
    name: "Wharf ftpd",
    version,
    program: words[0]!,
    prepare: ({ folder }) =>
      Promise.resolve({
        words: [...words, ...settings, folder],
        tellsPort: true,
      }),
  };
}

async function findVsftpd(): Promise<Candidate | Missing> {
  const name = "vsftpd";
  const program = await which("vsftpd");
  if (program === undefined) return { name, reason: "install vsftpd" };
  if (Deno.uid() !== 0) return { name, reason: "it must be started by root" };
  const told = await firstLine(["sh", "-c", `${program} -v 0>&1`]);
  return {
    name,
    version: told?.replace(/^.*version\s*/, "") ?? "unknown",
    program,
    most: PROCESSES / 2,
    prepare: (place) => prepareVsftpd(program, place),
  };
}

async function prepareVsftpd(program: string, place: Place): Promise<Recipe> {
  const empty = join(place.scratch, "empty");
  const config = join(place.scratch, "vsftpd.conf");
  await Deno.mkdir(empty);
  const settings = {
    listen: "YES",
    listen_address: "127.0.0.1",
    listen_port: place.port,
    background: "NO",
    anonymous_enable: "YES",
    no_anon_password: "NO",
    anon_root: place.folder,
    anon_upload_enable: "YES",
    anon_mkdir_write_enable: "YES",
    anon_other_write_enable: "YES", // For time stamps.
    write_enable: "YES",
    use_sendfile: "YES",
    max_clients: 5000,
    max_per_ip: 5000,
    xferlog_enable: "NO",
    secure_chroot_dir: empty,
  };
  const lines = Object.entries(settings).map(([key, value]) =>
    `${key}=${value}`
  );
  await Deno.writeTextFile(config, lines.join("\n") + "\n");
  return { words: [program, config] };
}

async function findProftpd(): Promise<Candidate | Missing> {
  const name = "ProFTPD";
  const program = Deno.env.get("PROFTPD") ?? await which("proftpd");
  if (program === undefined) {
    const reason = "set PROFTPD to its program (it may be unpacked)";
    return { name, reason };
  }
  if (Deno.uid() !== 0) return { name, reason: "it must be started by root" };
  const told = await firstLine([program, "-v"]);
  return {
    name,
    version: told?.match(/[\d.]+\w*/)?.[0] ?? "unknown",
    program,
    most: PROCESSES / 2,
    prepare: (place) => prepareProftpd(program, place),
  };
}

async function prepareProftpd(
  program: string,
  { folder, scratch, port }: Place,
): Promise<Recipe> {
  const config = join(scratch, "proftpd.conf");
  await Deno.writeTextFile(
    config,
    `
ServerType standalone
DefaultAddress 127.0.0.1
Port ${port}
UseIPv6 off
UseReverseDNS off
User nobody
Group nogroup
MaxInstances 5000
PidFile ${scratch}/pid
ScoreboardFile none
SystemLog none
TransferLog none
WtmpLog off
UseSendfile on
<IfModule mod_delay.c>
DelayEngine off
</IfModule>
<Anonymous ${folder}>
User ftp
Group nogroup
UserAlias anonymous ftp
RequireValidShell off
AllowOverwrite on
AllowStoreRestart on
AllowRetrieveRestart on
</Anonymous>
`,
  );
  return { words: [program, "--nodaemon", "--config", config] };
}

/**
 * Pure-FTPd serves anonymous users from the home folder of the user `ftp`
 * alone, so it runs in a mount name space of its own where our folder lies
 * there; nobody else sees that mount.
 */
async function findPureFtpd(): Promise<Candidate | Missing> {
  const name = "Pure-FTPd";
  const program = Deno.env.get("PURE_FTPD") ?? await which("pure-ftpd");
  if (program === undefined) {
    return {
      name,
      reason: "set PURE_FTPD to its program (it may be unpacked)",
    };
  }
  const home = (await firstLine(["getent", "passwd", "ftp"]))?.split(":")[5];
  if (Deno.uid() !== 0 || home === undefined) {
    return {
      name,
      reason: "it must be started by root and needs a user `ftp`",
    };
  }
  const told = await firstLine([program, "--help"]);
  return {
    name,
    version: told?.match(/v([\d.]+)/)?.[1] ?? "unknown",
    program,
    most: PROCESSES / 2,
    prepare: ({ folder, port }) => {
      const mount = 'mount --bind "$1" "$2" && shift 2 && exec "$@"';
      const words = [
        "unshare",
        "--mount",
        "sh",
        "-c",
        mount,
        "sh",
        folder,
        home,
      ];
      words.push(program, "--ipv4only", "--bind", `127.0.0.1,${port}`);
      words.push(
        "--anonymousonly",
        "--dontresolve",
        "--maxclientsnumber",
        "5000",
      );
      words.push("--maxclientsperip", "5000", "--syslogfacility", "none");
      words.push("--limitrecursion", "200000:2"); // How many names it lists.
      return Promise.resolve({ words });
    },
  };
}

/** `python3 -m pyftpdlib` without its log and its limit of 512 connections. */
export const PYFTPDLIB_MAIN: string = `
import logging
from pyftpdlib.__main__ import main
from pyftpdlib.servers import FTPServer
FTPServer.max_cons = 5000
logging.disable(logging.CRITICAL)
main()`;

async function findPyftpdlib(): Promise<Candidate | Missing> {
  const name = "pyftpdlib";
  // Debian's interpreter: only it sees Debian's module.
  const python = "/usr/bin/python3";
  const told = await firstLine([
    python,
    "-c",
    "import pyftpdlib; print(pyftpdlib.__ver__)",
  ]);
  if (told === undefined) return { name, reason: "install python3-pyftpdlib" };
  const words = [python, "-W", "ignore", "-c", PYFTPDLIB_MAIN, "--write"];
  return {
    name,
    version: told,
    program: python,
    prepare: ({ folder, port }) =>
      Promise.resolve({
        words: [...words, "-i", "127.0.0.1", "-p", `${port}`, "-d", folder],
      }),
  };
}
