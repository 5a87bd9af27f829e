import { assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import {
  assertSameFile,
  assertSameTree,
  makeFile,
  makeSparse,
  makeTree,
  OLD,
  SPECIAL_NAMES,
} from "./files.ts";
import { python } from "./ftplib.ts";
import { interopTest, MODES } from "./interop.ts";
import { runWell } from "./program.ts";

for (const mode of MODES) {
  interopTest(
    "python3",
    `ftplib stores, lists and fetches files: ${mode.name}`,
    async (scene) => {
      await makeFile(join(scene.local, "in"), 300_000);
      await python(
        scene,
        `
ftp = connect()
with open('in', 'rb') as file:
    print(ftp.storbinary('STOR a b', file))
assert ftp.nlst() == ['a b'], ftp.nlst()
lines = []
ftp.dir(lines.append)
assert len(lines) == 1 and ' 300000 ' in lines[0] and lines[0].endswith(' a b'), lines
(name, facts), = ftp.mlsd(facts=['size', 'type', 'modify'])
assert (name, facts['size'], facts['type']) == ('a b', '300000', 'file'), facts
with open('out', 'wb') as file:
    print(ftp.retrbinary('RETR a b', file.write))
assert ftp.size('a b') == 300000
print(ftp.quit())
`,
        { mode },
      );
      await assertSameFile(join(scene.served, "a b"), join(scene.local, "in"));
      await assertSameFile(join(scene.local, "out"), join(scene.local, "in"));
    },
    { missing: mode.missing },
  );
}

interopTest(
  "python3",
  "ftplib continues a download and an upload",
  async (scene) => {
    await makeFile(join(scene.local, "whole"), 100_000);
    await python(
      scene,
      `
ftp = connect()
whole = open('whole', 'rb').read()
ftp.storbinary('STOR part', io.BytesIO(whole[:33333]))
ftp.storbinary('STOR part', io.BytesIO(whole[33333:]), rest=33333)
assert fetch(ftp, 'part') == whole
assert fetch(ftp, 'part', rest=77777) == whole[77777:]
assert fetch(ftp, 'part', rest=100000) == b''
message = refusal(fetch, ftp, 'part', 100001)
assert message.startswith('554 '), message
ftp.storbinary('APPE part', io.BytesIO(b'more'))
assert fetch(ftp, 'part') == whole + b'more'
ftp.quit()
`,
    );
  },
);

interopTest(
  "python3",
  "ftplib handles files and folders with special names",
  async (scene) => {
    const names = JSON.stringify(SPECIAL_NAMES);
    await python(
      scene,
      `
names = ${names}
ftp = connect()
for name in names:
    path = '/' + name
    assert ftp.mkd(name) == path, path
    ftp.cwd(name)
    assert ftp.pwd() == path, ftp.pwd()
    ftp.storbinary('STOR ' + name, io.BytesIO(name.encode()))
    assert fetch(ftp, name) == name.encode()
    assert ftp.size(name) == len(name.encode())
    assert ftp.nlst() == [name]
    assert [entry for entry, facts in ftp.mlsd()] == [name]
    assert ftp.sendcmd('MLST ' + name).splitlines()[1].endswith('; ' + path + path)
    ftp.rename(name, 'renamed')
    ftp.rename('renamed', name)
    ftp.cwd('/')
assert sorted(ftp.nlst()) == sorted(names), ftp.nlst()
for name in names:
    message = refusal(ftp.rmd, name)
    assert message.startswith('550 '), message
    ftp.delete(name + '/' + name)
    ftp.rmd(name)
assert ftp.nlst() == []
ftp.quit()
`,
    );
    assertEquals(await Array.fromAsync(Deno.readDir(scene.served)), []);
  },
);

interopTest("python3", "ftplib mirrors a tree up and down", async (scene) => {
  await makeTree(join(scene.local, "tree"), SPECIAL_NAMES);
  await python(
    scene,
    `
def put(folder):
    ftp.mkd(folder)
    for entry in os.scandir(folder):
        if entry.is_dir():
            put(entry.path)
        else:
            with open(entry.path, 'rb') as file:
                ftp.storbinary('STOR ' + entry.path, file)

def get(folder, target):
    os.mkdir(target)
    for name, facts in list(ftp.mlsd(folder)):
        if facts['type'] == 'dir':
            get(folder + '/' + name, target + '/' + name)
        else:
            with open(target + '/' + name, 'wb') as file:
                ftp.retrbinary('RETR ' + folder + '/' + name, file.write)

ftp = connect()
put('tree')
get('tree', 'back')
ftp.quit()
`,
  );
  const tree = join(scene.local, "tree");
  await assertSameTree(join(scene.served, "tree"), tree);
  await assertSameTree(join(scene.local, "back"), tree);
});

interopTest(
  "python3",
  "ftplib moves text with line ends of the wire",
  async (scene) => {
    await python(
      scene,
      `
ftp = connect()
text = b''.join(b'line %d\\n' % at for at in range(50000))
ftp.storlines('STOR text', io.BytesIO(text))
ftp.storlines('STOR empty', io.BytesIO(b''))
ftp.storlines('STOR one', io.BytesIO(b'no end of line'))
lines = []
ftp.retrlines('RETR text', lines.append)
assert '\\n'.join(lines).encode() + b'\\n' == text
assert fetch(ftp, 'text') == text
assert fetch(ftp, 'empty') == b''
ftp.quit()
`,
    );
    const text = await Deno.readTextFile(join(scene.served, "text"));
    assertEquals(text.length, "line 0\n".length * 50_000 + 188_890);
    const one = await Deno.readTextFile(join(scene.served, "one"));
    assertEquals(one.trimEnd(), "no end of line");
  },
);

interopTest(
  "python3",
  "ftplib sets times and permission bits",
  async (scene) => {
    await python(
      scene,
      `
ftp = connect()
for name, command in [
    ('a b', 'MFMT 20210304050607 a b'),
    ('c d', 'SITE UTIME 20210304050607 c d'),
    ('e f', 'SITE UTIME e f 20210304050607 20210304050607 20210304050607 UTC'),
]:
    ftp.storbinary('STOR ' + name, io.BytesIO(b'x'))
    ftp.sendcmd(command)
    ftp.sendcmd('SITE CHMOD 640 ' + name)
    assert ftp.sendcmd('MDTM ' + name) == '213 20210304050607', name
    facts = dict(ftp.mlsd())[name]
    assert facts['modify'] == '20210304050607', facts
    assert facts['unix.mode'] == '0640', facts
ftp.quit()
`,
    );
    for await (const { name } of Deno.readDir(scene.served)) {
      const { mode, mtime } = await Deno.stat(join(scene.served, name));
      assertEquals({ mode: (mode ?? 0) & 0o777, mtime }, {
        mode: 0o640,
        mtime: OLD,
      });
    }
  },
);

interopTest(
  "python3",
  "ftplib moves 300 MB and sees the end of 5 GiB",
  async (scene) => {
    await makeSparse(join(scene.local, "in"), 300_000_000, "the end");
    await makeSparse(join(scene.served, "huge"), 5 * 2 ** 30, "the very end");
    await python(
      scene,
      `
ftp = connect()
with open('in', 'rb') as file:
    ftp.storbinary('STOR big', file, blocksize=1 << 20)
with open('out', 'wb') as file:
    ftp.retrbinary('RETR big', file.write, blocksize=1 << 20)
ftp.voidcmd('TYPE I')
assert ftp.size('huge') == 5 << 30
assert fetch(ftp, 'huge', rest=(5 << 30) - 12) == b'the very end'
ftp.storbinary('STOR huge', io.BytesIO(b'last bytes!!'), rest=(5 << 30) - 12)
assert fetch(ftp, 'huge', rest=(5 << 30) - 10) == b'st bytes!!'
assert ftp.size('huge') == 5 << 30
ftp.quit()
`,
    );
    const options = { cwd: scene.local };
    await runWell(["cmp", "in", join(scene.served, "big")], options);
    await runWell(["cmp", "in", "out"], options);
  },
);

interopTest(
  "python3",
  "ftplib is told what is wrong, and stays connected",
  async (scene) => {
    await makeFile(join(scene.served, "file"));
    const told = await python(
      scene,
      `
print(refusal(connect, 'bob', 'wrong'))
ftp = connect('bob', 'secret')
print(refusal(ftp.storbinary, 'STOR no', io.BytesIO(b'x')))
for words in ['DELE file', 'MKD no', 'RMD no', 'RNFR file', 'APPE file', 'STOU',
              'SITE CHMOD 777 file', 'MFMT 20210304050607 file']:
    print(refusal(ftp.sendcmd, words))
print(refusal(fetch, ftp, 'missing'))
assert len(fetch(ftp, 'file')) == 20000
ftp.quit()
`,
    );
    const codes = told.trimEnd().split("\n").map((line) => line.slice(0, 4));
    const [login, ...others] = codes;
    assertEquals(login, "530 ");
    assertEquals(others.filter((code) => !/^(550|425) $/.test(code)), []);
    assertMatch(told, /^550 /m);
    const names = await Array.fromAsync(Deno.readDir(scene.served));
    assertEquals(names.map(({ name }) => name), ["file"]);
  },
  { ftpd: ["--user", "bob:secret:ro", "--login-delay", "0.01"] },
);

interopTest(
  "python3",
  "ftplib's 20 sessions at the same time do not mix",
  async (scene) => {
    await python(
      scene,
      `
failures = []

def work(number):
    try:
        ftp = connect()
        ftp.mkd(str(number))
        ftp.cwd(str(number))
        for round in range(5):
            data = bytes([number]) * 100000
            ftp.storbinary('STOR file', io.BytesIO(data))
            assert fetch(ftp, 'file') == data
            assert ftp.nlst() == ['file']
        ftp.quit()
    except Exception as error:
        failures.append(repr(error))

threads = [threading.Thread(target=work, args=(number,)) for number in range(20)]
for thread in threads: thread.start()
for thread in threads: thread.join()
assert failures == [], failures
`,
    );
  },
);
