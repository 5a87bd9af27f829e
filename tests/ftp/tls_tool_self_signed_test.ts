import { assert, assertEquals, assertMatch } from "@std/assert";
import { createCertificate } from "../../lib/x509.ts";
import { daysFromNow } from "../tls_certificates.ts";
import { type Run, runFtpd, startFtpd } from "./helpers.ts";
import { ANY, portOf, SecureControl, tlsFolders, tlsTest } from "./tls_tool.ts";

const SELF = "--tls-self-signed=ftp.example";
/** Deno itself keeps what it compiled below HOME. */
const KEEP_CACHE = "export DENO_DIR=${DENO_DIR:-$HOME/.cache/deno}";

tlsTest(
  "ftpd --tls-self-signed makes one certificate for servers that start together",
  async () => {
    await using folders = await tlsFolders({});
    const setup = `export XDG_STATE_HOME=${folders.base}/state`;
    const args = [...ANY, SELF, folders.pub];
    const servers = await Promise.all(
      [1, 2, 3].map(() => startFtpd(args, { setup })),
    );
    try {
      const pins = servers.map(({ ready }) => /sha256:[\da-f]{64}/.exec(ready));
      assertEquals(new Set(pins.map((pin) => pin?.[0])).size, 1);
      using control = await SecureControl
        .implicit(portOf(servers[0]!.ready, "ftps"));
      assertEquals(control.pin, pins[0]?.[0]);
    } finally {
      for (const server of servers) await server[Symbol.asyncDispose]();
    }
    const kept = `${folders.base}/state/wharf`;
    assertEquals((await Deno.stat(kept)).mode! & 0o777, 0o700);
    const names = await Array.fromAsync(Deno.readDir(kept), ({ name }) => name);
    assertEquals(names, ["ftpd-tls.pem"]);
  },
);

tlsTest(
  "ftpd --tls-self-signed says when it made a certificate, and why",
  async () => {
    await using folders = await tlsFolders({});
    const { base, pub } = folders;
    const file = `${base}/.local/state/wharf/ftpd-tls.pem`;
    const setup = `${KEEP_CACHE}; unset XDG_STATE_HOME; HOME=${base}`;
    const made = (because: string) =>
      new RegExp(
        `^\\S+Z certificate-made because="${because}" file=${file} ` +
          "names=ftp\\.example,localhost,127\\.0\\.0\\.1,::1 until=\\S+ " +
          "fingerprint=sha256:[\\da-f]{64}\\n$",
      );
    const first = await startFtpd([...ANY, SELF, pub], { setup });
    assertEquals(await first.stop(), 0);
    assertMatch(first.log, made("there was none"));
    const second = await startFtpd([...ANY, SELF, pub], { setup });
    assertEquals(await second.stop(), 0);
    assertEquals(second.log, "");
    const old = await createCertificate({
      names: ["ftp.example"],
      from: daysFromNow(-20),
      until: daysFromNow(-1),
    });
    await Deno.writeTextFile(file, old.cert + old.key);
    const third = await startFtpd([...ANY, SELF, pub], { setup });
    assertEquals(await third.stop(), 0);
    assertMatch(third.log, made("the old one expired"));
    assertEquals((await Deno.stat(file)).mode! & 0o777, 0o600);
  },
);

tlsTest(
  "ftpd --check --tls-self-signed shows what it would make, and makes nothing",
  async () => {
    await using folders = await tlsFolders({});
    const state = `${folders.base}/state`;
    const setup = `export XDG_STATE_HOME=${state}`;
    const run = await runFtpd(["--check", SELF, folders.pub], { setup });
    assertEquals([run.code, run.stderr], [0, ""]);
    assertMatch(
      run.stdout,
      /^cert +\S+\/state\/wharf\/ftpd-tls\.pem would be made for ftp\.example, /m,
    );
    assertEquals(await Deno.stat(state).catch(() => "absent"), "absent");
  },
);

tlsTest(
  "ftpd --tls-self-signed keeps no key where clients could fetch it",
  async () => {
    await using folders = await tlsFolders({});
    const { base, pub } = folders;
    await Deno.symlink(pub, `${base}/link`);
    for (const home of [pub, `${base}/link`, `${base}/link/deep/down`]) {
      const setup = `export XDG_STATE_HOME=${home}`;
      const run = await runFtpd([...ANY, SELF, pub], { setup });
      assertFailure(run, `is in ${pub}, which is served`);
    }
    const entries = await Array.fromAsync(
      Deno.readDir(pub),
      ({ name }) => name,
    );
    assertEquals(entries, ["file"]);
  },
);

tlsTest(
  "ftpd --tls-self-signed says in one line why it can't keep a certificate",
  async () => {
    await using folders = await tlsFolders({});
    const { base, pub } = folders;
    await Deno.writeTextFile(`${base}/file`, "");
    await Deno.mkdir(`${base}/taken/wharf`, { recursive: true });
    await Deno.writeTextFile(`${base}/taken/wharf/ftpd-tls.pem`, "my thesis");
    const cases = [
      [
        `${KEEP_CACHE}; unset XDG_STATE_HOME HOME USERPROFILE`,
        "set HOME or XDG_STATE_HOME",
      ],
      [
        `export XDG_STATE_HOME=${base}/file`,
        `${base}/file/wharf/ftpd-tls.pem: `,
      ],
      [
        `export XDG_STATE_HOME=${base}/taken`,
        "remove it, and another one will",
      ],
    ] as const;
    for (const [setup, part] of cases) {
      const run = await runFtpd([...ANY, SELF, pub], { setup });
      assertFailure(run, part);
    }
    const taken = await Deno.readTextFile(`${base}/taken/wharf/ftpd-tls.pem`);
    assertEquals(taken, "my thesis");
  },
);

function assertFailure({ code, stdout, stderr }: Run, part: string): void {
  assertEquals([code, stdout], [1, ""], stderr);
  assertMatch(stderr, /^ftpd: [^\n]*\n$/);
  assert(stderr.includes(part), stderr);
}
