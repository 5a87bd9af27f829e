/**
 * Runs the commands of a section of `docs/tls.md`, as a reader would. Only
 * places are others: every address is this machine, every port a free one, and
 * what lies in `/etc` lies in the test's folder.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import { type Ftpd, startFtpd } from "../ftp/helpers.ts";
import { read, section } from "../tools/documents.ts";
import { ftpWords } from "./ftp_tool.ts";
import { runWell } from "./program.ts";

/** The file that is served, and fetched by what stands on the page. */
export const REPORT = "what a report says\n";

/** The folder in which the page is played, with the server that runs. */
export interface Page {
  /** Holds everything. */
  readonly base: string;
  /** The server that the page started last. */
  ftpd: Ftpd | null;
}

/** Runs `action` in a folder with what the page takes for granted. */
export async function withPage(
  action: (page: Page) => Promise<void>,
): Promise<void> {
  const made = await Deno.makeTempDir({ prefix: "wharf-page-" });
  const page: Page = { base: await Deno.realPath(made), ftpd: null };
  try {
    for (const folder of FOLDERS) {
      await Deno.mkdir(join(page.base, folder), { recursive: true });
    }
    await Deno.writeTextFile(join(page.base, "pub/report.pdf"), REPORT);
    await action(page);
  } finally {
    await stop(page);
    await Deno.remove(page.base, { recursive: true });
  }
}

const LIVE = "etc/letsencrypt/live/files.example.org";
const HOOKS = "etc/letsencrypt/renewal-hooks/deploy";
const FOLDERS = ["pub", "home", LIVE, HOOKS, "etc/ftpd"];

/** Puts the server's certificate where certbot would. */
export async function likeCertbot({ base }: Page): Promise<void> {
  const live = join(base, LIVE);
  await Deno.copyFile(join(base, "server.pem"), join(live, "fullchain.pem"));
  await Deno.copyFile(join(base, "server.key"), join(live, "privkey.pem"));
}

/**
 * Runs every command under `heading`, or those of one block. Servers run until
 * the next one starts; each report that was fetched must be the whole one.
 *
 * @returns What the commands printed.
 */
export async function play(
  page: Page,
  heading: string,
  block?: number,
): Promise<string> {
  const blocks = blocksOf(heading, "sh");
  const chosen = block === undefined ? blocks : [blocks[block]!];
  let printed = "";
  for (const command of chosen.flatMap(commandsOf)) {
    if (command.startsWith("ftpd ")) await serve(page, command);
    else printed += await shell(page, command);
  }
  return printed;
}

/** The blocks of a language under a heading. */
export function blocksOf(heading: string, language: string): string[] {
  const text = section(read("docs/tls.md"), heading);
  const pattern = new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, "gms");
  const blocks = [...text.matchAll(pattern)].map(([, block]) => block!);
  assert(blocks.length > 0, `there is nothing to run under "${heading}"`);
  return blocks;
}

/** Servers one by one, and what stands between them. */
function commandsOf(block: string): string[] {
  const text = block.replaceAll(/ \\\n\s*/g, " ");
  return text.split(/^(ftpd .*\n)/m).filter((part) => part.trim() !== "");
}

async function serve(page: Page, command: string): Promise<void> {
  await stop(page);
  const line = here(page, command.trim())
    .replace(/^ftpd (?!.*--listen)/, "ftpd --listen 0.0.0.0:0 ")
    .replaceAll(/0\.0\.0\.0:\d+/g, "127.0.0.1:0")
    .replace(/50000-50099 --passive-address \S+/, "1-65535");
  page.ftpd = await startFtpd(line.split(/\s+/).slice(1), {
    setup: `cd ${page.base} && export XDG_STATE_HOME=${page.base}/state`,
  });
}

async function stop(page: Page): Promise<void> {
  await page.ftpd?.[Symbol.asyncDispose]();
  page.ftpd = null;
}

async function shell(page: Page, command: string): Promise<string> {
  const { base, ftpd } = page;
  const [port = 0, implicit = 0] = portsOf(ftpd);
  const pin = /sha256:[\da-f]{64}/.exec(ftpd?.ready ?? "")?.[0] ?? "";
  const script = here(page, command)
    .replaceAll("files.example.org:2121", `localhost:${port}`)
    .replaceAll("files.example.org:2990", `localhost:${implicit}`)
    .replaceAll(/sha256:\w+…/g, pin)
    .replaceAll("DNS:files.example.org", "DNS:files.example.org,DNS:localhost")
    // An authority that everybody trusts signs nothing for tests.
    .replaceAll("ftp get ftpes:", "ftp get --cacert ca.pem ftpes:")
    .replaceAll("chown ftpd:", `chown ${Deno.uid()}`);
  const words = ftpWords().map((word) => `'${word}'`).join(" ");
  const begin = `ftp() { ${words} "$@"; }\n`;
  const printed = await runWell(["sh", "-ec", begin + script], { cwd: base });
  await mustBeWhole(base);
  return printed;
}

function here({ base }: Page, text: string): string {
  return text.replaceAll(" /etc/", ` ${base}/etc/`)
    .replaceAll("=/etc/", `=${base}/etc/`);
}

function portsOf(ftpd: Ftpd | null): number[] {
  return [...ftpd?.ready.matchAll(/ftps?:\/\/[^/]+:(\d+)\//g) ?? []]
    .map(([, port]) => Number(port));
}

/** Takes away what was fetched, once it is seen to be right. */
async function mustBeWhole(base: string): Promise<void> {
  const path = join(base, "report.pdf");
  const text = await Deno.readTextFile(path).catch(() => null);
  if (text === null) return;
  assertEquals(text, REPORT);
  await Deno.remove(path);
}
