import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { clientTls } from "../../lib/net/tls/client.ts";
import type { ClientTls, TlsStream } from "../../lib/net/tls/stream.ts";
import { textOf } from "../core/byte_cases.ts";
import { readBytes, VERSIONS } from "../core/tls_harness.ts";
import { runWell, start } from "./program.ts";
import { dial, libraryTest, soon } from "./tls_library.ts";

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
