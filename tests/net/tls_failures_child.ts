/**
 * Handshakes that fail, and the memory of the process: run by
 * `tls_memory_test.ts`, with V8's `--expose-gc`.
 *
 * @module
 */

import { serverTls } from "../../lib/net/tls/server.ts";
import { TlsError } from "../../lib/net/tls/stream.ts";
import { createCertificate } from "../../lib/x509.ts";
import { connection } from "../core/tls_ends.ts";

/** Until then the runtime lays in stores. */
const WARM = 1000;

const [certificates = 1, failures = WARM] = Deno.args.map(Number);
const names = Array.from({ length: certificates }, (_, at) => `${at}.example`);
const tls = serverTls({
  certificates: await Promise.all(
    names.map((name) => createCertificate({ names: [name] })),
  ),
});
const { signal } = new AbortController();

async function fail(): Promise<void> {
  const [ours, theirs] = connection();
  await ours.write(new Uint8Array([22, 3, 1]));
  ours.close();
  try {
    await tls.secure(theirs, signal);
  } catch (error) {
    if (error instanceof TlsError) return;
    throw error;
  }
  throw new Error("a handshake without a word");
}

/** Bytes of the process, once its garbage has been collected. */
async function memory(): Promise<number> {
  for (let times = 0; times < 3; times++) {
    (globalThis as unknown as { gc(): void }).gc();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return Deno.memoryUsage().rss;
}

for (let times = 0; times < WARM; times++) await fail();
const before = await memory();
for (let times = 0; times < failures; times++) await fail();
console.log(await memory() - before);
