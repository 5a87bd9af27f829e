/**
 * The clients under comparison: how each is found and what it is told to do.
 *
 * Each is told to be quiet, to keep no log of its own and to keep time stamps
 * where it can be told so.
 *
 * @module
 */

import { dirname, join } from "node:path";
import {
  compiled,
  firstLine,
  type Tool,
  toolWithTls,
  which,
} from "./programs.ts";
import type { Missing } from "./servers.ts";

/** What a client is told to do with a file or a folder with files. */
export type Task = "get" | "put" | "fetch" | "send" | "refetch";

/** One errand of a client. */
export interface Job {
  /** Where the server listens on 127.0.0.1. */
  port: number;
  /** The file or folder on the server, without `/` at its front. */
  remote: string;
  /** The same here, with the same last name. */
  local: string;
  /** The names of the files in the folder. */
  names: string[];
  /** Connections that it may use. */
  connections: number;
  /** A folder for what the client wants to be told in a file. */
  scratch: string;
  /**
   * A file with the authority of the server's certificate, where commands and
   * files are to be protected by TLS.
   */
  authority?: string;
}

/** The command line for a job. */
export type Way = (job: Job) => string[] | Promise<string[]>;

/** A client that the benchmark can run. */
export interface Client {
  /** Its name in the tables. */
  name: string;
  /** Its version as the program tells it. */
  version: string;
  /** Whether it is another way to use a client that is there already. */
  variant?: boolean;
  /** Whether it can use several connections. */
  parallel: boolean;
  /** Whether it can use TLS. */
  tls: boolean;
  /** Files of a folder that it is given, where all would take too long. */
  most?: number;
  /** What it can do, and how it is told. */
  ways: Partial<Record<Task, Way>>;
}

/** Options for {@linkcode findClients}. */
export interface ClientsOptions {
  /** Whether ours must have TLS. @default {false} */
  withTls?: boolean;
}

/** Finds every client of the comparison on this machine. */
export async function findClients(
  { withTls = false }: ClientsOptions = {},
): Promise<(Client | Missing)[]> {
  const found = await Promise.all([
    findWharf(withTls),
    findLftp(),
    findCurl(),
    findNcftp(),
  ]);
  return found.flat();
}

async function findWharf(withTls: boolean): Promise<(Client | Missing)[]> {
  const tool = withTls
    ? await toolWithTls("ftp", "client/ftp.ts")
    : await compiled("ftp");
  if (tool !== undefined) return wharf(tool);
  const reason = "compile it first: deno task compile ftp";
  return [{ name: "Wharf ftp", reason }];
}

function wharf({ words, version }: Tool): Client[] {
  const name = "Wharf ftp";
  const tell = (verb: string, { connections, authority }: Job) => {
    const most = connections > 1 ? ["--parallel", `${connections}`] : [];
    const tls = authority === undefined ? [] : ["--tls", "--cacert", authority];
    return [...words, verb, "--quiet", ...most, ...tls];
  };
  const fetch: Way = (job) => [...tell("mirror", job), url(job), job.local];
  const ways: Client["ways"] = {
    get: (job) => [...tell("get", job), url(job), "-o", job.local],
    put: (job) => [...tell("put", job), job.local, url(job)],
    fetch,
    refetch: fetch,
    send: (job) => [...tell("mirror", job), job.local, url(job)],
  };
  const mget: Way = (
    job,
  ) => [...tell("mget", job), `${url(job)}/*`, "-o", `${job.local}/`];
  return [
    { name, version, parallel: true, tls: true, ways },
    {
      name: `${name} mget`,
      version,
      variant: true,
      parallel: true,
      tls: true,
      ways: { fetch: mget },
    },
  ];
}

async function findLftp(): Promise<Client | Missing> {
  const name = "lftp";
  const program = await which(name);
  if (program === undefined) return { name, reason: "install lftp" };
  const told = await firstLine(["sh", "-c", "lftp --version | head -n 1"]);
  const tell = (job: Job, command: string) => {
    // Otherwise it waits for each reply, and notes every file in its home.
    const settings = `set ftp:sync-mode no; set xfer:log no${lftpTls(job)}`;
    return [program, "-c", `${settings}; open ${root(job)}; ${command}`];
  };
  const mirror = ({ connections }: Job) => `mirror --parallel=${connections}`;
  const fetch: Way = (job) =>
    tell(job, `${mirror(job)} ${job.remote} ${job.local}`);
  return {
    name,
    version: told?.match(/Version ([\d.]+)/)?.[1] ?? "unknown",
    parallel: true,
    tls: true,
    ways: {
      get: (job) => tell(job, `get ${job.remote} -o ${job.local}`),
      put: (job) => tell(job, `put ${job.local} -o ${job.remote}`),
      fetch,
      refetch: fetch,
      send: (job) => tell(job, `${mirror(job)} -R ${job.local} ${job.remote}`),
    },
  };
}

function lftpTls({ authority }: Job): string {
  if (authority === undefined) return "";
  return "; set ftp:ssl-force yes; set ftp:ssl-protect-data yes" +
    `; set ftp:ssl-allow-anonymous yes; set ssl:ca-file ${authority}`;
}

async function findCurl(): Promise<Client | Missing> {
  const name = "curl";
  const program = await which(name);
  if (program === undefined) return { name, reason: "install curl" };
  const told = await firstLine([program, "--version"]);
  const begin = ({ authority }: Job) => {
    const words = [program, "--disable", "--silent", "--show-error"];
    if (authority === undefined) return words;
    return [...words, "--ssl-reqd", "--cacert", authority];
  };
  const tell = async (job: Job, lines: string[]) => {
    const config = join(job.scratch, "curl");
    await Deno.writeTextFile(config, `${lines.join("\n")}\n`);
    const most = `${job.connections}`;
    const parallel = ["--no-progress-meter", "--parallel", "--parallel-max"];
    const how = job.connections > 1 ? [...parallel, most] : [];
    return [...begin(job), ...how, "--config", config];
  };
  return {
    name,
    version: told?.match(/^curl ([\d.]+)/)?.[1] ?? "unknown",
    parallel: true,
    tls: true,
    // It sleeps a second whenever a reply to EPSV comes at the wrong moment.
    most: 1000,
    ways: {
      get: (job) => [...begin(job), "--remote-time", "-o", job.local, url(job)],
      put: (job) => [...begin(job), "-T", job.local, url(job)],
      fetch: (job) =>
        tell(job, [
          "remote-time",
          "create-dirs",
          "remote-name-all",
          `output-dir = "${job.local}"`,
          ...job.names.map((name) => `url = "${url(job)}/${name}"`),
        ]),
      send: (job) =>
        tell(job, [
          "ftp-create-dirs",
          ...job.names.flatMap((name) => [
            `upload-file = "${join(job.local, name)}"`,
            `url = "${url(job)}/${name}"`,
          ]),
        ]),
    },
  };
}

async function findNcftp(): Promise<Client | Missing> {
  const name = "ncftp";
  const get = await which("ncftpget");
  const put = await which("ncftpput");
  if (get === undefined || put === undefined) {
    return { name, reason: "install ncftp" };
  }
  const told = await firstLine(["sh", "-c", "ncftpget --help 2>&1; true"]);
  const to = ({ port }: Job) => ["-V", "-P", `${port}`];
  const host = "127.0.0.1";
  return {
    name,
    version: told?.match(/NcFTPGet ([\d.]+)/)?.[1] ?? "unknown",
    parallel: false,
    tls: false,
    ways: {
      get: (job) => [get, ...to(job), "-C", host, job.remote, job.local],
      put: (job) => [put, ...to(job), "-C", host, job.local, job.remote],
      // Without asking the server for an archive (-T), which none here makes.
      fetch: (job) => {
        const { remote, local } = job;
        return [
          get,
          "-R",
          "-T",
          ...to(job),
          host,
          dirname(local),
          `/${remote}`,
        ];
      },
      send: (job) => {
        const { remote, local } = job;
        return [put, "-R", ...to(job), host, `/${dirname(remote)}`, local];
      },
    },
  };
}

function root({ port }: Job): string {
  return `ftp://127.0.0.1:${port}`;
}

function url(job: Job): string {
  return `${root(job)}/${job.remote}`;
}
