/**
 * The servers under comparison with TLS: all show the same certificate, and
 * each demands of data connections what it demands as it comes. vsftpd and
 * ProFTPD want them to resume the session of the control connection.
 *
 * @module
 */

import { join } from "node:path";
import { ableToTls, withTls } from "../client/tls_servers.ts";
import { testCertificates } from "../tls_certificates.ts";
import { OURS_IN_PLAIN } from "./names.ts";
import { type Contestant, withWorkers } from "./peers.ts";
import { toolWithTls } from "./programs.ts";
import {
  type Candidate,
  findServers,
  isFound,
  type Missing,
  type Place,
  wharf,
} from "./servers.ts";

/** The certificate of all servers, in files. */
export interface Identity {
  /** The certificate and its key in one. */
  both: string;
  /** The authority that signed it. */
  authority: string;
  /** Removes the files. */
  remove(): Promise<void>;
}

/** Writes the certificate into a folder that nobody serves. */
export async function writeIdentity(): Promise<Identity> {
  const folder = await Deno.makeTempDir({ prefix: "ftp-bench-" });
  const { server, ca } = await testCertificates();
  const both = join(folder, "both.pem");
  const authority = join(folder, "ca.pem");
  await Deno.writeTextFile(both, server.key + server.cert);
  await Deno.writeTextFile(authority, ca.cert);
  const remove = () => Deno.remove(folder, { recursive: true });
  return { both, authority, remove };
}

/** Finds every server of the comparison that speaks TLS on this machine. */
export async function findTlsServers(): Promise<(Candidate | Missing)[]> {
  const others = (await findServers())
    .filter(({ name }) => !name.startsWith("Wharf"));
  const [ours] = await findWharf();
  return [ours!, ...await Promise.all(others.map(secured))];
}

/**
 * Those and who else can take part, ours once more without TLS among them.
 */
export async function findTlsContestants(): Promise<(Contestant | Missing)[]> {
  const [ours, plain] = await findWharf();
  const [, ...others] = await findTlsServers();
  return [
    ours!,
    ...plain === undefined ? [] : [withWorkers(ours as Candidate), plain],
    ...others,
    { name: "ftp-srv", reason: FTP_SRV_WAITS },
  ];
}

async function findWharf(): Promise<(Contestant | Missing)[]> {
  const tool = await toolWithTls("ftpd", "server/ftpd.ts");
  if (tool === undefined) {
    return [{ name: "Wharf ftpd", reason: "server/ftpd.ts does not start" }];
  }
  const plain = wharf(tool);
  const prepare = async (place: Place) => {
    const { words, ...recipe } = await plain.prepare(place);
    return { ...recipe, words: [...words, ...await tlsWords(place)] };
  };
  return [
    { ...plain, secure: true, prepare },
    { ...plain, name: OURS_IN_PLAIN, extra: "plain" },
  ];
}

/** A matter of order in which the others follow the client. */
const FTP_SRV_WAITS = "it answers 150 only after the handshake of the data " +
  "connection, which the generator begins when it has read 150";

/** What ftpd is told. It limits handshakes, which others do not. */
async function tlsWords({ scratch }: Place): Promise<string[]> {
  const { server: { cert, key } } = await testCertificates();
  const path = join(scratch, "server.pem");
  await Deno.writeTextFile(path, cert + key, { mode: 0o600 });
  return ["--tls", "required", "--tls-cert", path, "--tls-rate", "10000"];
}

async function secured(
  server: Candidate | Missing,
): Promise<Candidate | Missing> {
  const able = await ableToTls(server);
  if (!isFound(able)) return able;
  const { server: identity } = await testCertificates();
  const taught = withTls(able, { identity });
  if (able.name !== "vsftpd") return { ...taught, secure: true };
  const prepare = async (place: Place) => {
    const recipe = await taught.prepare(place);
    const config = join(place.scratch, "vsftpd.conf");
    await Deno.writeTextFile(config, ANONYMOUS, { append: true });
    return recipe;
  };
  return { ...taught, secure: true, prepare };
}

/** What vsftpd says of anonymous users alone, and one step back to usual. */
const ANONYMOUS = `strict_ssl_write_shutdown=NO
allow_anon_ssl=YES
force_anon_logins_ssl=YES
force_anon_data_ssl=YES
`;
