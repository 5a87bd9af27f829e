/**
 * Foreign programs as clients of the line and text servers, and Python's
 * servers for our client.
 *
 * @module
 */

import { assert, fail } from "@std/assert";
import { isInstalled, start } from "./program.ts";

/** Debian's Python, which is what its packages' programs run on. */
export const PYTHON = "/usr/bin/python3";

/** A test that needs `program`; without it the name says that it is skipped. */
export function foreignTest(
  program: string,
  name: string,
  fn: () => Promise<void>,
): void {
  const ignore = !isInstalled(program);
  Deno.test({
    name: ignore ? `${name} (skipped: ${program} is not installed)` : name,
    ignore,
    fn,
  });
}

/** A server of this machine as a client names it. */
export function at(port: number | undefined): string {
  return `127.0.0.1:${port}`;
}

/** A foreign client: its words, given where the server is. */
export interface ForeignClient {
  /** What it is called, and how it connects. */
  readonly name: string;
  /** The program that has to be there. */
  readonly program: string;
  /** Its command line; `socket` is the path of the Unix socket. */
  words(port: number, socket: string): string[];
}

/** Clients that send standard input, end their side and print the answer. */
export const STREAM_CLIENTS: readonly ForeignClient[] = [
  {
    name: "nc.openbsd over TCP",
    program: "nc.openbsd",
    words: (port) => ["nc.openbsd", "-N", "127.0.0.1", `${port}`],
  },
  {
    name: "nc.openbsd over a Unix socket",
    program: "nc.openbsd",
    words: (_, socket) => ["nc.openbsd", "-N", "-U", socket],
  },
  {
    name: "ncat over TCP",
    program: "ncat",
    words: (port) => ["ncat", "127.0.0.1", `${port}`],
  },
  {
    name: "ncat over a Unix socket",
    program: "ncat",
    words: (_, socket) => ["ncat", "-U", socket],
  },
  {
    name: "socat over TCP",
    program: "socat",
    words: (port) => ["socat", "-t10", "-", `TCP:127.0.0.1:${port}`],
  },
  {
    name: "socat over a Unix socket",
    program: "socat",
    words: (_, socket) => ["socat", "-t10", "-", `UNIX-CONNECT:${socket}`],
  },
  {
    name: "Python over TCP",
    program: PYTHON,
    words: (port) => [
      ...[PYTHON, "-c"],
      `import socket, sys
s = socket.create_connection(("127.0.0.1", ${port}), timeout=10)
s.sendall(sys.stdin.buffer.read())
s.shutdown(socket.SHUT_WR)
while data := s.recv(1024):
    sys.stdout.buffer.write(data)`,
    ],
  },
];

/** A Python server on a free port of the loopback. */
export interface PythonServer extends AsyncDisposable {
  readonly port: number;
}

/**
 * Starts `handler`, a Python class for `socketserver`, on a `server` of that
 * module, such as `ThreadingTCPServer`.
 */
export async function pythonServer(
  server: string,
  handler: string,
): Promise<PythonServer> {
  const child = start([PYTHON, "-u", "-c", script(server, handler)], {
    cwd: "/",
  });
  await child.stdin.close();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let line = "";
  while (!line.includes("\n")) {
    const { value, done } = await reader.read();
    if (done) fail(await new Response(child.stderr).text());
    line += value;
  }
  const port = Number(line);
  assert(port > 0, line);
  return {
    port,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await reader.cancel();
      await child.stderr.cancel();
      await child.status;
    },
  };
}

function script(server: string, handler: string): string {
  return `import socketserver
${handler}
class Server(socketserver.${server}):
    allow_reuse_address = True
    daemon_threads = True
server = Server(("127.0.0.1", 0), Handler)
print(server.server_address[1])
server.serve_forever()
`;
}

/**
 * What a program prints when it has read `stdin`, whose end it does not see
 * before `length` characters were printed: over UDP nothing else says that the
 * answer is complete.
 */
export async function printedBy(
  words: readonly string[],
  { cwd, stdin, length }: { cwd: string; stdin: string; length: number },
): Promise<string> {
  const child = start(words, { cwd, timeout: 20_000 });
  const input = child.stdin.getWriter();
  await input.write(new TextEncoder().encode(stdin));
  let printed = "";
  const output = child.stdout.pipeThrough(new TextDecoderStream());
  for await (const part of output) {
    printed += part;
    if (printed.length >= length) break;
  }
  await input.close().catch(() => {}); // It may have ended by itself.
  child.kill("SIGTERM");
  await Promise.all([child.stderr.cancel(), child.status]);
  return printed;
}
