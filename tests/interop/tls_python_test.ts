import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { bytesOf, textOf } from "../core/byte_cases.ts";
import { readBytes, VERSIONS } from "../core/tls_harness.ts";
import { clientTls } from "../../lib/net/tls/client.ts";
import type { ClientTls, TlsStream } from "../../lib/net/tls/stream.ts";
import { run, runWell, start } from "./program.ts";
import { dial, echo, libraryTest, soon, startEcho } from "./tls_library.ts";

/** A client in Python: `connect()` gives a socket to our server. */
const CLIENT = `
import socket, ssl, struct, sys
context = ssl.create_default_context(cafile="ca.pem")
if sys.argv[2] == "TLSv1.2":
    context.maximum_version = ssl.TLSVersion.TLSv1_2
def connect(session=None):
    raw = socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=20)
    return context.wrap_socket(raw, server_hostname="localhost", session=session)
def talk(conn):
    conn.sendall(b"ping")
    assert conn.recv(4) == b"ping"
`;

/** A server in Python, one thread for each connection. It prints its port. */
const SERVER = `
import socket, ssl, sys, threading
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1] + ".pem", sys.argv[1] + ".key")
if sys.argv[2] == "TLSv1.2":
    context.maximum_version = ssl.TLSVersion.TLSv1_2
listener = socket.create_server(("127.0.0.1", 0), backlog=100)
print(listener.getsockname()[1], flush=True)
def serve(raw):
    try:
        conn = context.wrap_socket(raw, server_side=True)
        conn.sendall(b"resumed" if conn.session_reused else b"not yet")
        while conn.recv(4096):
            pass
        conn.unwrap()
    except OSError:
        pass
    raw.close()
def accept():
    while True:
        raw, _ = listener.accept()
        threading.Thread(target=serve, args=(raw,), daemon=True).start()
threading.Thread(target=accept, daemon=True).start()
sys.stdin.read()
`;

/** Runs `action` beside a server in Python, which shows this certificate. */
async function withPython(
  cwd: string,
  certificate: string,
  version: string,
  action: (port: number) => Promise<void>,
): Promise<void> {
  const words = ["python3", "-c", SERVER, certificate, version];
  const child = start(words, { cwd });
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  try {
    const { value } = await soon(reader.read(), "the server's start");
    await action(Number(value));
  } finally {
    await child.stdin.close();
    await reader.cancel();
    await child.stderr.cancel();
    await child.status;
  }
}

/** Opens a connection, hears whether it was resumed, and ends it well. */
async function heard(
  tls: ClientTls,
  port: number,
  kind: "control" | "data",
): Promise<[string, TlsStream]> {
  const signal = AbortSignal.timeout(20_000);
  const stream = await tls[kind](await dial(port), signal);
  return [textOf(await readBytes(stream, 7)), stream];
}

async function endWell(stream: TlsStream): Promise<void> {
  await stream.closeWrite();
  assertEquals(await soon(stream.read(new Uint8Array(1)), "the end"), null);
  assertEquals(stream.end, "complete");
  stream.close();
}

for (const version of VERSIONS) {
  libraryTest(
    "python3",
    `Python's ends are told apart, ${version}`,
    async (cwd) => {
      const ways: [string, string][] = [
        ["conn.unwrap()", "complete"],
        ["conn.close()", "cut"],
        ["conn.shutdown(socket.SHUT_WR); conn.recv(1)", "cut"],
        [
          "conn.sendall(b'x' * 9999); conn.recv(9999); conn.unwrap()",
          "complete",
        ],
      ];
      for (const [way, end] of ways) {
        await using server = await startEcho();
        const script = `${CLIENT}\nconn = connect()\ntalk(conn)\n${way}\n`;
        const words = ["python3", "-c", script, `${server.port}`, version];
        await run(words, { cwd });
        const served = await server.next();
        assertEquals([served.facts?.protocol, served.end], [version, end], way);
      }
    },
  );

  libraryTest(
    "python3",
    `Python's reset fails the read, ${version}`,
    async (cwd) => {
      await using server = await startEcho();
      const script = `${CLIENT}
conn = connect()
talk(conn)
conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
conn.close()
`;
      await runWell(["python3", "-c", script, `${server.port}`, version], {
        cwd,
      });
      assertStringIncludes((await server.next()).error!, "ConnectionReset");
    },
  );

  libraryTest(
    "python3",
    `Python hears our end and resumes 50 times, ${version}`,
    async (cwd) => {
      await using server = await startEcho();
      const script = `${CLIENT}
control = connect()
talk(control)
for number in range(50):
    data = connect(control.session)
    assert data.session_reused, number
    talk(data)
    data.unwrap()
control.unwrap()
print("fine")
`;
      const words = ["python3", "-c", script, `${server.port}`, version];
      assertEquals(await runWell(words, { cwd }), "fine\n");
      const ended: string[] = [];
      for (let count = 0; count < 51; count++) {
        const { facts, end } = await server.next();
        ended.push(`${facts?.resumed} ${end}`);
      }
      assertEquals(ended.filter((one) => one === "true complete").length, 50);
    },
  );

  libraryTest(
    "python3",
    `leave() and Python end TLS and go on in plain, in one segment, ${version}`,
    async (cwd) => {
      await using server = await startEcho({}, async (stream) => {
        await echo(await readOnce(stream));
        const plain = await stream.leave(AbortSignal.timeout(10_000));
        assertEquals(textOf(await readBytes(plain, 5)), "plain");
        await plain.write(bytesOf("plain too"));
        plain.close();
      });
      const script = `${CLIENT}
raw = socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=20)
come, go = ssl.MemoryBIO(), ssl.MemoryBIO()
tls = context.wrap_bio(come, go, server_hostname="localhost")
def drive(step, behind=b""):
    while True:
        try:
            return step()
        except ssl.SSLWantReadError:
            raw.sendall(go.read() + behind)
            behind = b""
            come.write(raw.recv(65536))
drive(tls.do_handshake)
tls.write(b"x")
raw.sendall(go.read())
drive(tls.unwrap, b"plain")
rest = come.read()
while len(rest) < 9:
    rest += raw.recv(100)
print(rest.decode())
`;
      const words = ["python3", "-c", script, `${server.port}`, version];
      assertEquals(await runWell(words, { cwd }), "plain too\n");
      assertEquals((await server.next()).error, undefined);
    },
  );

  libraryTest(
    "python3",
    `clientTls() resumes its session with Python 50 times, also beside others, ${version}`,
    async (cwd) => {
      await withPython(cwd, "server", version, async (port) => {
        const lanes = [1, 2, 3].map(() =>
          clientTls("localhost", { insecure: true })
        );
        const controls: TlsStream[] = [];
        for (const tls of lanes) {
          const [said, control] = await heard(tls, port, "control");
          assertEquals(said, "not yet");
          controls.push(control);
        }
        for (let number = 0; number < 51; number++) {
          const tls = lanes[number % lanes.length]!;
          const [said, data] = await heard(tls, port, "data");
          assertEquals(
            [said, data.facts.resumed],
            ["resumed", true],
            `${number}`,
          );
          await endWell(data);
        }
        for (const control of controls) await endWell(control);
        for (const tls of lanes) tls.close();
      });
    },
  );

  libraryTest(
    "python3",
    `clientTls() keeps two servers of one name apart, ${version}`,
    async (cwd) => {
      await withPython(
        cwd,
        "server",
        version,
        (one) =>
          withPython(cwd, "selfSigned", version, async (two) => {
            for (const ports of [[one, two], [two, one]]) {
              const lanes = ports.map((port) => ({
                port,
                tls: clientTls("localhost", { insecure: true }),
              }));
              const open: TlsStream[] = [];
              for (const { port, tls } of lanes) {
                open.push((await heard(tls, port, "control"))[1]);
              }
              for (const { port, tls } of [...lanes, ...lanes]) {
                const [said, data] = await heard(tls, port, "data");
                assertEquals(said, "resumed");
                await endWell(data);
              }
              // And a data connection that leads to the other one is refused.
              const crossed = await lanes[0]!.tls
                .data(await dial(lanes[1]!.port), AbortSignal.timeout(10_000))
                .catch((error: Error) => error);
              assert(crossed instanceof Error);
              assertStringIncludes(
                crossed.message,
                "shows another certificate",
              );
              for (const stream of open) {
                await endWell(stream);
              }
              for (const { tls } of lanes) {
                tls.close();
              }
            }
          }),
      );
    },
  );

  libraryTest(
    "python3",
    `clientTls() trusts authorities of the environment, and resumes, ${version}`,
    async (cwd) => {
      await withPython(cwd, "server", version, async (port) => {
        const script = `
import { clientTls } from ${JSON.stringify(urlOf("client.ts"))};
import { streamOf } from ${JSON.stringify(urlOf("../stream.ts"))};
Deno.env.set("NODE_EXTRA_CA_CERTS", "ca.pem");
const signal = AbortSignal.timeout(10_000);
const dial = async () =>
  streamOf(await Deno.connect({ hostname: "127.0.0.1", port: ${port} }));
for (const [host, pins] of [["localhost"], ["127.0.0.1"], ["elsewhere"]]) {
  const tls = clientTls(host);
  try {
    const control = await tls.control(await dial(), signal);
    // Behind the tickets, with TLS 1.3.
    await control.read(new Uint8Array(7));
    const data = await tls.data(await dial(), signal);
    console.log(host, control.facts.resumed, data.facts.resumed);
    control.close();
    data.close();
  } catch (error) {
    console.log(host, error.message);
  }
  tls.close();
}
`;
        await Deno.writeTextFile(`${cwd}/trust.ts`, script);
        const words = [Deno.execPath(), "run", "-A", "--no-check", "--quiet"];
        assertEquals(
          await runWell([...words, "--no-config", "trust.ts"], { cwd }),
          "localhost false true\n127.0.0.1 false true\n" +
            "elsewhere the server's certificate is for DNS:localhost, IP Address:127.0.0.1, IP Address:::1, not for elsewhere\n",
        );
      });
    },
  );
}

function urlOf(path: string): string {
  return new URL(path, new URL("../../lib/net/tls/", import.meta.url)).href;
}

/** The same stream, after something came. */
async function readOnce(stream: TlsStream): Promise<TlsStream> {
  await stream.read(new Uint8Array(1));
  return stream;
}
