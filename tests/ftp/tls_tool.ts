/**
 * What tests of `ftpd` with TLS need: certificates as files outside of what is
 * served, and a client that looks at the certificate it is shown.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { writeAll } from "../../lib/bytes.ts";
import { streamOf } from "../../lib/net/stream.ts";
import { clientTls } from "../../lib/net/tls/client.ts";
import type { TlsStream, TrustOptions } from "../../lib/net/tls/stream.ts";
import type { CertificateAndKey } from "../../lib/x509.ts";
import { NO_TLS } from "../interop/tls_scene.ts";
import { type Folders, SOON, tempFolders } from "./helpers.ts";
import { RawControl } from "./raw_control.ts";

/** Listens for both kinds of TLS, on ports of its own choice. */
export const ANY: readonly string[] = [
  ...["--listen", "127.0.0.1:0", "--implicit-tls", "127.0.0.1:0"],
];

/** A test that is skipped, and says so, where this `ftpd` has no TLS. */
export function tlsTest(name: string, fn: () => Promise<void>): void {
  Deno.test({
    name: NO_TLS ? `${name} (skipped: ${NO_TLS})` : name,
    ignore: NO_TLS !== undefined,
    fn,
  });
}

/** Folders of a test, and its certificates. */
export interface TlsFolders extends Folders {
  /** Where the certificates lie: `base/tls`. */
  readonly tls: string;
  /** Options for `name.pem` and `name.key` in it. */
  words(name: string): string[];
  /** Writes `name.pem` and `name.key`. */
  put(name: string, pair: CertificateAndKey): Promise<void>;
}

/** Makes `base/pub` with a file, and `base/tls` with certificates by name. */
export async function tlsFolders(
  pairs: Readonly<Record<string, CertificateAndKey>>,
): Promise<TlsFolders> {
  const folders = await tempFolders({ file: "its text" });
  const tls = `${folders.base}/tls`;
  await Deno.mkdir(tls);
  const put = async (name: string, { cert, key }: CertificateAndKey) => {
    await Deno.writeTextFile(`${tls}/${name}.pem`, cert);
    await Deno.writeTextFile(`${tls}/${name}.key`, key, { mode: 0o600 });
  };
  for (const [name, pair] of Object.entries(pairs)) await put(name, pair);
  const words = (name: string) => [
    ...["--tls-cert", `${tls}/${name}.pem`, "--tls-key", `${tls}/${name}.key`],
  ];
  return { ...folders, tls, words, put };
}

/** SHA-256 of a certificate in PEM, as `ftpd` writes it. */
export async function pinOf({ cert }: CertificateAndKey): Promise<string> {
  const bytes = Uint8Array.fromBase64(cert.replaceAll(/-----.*-----|\s/g, ""));
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return `sha256:${new Uint8Array(digest).toHex()}`;
}

/** The port of the first URL with this scheme in a ready line. */
export function portOf(ready: string, scheme: "ftp" | "ftps"): number {
  return Number(new RegExp(`\\b${scheme}://[^/]+:(\\d+)/`).exec(ready)?.[1]);
}

/** A control connection over TLS. */
export class SecureControl implements Disposable {
  /** SHA-256 of the certificate that the server showed. */
  readonly pin: string;
  /** The greeting, where TLS came first. */
  greeting = "";
  readonly #stream: TlsStream;
  #text = "";

  private constructor(stream: TlsStream) {
    this.#stream = stream;
    this.pin = `sha256:${stream.facts.peer?.fingerprint}`;
  }

  /** Connects with TLS from the start, and takes the greeting. */
  static async implicit(
    port: number,
    host?: string,
    trust?: TrustOptions,
  ): Promise<SecureControl> {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port });
    const control = await secured(conn, host, trust);
    try {
      control.greeting = await control.expect(220);
      return control;
    } catch (error) {
      control[Symbol.dispose]();
      throw error;
    }
  }

  /** Connects, and begins with AUTH TLS. */
  static async explicit(port: number): Promise<SecureControl> {
    const raw = await RawControl.open({ hostname: "127.0.0.1", port });
    await raw.say("AUTH TLS", 234);
    return await secured(raw.conn);
  }

  /** Used by {@linkcode secured}. */
  static of(stream: TlsStream): SecureControl {
    return new SecureControl(stream);
  }

  /** Sends a command; its reply must have this code. */
  async say(line: string, wanted: number): Promise<string> {
    await writeAll(this.#stream, new TextEncoder().encode(`${line}\r\n`));
    return await this.expect(wanted);
  }

  /** The next reply, of one line, which must have this code. */
  async expect(wanted: number): Promise<string> {
    const buffer = new Uint8Array(4096);
    while (!this.#text.includes("\r\n")) {
      const count = await this.#stream.read(buffer);
      if (count === null) break;
      this.#text += new TextDecoder().decode(buffer.subarray(0, count));
    }
    const [line = "", ...rest] = this.#text.split("\r\n");
    this.#text = rest.join("\r\n");
    assertEquals(line.slice(0, 3), String(wanted), line);
    return line;
  }

  /** Closes the connection. */
  [Symbol.dispose](): void {
    this.#stream.close();
  }
}

async function secured(
  conn: Deno.TcpConn,
  host = "localhost",
  trust: TrustOptions = { insecure: true },
): Promise<SecureControl> {
  const client = clientTls(host, trust, { sharesSessions: true });
  const signal = AbortSignal.timeout(SOON);
  try {
    return SecureControl.of(await client.control(streamOf(conn), signal));
  } finally {
    client.close();
  }
}
