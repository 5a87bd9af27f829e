/**
 * Commands that no client uses by itself, or only when it is told to, judged by
 * lftp, ftplib with Python's zlib and hashlib, and our own client.
 */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { FtpClient } from "../../client/ftp/client.ts";
import { localHash } from "../../client/ftp/hash.ts";
import {
  HASH_DIGITS,
  type HashAlgorithm,
} from "../../client/ftp/hash_offer.ts";
import { localFiles } from "../../client/ftp/local_files.ts";
import { assertSameFile, assertSameTree, makeFile, OLD } from "./files.ts";
import { python } from "./ftplib.ts";
import { interopTest } from "./interop.ts";
import { lftp } from "./lftp.ts";

interopTest("lftp", "lftp transfers and lists in MODE Z", async (scene) => {
  const tree = join(scene.local, "tree");
  await Deno.mkdir(join(tree, "sub"), { recursive: true });
  // lftp takes a second for each file without bytes: one is enough.
  for (const [at, name] of ["empty", "-b", "c d", "sub/e"].entries()) {
    await makeFile(join(tree, name), at * 1000);
    await Deno.utime(join(tree, name), OLD, OLD);
  }
  await Deno.writeTextFile(join(tree, "long"), "same ".repeat(500_000));
  await Deno.utime(join(tree, "long"), OLD, OLD);
  await lftp(
    scene,
    "set ftp:use-mode-z yes; mirror -R tree up; mirror -P 3 up down",
  );
  await assertSameTree(join(scene.served, "up"), tree, { times: true });
  await assertSameTree(join(scene.local, "down"), tree, { times: true });
  await scene.ftpd.said("verb=STOR path=/up/long bytes=");
  const [, sent] = /path=\/up\/long bytes=(\d+)/.exec(scene.ftpd.log) ?? [];
  assertEquals(Number(sent) < 100_000, true, `${sent} bytes were sent`);
});

interopTest("lftp", "lftp joins, copies and asks for hashes", async (scene) => {
  for (const part of ["p1", "p2"]) {
    await makeFile(join(scene.served, part), 1000);
  }
  const said = await lftp(
    scene,
    'quote COMB \\"all of it\\" p1 p2; quote SITE CPFR all of it; ' +
      "quote SITE CPTO copy; quote XCRC copy 0 1000; quote SITE WHO",
  );
  assertStringIncludes(said, "250 COMB command successful.");
  assertStringIncludes(said, "250 Copy successful.");
  assertMatch(said, /^250 [0-9A-F]{8}$/m);
  assertMatch(said, /^200 1 session\.$/m);
  await assertSameFile(
    join(scene.served, "copy"),
    join(scene.served, "all of it"),
  );
});

interopTest(
  "python3",
  "zlib and hashlib of Python agree with MODE Z and HASH",
  async (scene) => {
    await python(
      scene,
      `
import hashlib, zlib
ftp = connect()
ftp.voidcmd('TYPE I')
data = b''.join(b'%d lines and counting\\n' % n for n in range(200000))

def get(name):
    data = io.BytesIO()
    ftp.retrbinary('RETR ' + name, data.write)
    return data.getvalue()

def put(name, data):
    return ftp.storbinary('STOR ' + name, io.BytesIO(data))

ftp.voidcmd('MODE Z')
for level in (1, 6, 9):
    ftp.voidcmd('OPTS MODE Z LEVEL %d' % level)
    put('a', zlib.compress(data, level))
    packed = get('a')
    assert zlib.decompress(packed) == data
    assert len(packed) < len(data) // 3, len(packed)
put('empty', zlib.compress(b''))
assert zlib.decompress(get('empty')) == b''
assert '451' in refusal(put, 'bad', zlib.compress(data)[:-1])
assert '451' in refusal(put, 'bad', b'not deflated')
lines = []
packed = io.BytesIO()
ftp.retrbinary('NLST', packed.write)
assert zlib.decompress(packed.getvalue()) == b'a\\r\\nempty\\r\\n'
ftp.sendcmd('RANG 100 199')
assert zlib.decompress(get('a')) == data[100:200]
ftp.voidcmd('MODE S')
assert get('a') == data
ftp.sendcmd('RANG 100 199')
assert get('a') == data[100:200]

for name, algorithm in [('SHA-256', 'sha256'), ('SHA-512', 'sha512'), ('SHA-1', 'sha1'), ('MD5', 'md5')]:
    ftp.voidcmd('OPTS HASH ' + name)
    right = hashlib.new(algorithm, data).hexdigest()
    reply = ftp.voidcmd('HASH a')
    assert reply == '213 %s 0-%d %s a' % (name, len(data), right), reply
    ftp.sendcmd('RANG 10 19')
    assert hashlib.new(algorithm, data[10:20]).hexdigest() in ftp.voidcmd('HASH a')
for verb, algorithm in [('XMD5', 'md5'), ('XSHA', 'sha1'), ('XSHA1', 'sha1'), ('XSHA256', 'sha256'), ('XSHA512', 'sha512')]:
    right = hashlib.new(algorithm, data[10:20]).hexdigest().upper()
    assert ftp.voidcmd(verb + ' "a" 10 20') == '250 ' + right
assert ftp.voidcmd('XCRC a') == '250 %08X' % zlib.crc32(data)
assert ftp.voidcmd('MD5 a') == '251 a ' + hashlib.md5(data).hexdigest().upper()
assert ftp.voidcmd('DSIZ') == '213 %d' % len(data)
`,
    );
    const names = [...Deno.readDirSync(scene.served)].map(({ name }) => name);
    assertEquals(names.sort(), ["a", "empty"]);
  },
);

interopTest(
  "python3",
  "ftplib sets facts, and lists by options and patterns",
  async (scene) => {
    await python(
      scene,
      `
ftp = connect()
for name in ('sub', 'sub/deep', 'sup'):
    ftp.mkd(name)
for name in ('sub/one', 'sup/two', 'sub/deep/three', '-x'):
    ftp.storbinary('STOR ./' + name, io.BytesIO(name.encode()))
assert ftp.voidcmd('MFF modify=20200102030405;UNIX.mode=0640; sub/one') == \\
    '213 Modify=20200102030405;UNIX.mode=0640; /sub/one'
def nlst(argument):
    lines = []
    ftp.retrlines('NLST ' + argument, lines.append)
    return lines
assert nlst('su*/[ot]*') == ['sub/one', 'sup/two'], nlst('su*/[ot]*')
assert nlst('-t su*/[ot]*') == ['sup/two', 'sub/one']
assert nlst('-R sub') == ['deep', 'one', 'deep/three']
assert nlst('-- -x') == ['-x']
lines = []
ftp.dir('-R', lines.append)
assert [line for line in lines if line.endswith(':')] == ['./sub:', './sub/deep:', './sup:']

assert '504' in refusal(ftp.voidcmd, 'MFCT 20200102030405 sub/one')
assert ftp.voidcmd('LANG') == '200 Replies are in English.'
assert '504' in refusal(ftp.voidcmd, 'LANG fr')
assert '502' in refusal(ftp.voidcmd, 'THMB PNG 1 1 -x')
assert ftp.voidcmd('CSID Name=ftplib; Version=3;').startswith('200 Name=Wharf;')
assert ftp.voidcmd('SITE IDLE 60').startswith('200')
assert ftp.voidcmd('SITE QUOTA') == '200 There is no quota.'
`,
    );
    const { mode, mtime } = await Deno.stat(join(scene.served, "sub/one"));
    assertEquals((mode ?? 0) & 0o777, 0o640);
    assertEquals(mtime?.toISOString(), "2020-01-02T03:04:05.000Z");
  },
);

interopTest(
  "sh",
  "our client gets every hash that it knows from ftpd",
  async ({ ftpd, served }) => {
    const path = join(served, 'a "b" 1 2');
    await makeFile(path, 3_000_000);
    await using client = await FtpClient.connect({
      hostname: "127.0.0.1",
      port: ftpd.ports[0]!,
    });
    await client.login();
    for (const algorithm of Object.keys(HASH_DIGITS) as HashAlgorithm[]) {
      const hash = await localHash(localFiles(), path, algorithm);
      assertEquals(
        await client.hash('/a "b" 1 2', { algorithm }),
        { algorithm, hash },
      );
    }
  },
);
