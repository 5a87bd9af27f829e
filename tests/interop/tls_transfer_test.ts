import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { makeFile, makeSparse } from "./files.ts";
import { runWell } from "./program.ts";
import { Talk } from "./talk.ts";
import { curl, curlFlags, curlUrl } from "./tls_curl.ts";
import { lftp } from "./tls_lftp.ts";
import { Python, python } from "./tls_python.ts";
import { type TlsScene, tlsTest, VERSIONS } from "./tls_scene.ts";

const BIG = 200_000_000;

for (const way of VERSIONS) {
  tlsTest("curl", `curl moves 200 MB both ways: ${way.name}`, async (scene) => {
    await makeBig(scene);
    const flags = curlFlags(way);
    await curl(scene, ...flags, "-T", "in", curlUrl(scene, "big", way));
    await curl(scene, ...flags, "-o", "out", curlUrl(scene, "big", way));
    await assertSameBig(scene);
  });
}

tlsTest("lftp", "lftp moves 200 MB both ways over TLS", async (scene) => {
  await makeBig(scene);
  await lftp(scene, VERSIONS[1]!, "put in -o big; get big -o out");
  await assertSameBig(scene);
});

for (const way of VERSIONS) {
  tlsTest(
    "python3",
    `a download ends with close_notify, whatever the client does: ${way.name}`,
    async (scene) => {
      await makeFile(join(scene.served, "file"), 3_000_000);
      await python(
        scene,
        `
ftp = secure('${way.version}')
for polite in True, False, True:
    ftp.voidcmd('TYPE I')
    started = time.monotonic()
    data = ftp.transfercmd('RETR file')
    data.suppress_ragged_eofs = False
    count = 0
    while block := data.recv(1 << 16): count += len(block)
    assert count == 3_000_000, count
    # The final reply does not wait for a client that says nothing.
    assert ftp.voidresp().startswith('226')
    assert time.monotonic() - started < 1.5, time.monotonic() - started
    if polite: data.unwrap()
    data.close()
    assert ftp.nlst() == ['file']
ftp.quit()
`,
      );
    },
  );

  tlsTest(
    "python3",
    `an upload that is cut off without close_notify is no file: ${way.name}`,
    async (scene) => {
      const { served } = scene;
      await Deno.writeTextFile(join(served, "old"), "old");
      const said = await python(
        scene,
        `
ftp = secure('${way.version}')
ftp.voidcmd('TYPE I')
for name in 'new', 'old':
    data = ftp.transfercmd('STOR ' + name)
    data.sendall(b'x' * 100000)
    socket.socket.shutdown(data, socket.SHUT_RDWR)
    data.close()
    print(refusal(ftp.voidresp))
    assert ftp.nlst() == ['old'], ftp.nlst()
ftp.quit()
`,
      );
      assertMatch(said, /^error_temp 426 [^]*^error_temp 426 /m);
      assertEquals(await Deno.readTextFile(join(served, "old")), "old");
    },
  );
}

tlsTest(
  "python3",
  "SIGTERM lets TLS transfers end, and then ends",
  async (scene) => {
    const { served, local, ftpd } = scene;
    await makeSparse(join(served, "big"), 50_000_000, "the end");
    await using python = new Python(scene);
    await python.do(`
down, up = secure('1.3'), secure('1.2')
for ftp in down, up: ftp.voidcmd('TYPE I')
source, target = down.transfercmd('RETR big'), up.transfercmd('STOR up')
assert source.recv(1)
target.sendall(b'x' * 1000)
`);
    ftpd.kill("SIGTERM");
    await python.do(`
count = 1
while block := source.recv(1 << 16): count += len(block)
assert count == 50_000_000, count
source.unwrap()
target.sendall(b'x' * 1000)
target.unwrap()
for data in source, target: data.close()
for ftp in down, up: assert ftp.voidresp().startswith('226')
for ftp in down, up: print(ftp.file.read())
`);
    assertEquals((await ftpd.status).code, 0);
    assertEquals((await Deno.stat(join(served, "up"))).size, 2000);
    assertEquals(await Array.fromAsync(Deno.readDir(local)), []);
  },
);

tlsTest(
  "python3",
  "SIGTERM ends TLS transfers that take longer than --grace",
  async (scene) => {
    const { served, ftpd } = scene;
    await makeSparse(join(served, "big"), 100_000_000, "the end");
    await using python = new Python(scene);
    await python.do(`
down, up = secure('1.3'), secure('1.2')
for ftp in down, up: ftp.voidcmd('TYPE I')
source, target = down.transfercmd('RETR big'), up.transfercmd('STOR up')
assert source.recv(1)
target.sendall(b'x' * 1000)
`);
    ftpd.kill("SIGTERM");
    assertEquals((await ftpd.status).code, 0);
    await Array.fromAsync(Deno.readDir(served)).then((entries) =>
      assertEquals(entries.map(({ name }) => name), ["big"])
    );
  },
  { ftpd: () => ["--write", "--grace", "0.5"] },
);

tlsTest(
  "curl",
  "curl that is killed in an upload over TLS leaves nothing",
  async (scene) => {
    const { served, local, ftpd, keys } = scene;
    await makeSparse(join(local, "in"), 50_000_000, "the end");
    const words = ["curl", "-v", "--cacert", join(keys, "ca.pem")];
    words.push("--noproxy", "*", "--ssl-reqd", "--limit-rate", "2M");
    words.push("-T", "in", curlUrl(scene, "up"));
    await using talk = new Talk(words, { cwd: local });
    await talk.complains(/< 150 /);
    Deno.kill(talk.pid, "SIGKILL");
    await talk.ended();
    await ftpd.said("result=aborted");
    assertEquals(await Array.fromAsync(Deno.readDir(served)), []);
  },
);

async function makeBig({ local }: TlsScene): Promise<void> {
  await makeSparse(join(local, "in"), BIG, "the end");
}

async function assertSameBig({ local, served }: TlsScene): Promise<void> {
  const words = ["sha256sum", "in", "out", join(served, "big")];
  const sums = (await runWell(words, { cwd: local })).trim().split("\n")
    .map((line) => line.split(" ")[0]);
  assertEquals(new Set(sums).size, 1, sums.join("\n"));
  assertStringIncludes(sums[0]!, "");
}
