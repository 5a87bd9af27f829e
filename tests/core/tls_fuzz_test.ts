import { assert } from "@std/assert";
import { clientTls } from "../../lib/net/tls/client.ts";
import type { Stream } from "../../lib/net/stream.ts";
import type { ServerTls, TlsStream } from "../../lib/net/tls/stream.ts";
import {
  calm,
  connection,
  type End,
  PATIENT,
  soon,
  testServer,
  tlsTest,
  VERSIONS,
} from "./tls_harness.ts";

/** What is done to byte number `at` that one end sends. */
type Harm = (end: End, at: number) => void;

const FLIP: Harm = () => {};
const HARMS: readonly [string, Harm][] = [
  ["a flipped bit", FLIP],
  ["an end", (end) => end.endWrite()],
  ["a reset", (end) => end.reset()],
  ["a close", (end) => end.close()],
];

/** The same end, which comes to harm when it has sent `at` bytes. */
function harmed(end: End, at: number, harm: Harm): Stream {
  let sent = 0;
  return {
    read: (buffer) => end.read(buffer),
    write(bytes) {
      const changed = bytes.slice();
      const index = at - sent;
      sent += bytes.length;
      if (index < 0 || index >= bytes.length) return end.write(changed);
      if (harm === FLIP) changed[index]! ^= 1 << at % 8;
      else harm(end, at);
      return end.write(changed);
    },
    close: () => end.close(),
  };
}

/** Says a word, hears one, and ends; whatever fails, fails. */
async function converse(securing: Promise<TlsStream>): Promise<void> {
  let stream: TlsStream | undefined;
  try {
    stream = await securing;
    await stream.write(new Uint8Array(20_000));
    await stream.closeWrite();
    while (await stream.read(new Uint8Array(4096)) !== null);
  } catch (error) {
    assert(error instanceof Error);
  }
  stream?.close();
}

async function meet(
  tls: ServerTls,
  ours: Stream,
  theirs: Stream,
  maxVersion: typeof VERSIONS[number],
): Promise<void> {
  const us = clientTls("localhost", { insecure: true, maxVersion });
  const sides = [
    converse(tls.secure(theirs, PATIENT)),
    converse(us.control(ours, PATIENT)),
  ];
  // Whoever waits for what never comes is helped by the other one's end.
  await Promise.race([...sides, calm()]);
  ours.close();
  theirs.close();
  await soon(Promise.all(sides), "the end of both");
  us.close();
}

for (const maxVersion of VERSIONS) {
  for (const [what, harm] of HARMS) {
    tlsTest(
      `TLS ends on both sides after ${what} anywhere, ${maxVersion}`,
      async () => {
        const tls = await testServer();
        for (let at = 0; at < 2400; at += harm === FLIP ? 37 : 97) {
          for (const side of ["client", "server"]) {
            const [ours, theirs] = connection();
            const us = side === "client" ? harmed(ours, at, harm) : ours;
            const them = side === "server" ? harmed(theirs, at, harm) : theirs;
            await meet(tls, us, them, maxVersion);
          }
        }
      },
    );
  }
}
