/**
 * `ftp` with servers of others that speak TLS, most of which take no data
 * connection that does not resume the control connection's session.
 *
 * @module
 */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { soon } from "../ftp/helpers.ts";
import { withFolder } from "../client/helpers.ts";
import { withRelay } from "../client/relay.ts";
import { tlsServerTest, type TlsTestOptions } from "../client/tls_scene.ts";
import { testCertificates } from "../tls_certificates.ts";
import { assertSameFile, assertSameTree, makeFile } from "./files.ts";
import type { RunFtp } from "./ftp_servers.ts";
import { fingerprintOf, onlyLine, TOOL_HAS_NO_TLS } from "./ftp_tls_scene.ts";
import { recordsOf, runFtp, URL_PASSWORD } from "./ftp_tool.ts";

/** Small files of a mirror, and the size of a big one; more by hand. */
const FILES = Number(Deno.env.get("WHARF_TLS_FILES") ?? 30);
const MEGABYTES = Number(Deno.env.get("WHARF_TLS_MEGABYTES") ?? 4);
const SERVERS = ["vsftpd", "ProFTPD", "Pure-FTPd", "pyftpdlib"];
/** All of them, where this `ftp` has no TLS. */
const LEFT_OUT: Readonly<Record<string, string>> = TOOL_HAS_NO_TLS === undefined
  ? {}
  : Object.fromEntries(SERVERS.map((name) => [name, TOOL_HAS_NO_TLS!]));

/** What a test of `ftp` with such a server has. */
interface Scene {
  /** Where the server listens. */
  readonly port: number;
  /** The folder that the server serves. */
  readonly served: string;
  /** The folder that `ftp` works in. */
  readonly local: string;
  /** Runs `ftp` there. */
  readonly ftp: RunFtp;
  /** Flags that make it trust the server. */
  readonly trusting: readonly string[];
}

function toolTest(
  name: string,
  action: (scene: Scene) => Promise<void>,
  { except = {}, ...options }: TlsTestOptions = {},
): void {
  tlsServerTest(
    `ftp: ${name}`,
    ({ port, served }) =>
      withFolder(async (local) => {
        const { ca } = await testCertificates();
        const authority = join(local, "ca.pem");
        await Deno.writeTextFile(authority, ca.cert);
        const ftp: RunFtp = (args, more) =>
          runFtp(args, { cwd: local, home: local, ...more });
        const trusting = ["--cacert", authority];
        await action({ port, served, local, ftp, trusting });
      }),
    { ...options, except: { ...except, ...LEFT_OUT } },
  );
}

/** As URLs write it, with user and password. */
function hostOf(port: number, host = "localhost"): string {
  return `bob:${URL_PASSWORD}@${host}:${port}`;
}

for (const version of ["1.2", "1.3"]) {
  toolTest(
    `a tree each way, four files at a time, TLS ${version}`,
    async ({ ftp, port, served, local, trusting }) => {
      const tree = join(local, "tree");
      await Deno.mkdir(join(tree, "sub folder"), { recursive: true });
      for (let file = 0; file < FILES; file++) {
        const folder = file % 2 ? "sub folder" : ".";
        await makeFile(join(tree, folder, `file ${file}`), file * 100);
      }
      const url = `ftpes://${hostOf(port)}`;
      const flags = [...trusting, "--tls-max", version];
      const mirror = async (...args: string[]) => {
        const all = ["mirror", "--json", "-P", "4", ...flags, ...args];
        return recordsOf(await ftp(all)).at(-1).summary;
      };
      const up = await mirror("tree", `${url}/there`);
      assertEquals([up.added, up.failed], [FILES, 0]);
      await assertSameTree(join(served, "there"), tree);
      const down = await mirror(`${url}/there`, "back");
      assertEquals([down.added, down.failed], [FILES, 0]);
      await assertSameTree(join(local, "back"), tree);
      const status = await ftp(["-c", "status", ...flags, `${url}/`]);
      assertStringIncludes(status.stdout, `Protected by TLSv${version}, `);
    },
    // What 1.2 is like is the library's business.
    version === "1.2" ? { only: "vsftpd" } : {},
  );
}

toolTest(
  "a big file each way, active, and the rest of it",
  async ({ ftp, port, served, local, trusting }) => {
    const [big, there] = [join(local, "big"), join(served, "there")];
    await makeFile(big, MEGABYTES << 20);
    const flags = ["--tls", "--active", ...trusting];
    // Its certificate is for the address, too.
    const url = `ftp://${hostOf(port, "127.0.0.1")}/there`;
    await ftp(["put", ...flags, "big", url]);
    await assertSameFile(there, big);
    await Deno.truncate(there, 100_000);
    await ftp(["put", "-C", ...flags, "big", url]);
    await assertSameFile(there, big);
    await ftp(["get", ...flags, url, "-o", "back"]);
    await assertSameFile(join(local, "back"), big);
  },
);

toolTest(
  "a lost connection comes back, and the download goes on",
  async ({ ftp, port, served, local, trusting }) => {
    const path = join(served, "big");
    // More than all buffers on the way hold, so that the cut is noticed.
    await makeFile(path, 24 << 20);
    await withRelay(port, async (relay) => {
      using watcher = Deno.watchFs(local);
      const url = `ftpes://${hostOf(relay.port)}/big`;
      const slow = ["--limit-rate", "12M", ...trusting];
      const getting = ftp(["get", "--json", "--trace", ...slow, url]);
      const cutting = hasGrown(watcher, "big.part").then(relay.cut);
      await soon(Promise.race([cutting, getting]), "the first bytes");
      const ended = await getting;
      assertEquals(ended.stderr.match(/^> RETR /gm)?.length, 2, ended.report);
      assertEquals(recordsOf(ended)[0].bytes, 24 << 20);
    });
    await assertSameFile(join(local, "big"), path);
  },
  { except: { "pyftpdlib": "it spins then, and ends no transfer" } },
);

async function hasGrown(watcher: Deno.FsWatcher, name: string): Promise<void> {
  for await (const { paths: [path = ""] } of watcher) {
    const found = await Deno.stat(path).catch(() => null);
    if (path.endsWith(name) && (found?.size ?? 0) > 0) return;
  }
}

toolTest(
  "TLS from the beginning, with a pin",
  async ({ ftp, port, served, local }) => {
    const { selfSigned, server } = await testCertificates();
    await makeFile(join(local, "file"));
    const url = `ftps://${hostOf(port)}/file`;
    const pin = `sha256:${await fingerprintOf(selfSigned.cert)}`;
    await ftp(["put", "--pin", pin, "file", url]);
    await assertSameFile(join(served, "file"), join(local, "file"));
    const wrong = `sha256:${await fingerprintOf(server.cert)}`;
    for (const flags of [["--pin", wrong], []]) {
      const { stderr } = await ftp(["ls", ...flags, url], { code: 3 });
      assertMatch(
        onlyLine(stderr),
        /certificate .*--pin sha256:[0-9a-f]{64}/,
      );
    }
  },
  {
    setting: {
      implicit: true,
      identity: (await testCertificates()).selfSigned,
    },
    except: { "Pure-FTPd": "it knows no implicit TLS" },
  },
);
