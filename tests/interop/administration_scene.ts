/**
 * A server as an administrator sets it up: a configuration file with accounts,
 * a drop box, logs, metrics, a hook and a control socket; and a look at what
 * each of these tells afterwards.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { type Ftpd, runFtpd, startFtpd, tempFolders } from "../ftp/helpers.ts";
import { passwd } from "../ftp/accounts_scene.ts";
import { metricsUrl, page, textOf, until } from "../ftp/operations_tool.ts";
import { NO_TLS } from "./tls_scene.ts";

/** An event of the log, or of a hook. */
export type Event = Record<string, unknown>;

/** The password of every account here. */
export const PASSWORD = "correct horse";

/** The server, its folders, and what is said about it. */
export interface Administration extends AsyncDisposable {
  /** Holds everything; clients have `base/home`. */
  readonly base: string;
  /** The server. */
  readonly ftpd: Ftpd;
  /** What the hook's endpoint was told. */
  readonly told: readonly Event[];
  /** Writes the configuration with these tables behind it, whole. */
  configure(more: string): Promise<void>;
  /** Sends SIGHUP and waits for the event of the log that ends the reload. */
  reload(event: "reloaded" | "reload-failed"): Promise<Event>;
  /** Runs `ftpd NAME … --control`, which must end well; its output. */
  ask(name: string, ...args: string[]): Promise<string>;
  /** Events of the log file with this name. */
  logged(event: string): Promise<Event[]>;
  /** Lines of the xferlog. */
  moved(): Promise<string[]>;
  /** The page of the metrics. */
  metrics(): Promise<string>;
}

/** Whether TLS is part of it; binaries on some runtimes have none. */
export const HAS_TLS: boolean = NO_TLS === undefined;

/** Makes the folders, hashes the password, and starts two workers. */
export async function administration(): Promise<Administration> {
  const folders = await tempFolders();
  const { base } = folders;
  for (const name of FOLDERS) {
    await Deno.mkdir(`${base}/${name}`, { recursive: true });
  }
  const hook = endpoint();
  const made = await passwd(["alice"], `${PASSWORD}\n`);
  assertEquals(made.code, 0, made.stderr);
  const hash = /hash = "([^"]+)"/.exec(made.stdout)![1]!;
  const configure = (more: string) =>
    replace(`${base}/ftpd.toml`, configuration(hook.url, hash) + more);
  await configure("");
  const ftpd = await startFtpd(["--config", `${base}/ftpd.toml`], {
    setup: `export DENO_DIR=\${DENO_DIR:-$HOME/.cache/deno} ` +
      `XDG_STATE_HOME=${base}/state`,
  });
  return {
    ...{ base, ftpd, configure, told: hook.told },
    ...views(base, ftpd),
    async [Symbol.asyncDispose]() {
      await ftpd.stop();
      await hook.close();
      await folders[Symbol.asyncDispose]();
    },
  };
}

const FOLDERS = [
  ...[
    "alice/contracts",
    "music",
    "pub/incoming",
    "carol",
    "dan",
    "home",
    "log",
  ],
];

/** What is read from outside: logs, metrics, the control socket. */
function views(
  base: string,
  ftpd: Ftpd,
): Pick<Administration, "ask" | "logged" | "metrics" | "moved" | "reload"> {
  const events = async () =>
    (await textOf(`${base}/log/ftpd.log`)).split("\n").slice(0, -1)
      .map((line): Event => JSON.parse(line));
  const logged = async (name: string) =>
    (await events()).filter(({ event }) => event === name);
  return {
    logged,
    async ask(name, ...args) {
      const run = await runFtpd([name, "--control", `${base}/sock`, ...args]);
      assertEquals([run.code, run.stderr], [0, ""]);
      return run.stdout;
    },
    async metrics() {
      const url = await metricsUrl(async () =>
        (await logged("metrics")).map(({ at }) => `metrics at=${at}\n`).join("")
      );
      return await page(`${url}/metrics`);
    },
    moved: async () =>
      (await textOf(`${base}/log/xferlog`)).split("\n").slice(0, -1),
    async reload(event) {
      const before = (await logged(event)).length;
      ftpd.kill("SIGHUP");
      return await until(async () => (await logged(event))[before], event);
    },
  };
}

function configuration(url: string, hash: string): string {
  return `
listen = ["127.0.0.1:0"]
workers = 2
${HAS_TLS ? 'tls-self-signed = "ftp.example"\ntls = "optional"' : ""}
login-delay = 0
login-attempts = 10
ban-failures = 5
metrics = "127.0.0.1:0"
control = "sock"
log = "json"
log-file = "log/ftpd.log"
xferlog = "log/xferlog"

[[hook]]
on = ["upload", "download", "login", "ban"]
url = "${url}"

[account.alice]
hash = "${hash}"
root = "alice"
write = true
quota = "12M"
transfer-rate = "4M"
[account.alice.folder."/contracts"]
permissions = "read-only"
[account.alice.mount."/music"]
root = "music"

[account.bob]
hash = "${hash}"
root = "pub"
transfer-rate = "100K"

[account.dan]
hash = "${hash}"
root = "dan"
write = true
quota = "1M"

[account.anonymous]
root = "pub"
permissions = ["read"]
[account.anonymous.folder."/incoming"]
permissions = "upload-only"
`;
}

async function replace(path: string, text: string): Promise<void> {
  await Deno.writeTextFile(`${path}.new`, text, { mode: 0o600 });
  await Deno.rename(`${path}.new`, path);
}

/** An HTTP server that keeps what it is told. */
function endpoint() {
  const told: Event[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      told.push(await request.json());
      return new Response(null, { status: 204 });
    },
  );
  return {
    told,
    url: `http://127.0.0.1:${server.addr.port}/events`,
    close: () => server.shutdown(),
  };
}
