/**
 * Echo servers of others, started for one test, each on a loopback address of
 * its own: tests run side by side.
 *
 * @module
 */

import { fail } from "@std/assert";
import { exchange } from "../../client/service/connect.ts";
import { withForeignProcess } from "./foreign_process.ts";
import { isInstalled } from "./program.ts";

/** The port that they all listen on. */
const PORT = 40_107;

/** How to start an echo server of others. */
export interface ForeignEcho {
  /** What it is called. */
  readonly name: string;
  /** Why it cannot be used here, if it cannot. */
  readonly missing: string | undefined;
  /** What it serves. */
  readonly serves: "tcp" | "udp" | "both" | "unix";
  /** Program and arguments to serve at `address`, or at a socket in `folder`. */
  words(address: string, folder: string): string[] | Promise<string[]>;
}

/** Where a server is, as `echoc` is told. */
export interface Place {
  /** `HOST:PORT`. */
  readonly at: string;
  /** The path of the Unix socket. */
  readonly socket: string;
}

/** Debian's Python. */
const PYTHON = "/usr/bin/python3";
const IS_ROOT = Deno.uid() === 0;

/** xinetd with its own echo services. */
export const XINETD: ForeignEcho = {
  name: "xinetd",
  missing: lack("xinetd") ?? (IS_ROOT ? undefined : "only root may start it"),
  serves: "both",
  async words(address, folder) {
    const sections = [["stream", "tcp", "no"], ["dgram", "udp", "yes"]].map(
      ([type, protocol, wait]) =>
        `service echo\n{\n  type = INTERNAL UNLISTED\n  id = echo-${type}\n` +
        `  socket_type = ${type}\n  protocol = ${protocol}\n  wait = ${wait}\n` +
        `  port = ${PORT}\n  bind = ${address}\n}\n`,
    );
    const defaults = `defaults\n{\n  log_type = FILE ${folder}/log\n` +
      "  cps = 10000 1\n}\n";
    await Deno.writeTextFile(`${folder}/conf`, defaults + sections.join(""));
    const files = ["-f", `${folder}/conf`, "-pidfile", `${folder}/pid`];
    return ["xinetd", "-dontfork", ...files];
  },
};

/** ncat that runs cat for every connection. */
export const NCAT_TCP: ForeignEcho = {
  name: "ncat over TCP",
  missing: lack("ncat"),
  serves: "tcp",
  words: (
    address,
  ) => ["ncat", "-l", "-k", "-e", "/bin/cat", address, `${PORT}`],
};

/** ncat that runs cat for every sender of datagrams. */
export const NCAT_UDP: ForeignEcho = {
  name: "ncat over UDP",
  missing: lack("ncat"),
  serves: "udp",
  words: (
    address,
  ) => ["ncat", "-u", "-l", "-k", "-e", "/bin/cat", address, `${PORT}`],
};

/** socat, which sends connections through a pipe. */
export const SOCAT_TCP: ForeignEcho = {
  name: "socat over TCP",
  missing: lack("socat"),
  serves: "tcp",
  words: (address) => [
    ...["socat", `TCP-LISTEN:${PORT},bind=${address},fork,reuseaddr`, "PIPE"],
  ],
};

/** The same on a Unix socket. */
export const SOCAT_UNIX: ForeignEcho = {
  name: "socat on a Unix socket",
  missing: lack("socat"),
  serves: "unix",
  words: (_address, folder) => [
    ...["socat", `UNIX-LISTEN:${folder}/socket,fork`, "EXEC:/bin/cat"],
  ],
};

/** Python's own server classes. */
export const PYTHON_BOTH: ForeignEcho = {
  name: "Python's socketserver",
  missing: lack(PYTHON),
  serves: "both",
  words: (address) => [PYTHON, "-c", PYTHON_ECHO, address, `${PORT}`],
};

const PYTHON_ECHO = `
import socketserver, sys, threading

class Stream(socketserver.BaseRequestHandler):
    def handle(self):
        while data := self.request.recv(4096):
            self.request.sendall(data)

class Datagram(socketserver.BaseRequestHandler):
    max_packet_size = 65536
    def handle(self):
        data, sock = self.request
        sock.sendto(data, self.client_address)

class UdpServer(socketserver.UDPServer):
    max_packet_size = 65536

at = (sys.argv[1], int(sys.argv[2]))
tcp = socketserver.ThreadingTCPServer(at, Stream)
threading.Thread(target=tcp.serve_forever, daemon=True).start()
UdpServer(at, Datagram).serve_forever()
`;

function lack(program: string): string | undefined {
  return isInstalled(program) ? undefined : `${program} is not installed`;
}

/** A test against a server of others; without it the name says that it is skipped. */
export function foreignTest(
  server: ForeignEcho,
  name: string,
  action: (place: Place) => Promise<void>,
): void {
  const { missing } = server;
  Deno.test({
    name: missing ? `${name} (skipped: ${missing})` : name,
    ignore: missing !== undefined,
    fn: () => withForeign(server, action),
  });
}

async function withForeign(
  server: ForeignEcho,
  action: (place: Place) => Promise<void>,
): Promise<void> {
  await withForeignProcess({
    words: (address, folder) => server.words(address, folder),
  }, async ({ address, folder, hasEnded }) => {
    const place = { at: `${address}:${PORT}`, socket: `${folder}/socket` };
    await serving(server, address, place, hasEnded);
    await action(place);
  });
}

/** Servers of others do not tell when they listen: only asking helps. */
async function serving(
  { name, serves }: ForeignEcho,
  hostname: string,
  { socket }: Place,
  hasEnded: () => boolean,
): Promise<void> {
  const end = Date.now() + 20_000;
  const to = serves === "unix"
    ? { transport: "unix", path: socket } as const
    : { transport: "tcp", hostname, port: PORT } as const;
  while (serves !== "udp" && !await accepts(to)) {
    if (hasEnded() || Date.now() > end) fail(`${name} did not start`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  if (serves === "udp" || serves === "both") {
    const udp = { transport: "udp", hostname, port: PORT } as const;
    const limits = { timeout: 20_000, tries: 100 };
    await exchange(udp, new TextEncoder().encode("?"), limits);
  }
}

async function accepts(
  to: Deno.ConnectOptions | Deno.UnixConnectOptions,
): Promise<boolean> {
  try {
    (await Deno.connect(to as Deno.ConnectOptions)).close();
    return true;
  } catch {
    return false;
  }
}
