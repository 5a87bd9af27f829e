/**
 * HAProxy in front of `ftpd`, as the judge of what a PROXY header is.
 *
 * @module
 */

import {
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertStringIncludes,
} from "@std/assert";
import { freePorts } from "../net/ports.ts";
import { soon, startFtpd, tempFolders } from "../ftp/helpers.ts";
import { withForeignProcess } from "./foreign_process.ts";
import { isInstalled, run, runWell } from "./program.ts";
import { tlsTest } from "./tls_scene.ts";

/** An address of this machine that only the client of a test has. */
const CLIENT = "127.0.0.9";
const CURL = ["curl", "--silent", "--show-error", "--noproxy", "*"];
const TEXT = "passed on\n";

const missing = ["haproxy", "curl"].filter((name) => !isInstalled(name));

interface Front {
  /** Where HAProxy listens for control connections. */
  address: string;
  port: number;
  /** Everything that ftpd has logged. */
  log(): string;
  /** Waits for ftpd to log this. */
  said(text: string): Promise<void>;
}

/** A test of ftpd behind HAProxy, which sends headers of this kind. */
function haproxyTest(
  name: string,
  kind: string,
  act: (front: Front) => Promise<void>,
): void {
  const why = missing.length > 0
    ? ` (skipped: ${missing.join(", ")} not installed)`
    : "";
  Deno.test({
    name: `${name}${why}`,
    ignore: missing.length > 0,
    fn: () => behind(kind, act),
  });
}

async function behind(
  kind: string,
  act: (front: Front) => Promise<void>,
): Promise<void> {
  const { first, last } = freePorts(3);
  const [port] = [freePorts(1).first];
  await using folders = await tempFolders({ file: TEXT });
  await using ftpd = await startFtpd([
    ...["--listen", "127.0.0.1:0", "--write", "--proxy-from", "127.0.0.1"],
    ...["--proxy-data", "--passive-ports", `${first}-${last}`],
    folders.pub,
  ]);
  const words = async (address: string, folder: string) => {
    const path = `${folder}/haproxy.cfg`;
    const ports = { port, to: ftpd.ports[0]!, first, last };
    await Deno.writeTextFile(path, configuration(address, kind, ports));
    return ["haproxy", "-db", "-f", path];
  };
  await withForeignProcess({ words }, async (scene) => {
    const { address } = scene;
    await soon(
      listening({ hostname: address, port }, scene.hasEnded),
      "haproxy",
    );
    await act({ address, port, log: () => ftpd.log, said: ftpd.said });
  });
}

function configuration(
  address: string,
  kind: string,
  ports: { port: number; to: number; first: number; last: number },
): string {
  return `
defaults
  mode tcp
  timeout connect 5s
  timeout client 30s
  timeout server 30s
listen control
  bind ${address}:${ports.port}
  server ftpd 127.0.0.1:${ports.to} ${kind}
listen data
  bind ${address}:${ports.first}-${ports.last}
  server ftpd 127.0.0.1 ${kind}
`;
}

/** Resolves when somebody listens there. */
async function listening(
  to: Deno.ConnectOptions,
  hasEnded: () => boolean,
): Promise<void> {
  while (!hasEnded()) {
    try {
      (await Deno.connect(to)).close();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  throw new Error("haproxy ended by itself");
}

for (
  const kind of [
    "send-proxy",
    "send-proxy-v2",
    "send-proxy-v2 proxy-v2-options crc32c,unique-id",
  ]
) {
  haproxyTest(
    `ftpd serves clients of haproxy: ${kind}`,
    kind,
    async (front) => {
      const url = `ftp://${front.address}:${front.port}/file`;
      const curl = [...CURL, "--interface", CLIENT];
      for (const flags of [[], ["--disable-epsv", "--no-ftp-skip-pasv-ip"]]) {
        const words = [...curl, ...flags, url];
        assertEquals(await runWell(words, { cwd: "/tmp" }), TEXT);
      }
      const put = [...curl, "--upload-file", "-", `${url}.new`];
      await runWell(put, { cwd: "/tmp", stdin: "sent" });
      assertEquals(
        await runWell([...curl, `${url}.new`], { cwd: "/tmp" }),
        "sent",
      );
      assertStringIncludes(front.log(), `address=${CLIENT} `);
      assertMatch(front.log(), /via=127\.0\.0\.1/);
    },
  );
}

haproxyTest(
  "ftpd refuses haproxy without a header",
  "",
  async ({ address, port, said, log }) => {
    const url = `ftp://${address}:${port}/file`;
    const { code, report } = await run([...CURL, url], { cwd: "/tmp" });
    assertNotEquals(code, 0, report);
    await said("no header came within 5 s");
    assertEquals(log().includes(" connected "), false, log());
  },
);

Deno.test({
  name: `ftpd takes curl --haproxy-protocol for whom it names${
    isInstalled("curl") ? "" : " (skipped: curl is not installed)"
  }`,
  ignore: !isInstalled("curl"),
  fn: async () => {
    await using folders = await tempFolders({ file: TEXT });
    const args = ["--listen", "127.0.0.1:0", "--proxy-from", "127.0.0.0/8"];
    await using ftpd = await startFtpd([...args, folders.pub]);
    const url = `ftp://127.0.0.1:${ftpd.ports[0]}/file`;
    const words = [...CURL, "--interface", CLIENT, "--haproxy-protocol", url];
    assertEquals(await runWell(words, { cwd: "/tmp" }), TEXT);
    assertMatch(ftpd.log, /address=127\.0\.0\.9 .*via=127\.0\.0\.9/);
  },
});

// curl sends a header on data connections, too.
tlsTest(
  "curl",
  "ftpd takes a header before TLS begins, on both kinds of connection",
  async ({ ftpd, served, local, implicitPort }) => {
    await Deno.writeTextFile(`${served}/file`, TEXT);
    const urls = [
      ["--ssl-reqd", `ftp://127.0.0.1:${ftpd.ports[0]}/file`],
      [`ftps://127.0.0.1:${implicitPort}/file`],
    ];
    for (const url of urls) {
      const words = [...CURL, "--insecure", "--haproxy-protocol", ...url];
      assertEquals(await runWell(words, { cwd: local }), TEXT);
    }
    assertEquals(ftpd.log.match(/ connected .* via=127/g)?.length, 2);
  },
  { ftpd: () => ["--proxy-from", "127.0.0.0/8", "--proxy-data"] },
);
