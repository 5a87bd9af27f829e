import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { createCertificate } from "../../lib/x509.ts";
import { daysFromNow, testCertificates } from "../tls_certificates.ts";
import { type Run, runFtpd, startFtpd } from "./helpers.ts";
import {
  ANY,
  pinOf,
  portOf,
  SecureControl,
  tlsFolders,
  tlsTest,
} from "./tls_tool.ts";

tlsTest(
  "ftpd shows its certificate on both kinds of ports, and tells its fingerprint",
  async () => {
    const { server } = await testCertificates();
    await using folders = await tlsFolders({ server });
    const args = [...ANY, ...folders.words("server"), folders.pub];
    await using ftpd = await startFtpd(args);
    const [plain, secret] = [
      portOf(ftpd.ready, "ftp"),
      portOf(ftpd.ready, "ftps"),
    ];
    const pin = await pinOf(server);
    assertEquals(
      ftpd.ready,
      `ftpd ready on ftp://127.0.0.1:${plain}/ and ftps://127.0.0.1:${secret}/ ` +
        `serving ${folders.pub} (anonymous, read-only), TLS required, ` +
        `certificate ${pin}`,
    );
    using explicit = await SecureControl.explicit(plain);
    using implicit = await SecureControl.implicit(secret);
    for (const control of [explicit, implicit]) {
      assertEquals(control.pin, pin);
      await control.say("USER anonymous", 331);
      await control.say("PASS x", 230);
      await control.say("CWD /", 250);
    }
    assertEquals(ftpd.log.includes("certificate"), false);
  },
);

tlsTest(
  "ftpd --log json tells of its certificates in the ready line",
  async () => {
    const { server, wrongName } = await testCertificates();
    await using folders = await tlsFolders({ server, wrongName });
    const words = [...folders.words("server"), ...folders.words("wrongName")];
    const args = [...ANY, ...words, "--log", "json", "--tls", "optional"];
    await using ftpd = await startFtpd([...args, folders.pub]);
    const { tls, urls, grants, accounts } = JSON.parse(ftpd.ready);
    assertMatch(urls.join(), /^ftp:\/\/127\S+\/,ftps:\/\/127\S+\/$/);
    assertEquals(tls.policy, "optional");
    assertEquals(accounts[0].tls, "optional");
    assertEquals(grants.read, [folders.pub]);
    const [first, second] = tls.certificates;
    assertEquals(first.fingerprint, await pinOf(server));
    assertEquals(first.names, ["localhost", "127.0.0.1", "::1"]);
    assert(Date.parse(first.until) > Date.now());
    assertEquals(second.names, ["wrong.example"]);
    assertEquals(second.cert, `${folders.tls}/wrongName.pem`);
  },
);

tlsTest(
  "ftpd shows the certificate for the name that a client calls it by",
  async () => {
    const { server, wrongName } = await testCertificates();
    await using folders = await tlsFolders({ server, wrongName });
    const words = [...folders.words("server"), ...folders.words("wrongName")];
    await using ftpd = await startFtpd([...ANY, ...words, folders.pub]);
    const port = portOf(ftpd.ready, "ftps");
    for (
      const [name, pair] of [
        ["localhost", server],
        ["wrong.example", wrongName],
        ["nobody.example", server],
      ] as const
    ) {
      using control = await SecureControl.implicit(port, name);
      assertEquals(control.pin, await pinOf(pair), name);
    }
  },
);

tlsTest("ftpd with --implicit-tls alone listens nowhere else", async () => {
  const { server } = await testCertificates();
  await using folders = await tlsFolders({ server });
  const implicit = ["--implicit-tls", "127.0.0.1:0"];
  const args = [...implicit, ...implicit, ...folders.words("server")];
  await using ftpd = await startFtpd([...args, "--workers", "2", folders.pub]);
  const urls = ftpd.ready.match(/ftps?:\/\/[^/]+:\d+\//g) ?? [];
  assertEquals(urls.map((url) => url.split(":")[0]), ["ftps", "ftps"]);
  assertEquals(new Set(urls).size, 2);
  for (const url of urls) {
    const port = Number(/:(\d+)\/$/.exec(url)?.[1]);
    using control = await SecureControl.implicit(port);
    await control.say("USER anonymous", 331);
  }
});

tlsTest(
  "ftpd lets in with a client's certificate, without a password where it says so",
  async () => {
    const certificates = await testCertificates();
    const { server, ca, client, strangerClient } = certificates;
    await using folders = await tlsFolders({ server, ca });
    const words = [
      ...[...ANY, ...folders.words("server"), "--user", "alice:secret"],
      ...["--tls-client-ca", `${folders.tls}/ca.pem`],
    ];
    const trust = (certificate?: typeof client) => ({
      insecure: true,
      certificate,
    });
    for (const [mode, code] of [["required", 331], ["login", 232]] as const) {
      const args = [...words, "--tls-client-cert", mode, folders.pub];
      await using ftpd = await startFtpd(args);
      const port = portOf(ftpd.ready, "ftps");
      using control = await SecureControl
        .implicit(port, "localhost", trust(client));
      await control.say("USER alice", code);
      for (const other of [undefined, strangerClient]) {
        await assertRejects(() =>
          SecureControl.implicit(port, "localhost", trust(other))
        );
      }
    }
  },
);

tlsTest("ftpd --tls-user says who must use TLS", async () => {
  const { server } = await testCertificates();
  await using folders = await tlsFolders({ server });
  const words = [...folders.words("server"), "--tls", "optional"];
  const users = ["--user", "ann:x", "--user", "bob:x", "--tls-user"];
  const args = [...ANY, ...words, ...users, "bob=required", folders.pub];
  await using ftpd = await startFtpd(args);
  using ann = await ftpd.connect();
  await ann.say("USER ann", 331);
  await ann.say("PASS x", 230);
  using bob = await ftpd.connect();
  const reply = await bob.say("USER bob");
  const refused = reply.startsWith("331") ? await bob.say("PASS x") : reply;
  assertStringIncludes(refused, "TLS required");
  using secure = await SecureControl.explicit(ftpd.ports[0]!);
  await secure.say("USER bob", 331);
  await secure.say("PASS x", 230);
});

tlsTest(
  "ftpd --check shows certificates, what is wrong with them, and who must use TLS",
  async () => {
    const { ca, client } = await testCertificates();
    const soon = await createCertificate({
      names: ["ftp.example", "192.0.2.1"],
      until: daysFromNow(3.5),
    });
    await using folders = await tlsFolders({ soon, ca, client });
    const { tls, pub } = folders;
    await Deno.chmod(`${tls}/soon.key`, 0o644);
    const run = await runFtpd([
      ...["--check", "--tls", "optional", ...folders.words("soon")],
      ...["--tls-client-ca", `${tls}/ca.pem`, "--tls-client-cert", "login"],
      ...["--user", "bob:x", "--tls-user", "bob=required", "--tls-min", "1.3"],
      ...["--implicit-tls", "127.0.0.1:1", "--active", "off", pub],
    ]);
    assertEquals([run.code, run.stderr], [0, ""]);
    const day = daysFromNow(3.5).toISOString().slice(0, 10);
    assertEquals(run.stdout.split("\n"), [
      "listen ftps://127.0.0.1:1/",
      `serve  ${pub} to bob, read-only, TLS required`,
      "tls    optional, version 1.3 or later; session reuse: prefer; 20 " +
      `handshakes a second from one address; client certificates of ` +
      `${tls}/ca.pem: required, and log in`,
      `cert   ${tls}/soon.pem with ${tls}/soon.key for ftp.example, 192.0.2.1 ` +
      `until ${day}`,
      `cert   ${await pinOf(soon)}`,
      `warn   the certificate in ${tls}/soon.pem expires on ${day}, in 3 days`,
      `warn   everybody on this machine can read the key in ${tls}/soon.key; ` +
      "chmod o-r helps",
      `grant  read  ${pub} (serving)`,
      "grant  net   127.0.0.1:1 (serving)",
      "grant  net   127.0.0.1:0 (passive mode)",
      "grant  sys   statfs (free space)",
      `grant  read  ${tls}/soon.pem (certificates, for no worker)`,
      `grant  read  ${tls}/soon.key (certificates, for no worker)`,
      `grant  read  ${tls}/ca.pem (certificates, for no worker)`,
      "refuse everything else: other files, addresses, env, run, ffi, sys",
      "ftpd: the options are good",
      "",
    ]);
  },
);

tlsTest("ftpd starts with an expired certificate, and warns", async () => {
  const { expired } = await testCertificates();
  await using folders = await tlsFolders({ expired });
  await Deno.chmod(`${folders.tls}/expired.key`, 0o644);
  const args = [...ANY, ...folders.words("expired"), folders.pub];
  await using ftpd = await startFtpd(args);
  const lines = ftpd.log.trimEnd().split("\n");
  assertEquals(lines.length, 2, ftpd.log);
  assertMatch(lines[0]!, /^ftpd: the certificate in \S+ expired on 20\S+$/);
  assertMatch(lines[1]!, /^ftpd: everybody .* can read the key in \S+;/);
});

tlsTest(
  "ftpd refuses keys that clients could fetch, whatever leads to them",
  async () => {
    const { server } = await testCertificates();
    await using folders = await tlsFolders({ server });
    const { pub, tls } = folders;
    const kept = `${pub}/kept`;
    await Deno.rename(tls, kept);
    await Deno.symlink(`${kept}/server.key`, `${folders.base}/server.key`);
    await Deno.symlink(kept, tls);
    const outside = `${folders.base}/outside`;
    await Deno.mkdir(outside);
    for (const kind of ["pem", "key"]) {
      await Deno.copyFile(
        `${kept}/server.${kind}`,
        `${outside}/server.${kind}`,
      );
    }
    await Deno.symlink(`${outside}/server.key`, `${pub}/way-out.key`);
    const cert = ["--tls-cert", `${outside}/server.pem`, "--tls-key"];
    for (
      const key of [
        ...[`${kept}/server.key`, `${tls}/server.key`, `${pub}/way-out.key`],
        ...[`${folders.base}/server.key`, `${outside}/../pub/kept/server.key`],
      ]
    ) {
      const run = await runFtpd([...ANY, ...cert, key, pub]);
      assertFailure(run, `${key} is in ${pub}, which is served`);
    }
    const good = [...cert, `${outside}/server.key`];
    const { code, stderr } = await runFtpd(["--check", ...good, pub]);
    assertEquals(code, 0, stderr);
  },
);

tlsTest("ftpd says in one line what is wrong with a file", async () => {
  const { server } = await testCertificates();
  await using folders = await tlsFolders({ server });
  const { tls, pub, base } = folders;
  await Deno.writeTextFile(`${tls}/large.pem`, "x".repeat((1 << 20) + 1));
  const encrypted = server.key.replaceAll("PRIVATE", "ENCRYPTED PRIVATE");
  await Deno.writeTextFile(`${tls}/locked.key`, encrypted);
  await new Deno.Command("mkfifo", { args: [`${base}/pipe`] }).output();
  const cases: [cert: string, key: string, part: string][] = [
    [`${tls}/large.pem`, "", "it has more than 1 MiB"],
    [tls, "", "it is not a file"],
    [`${base}/pipe`, "", "it is not a file"],
    ["/dev/stdin", "", "the runtime opens nothing below /dev"],
    [`${tls}/server.pem`, "", `cannot use ${tls}/server.pem: `],
    [`${tls}/server.pem`, `${tls}/locked.key`, "is encrypted"],
    [`${tls}/server.pem`, `${tls}/nothing.key`, "there is no such file"],
  ];
  const runs = cases.map(([cert, key]) => {
    const words = ["--tls-cert", cert, ...(key ? ["--tls-key", key] : [])];
    return runFtpd([...ANY, ...words, pub]);
  });
  for (const [at, run] of (await Promise.all(runs)).entries()) {
    assertFailure(run, cases[at]![2]);
  }
});

function assertFailure({ code, stdout, stderr }: Run, part: string): void {
  assertEquals([code, stdout], [1, ""], stderr);
  assertMatch(stderr, /^ftpd: [^\n]*\n$/);
  assertStringIncludes(stderr, part);
}
