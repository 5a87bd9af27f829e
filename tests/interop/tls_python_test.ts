import { assertEquals, assertStringIncludes } from "@std/assert";
import { bytesOf, textOf } from "../core/byte_cases.ts";
import { readBytes, VERSIONS } from "../core/tls_harness.ts";
import type { TlsStream } from "../../lib/net/tls/stream.ts";
import { run, runWell } from "./program.ts";
import { echo, libraryTest, startEcho } from "./tls_library.ts";

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
}

/** The same stream, after something came. */
async function readOnce(stream: TlsStream): Promise<TlsStream> {
  await stream.read(new Uint8Array(1));
  return stream;
}
