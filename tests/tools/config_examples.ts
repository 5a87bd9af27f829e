/**
 * Configurations of the documents, tried as they would be used: only places are
 * others, because nothing of `/etc` and `/srv` is there.
 *
 * @module
 */

import { createCertificate } from "../../lib/x509.ts";
import { type Run, runFtpd } from "../ftp/helpers.ts";
import { NO_TLS } from "../interop/tls_scene.ts";

/** Folders that examples take for granted. */
const FOLDERS = [
  "etc/ftpd",
  "etc/letsencrypt/live/ftp.example.org",
  "etc/ssl",
  "run/ftpd",
  "srv/ftp/incoming",
  "srv/ftp/alice",
  "var/log/ftpd",
];

const ACCOUNTS = `
[account.alice]
password = "only for tests"
`;

/** Runs `ftpd --check` on a configuration, in a tree of its own. */
export async function checkConfig(text: string): Promise<Run> {
  const base = await Deno.realPath(
    await Deno.makeTempDir({ prefix: "wharf-" }),
  );
  try {
    for (const folder of FOLDERS) {
      await Deno.mkdir(`${base}/${folder}`, { recursive: true });
    }
    await writeFiles(base);
    const path = `${base}/etc/ftpd/ftpd.toml`;
    await Deno.writeTextFile(path, placed(text, base));
    return await runFtpd(["--check", "--config", path]);
  } finally {
    await Deno.remove(base, { recursive: true });
  }
}

async function writeFiles(base: string): Promise<void> {
  const { cert, key } = await createCertificate({ names: ["ftp.example.org"] });
  const live = `${base}/etc/letsencrypt/live/ftp.example.org`;
  const ssl = `${base}/etc/ssl`;
  for (
    const [path, text] of [
      [`${live}/fullchain.pem`, cert],
      [`${live}/privkey.pem`, key],
      [`${ssl}/ftp.pem`, cert],
      [`${ssl}/ftp.key`, key],
      [`${base}/etc/ftpd/accounts.toml`, ACCOUNTS],
    ] as const
  ) await Deno.writeTextFile(path, text, { mode: 0o600 });
}

/** The same text in the tree; without TLS where this `ftpd` has none. */
function placed(text: string, base: string): string {
  return text.split("\n")
    .filter((line) => NO_TLS === undefined || !line.startsWith("tls-"))
    .join("\n")
    .replace(/"(\/(?:etc|srv|var|run)\/)/g, (_, path) => `"${base}${path}`);
}
