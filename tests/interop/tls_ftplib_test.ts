import { assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import { assertSameFile, makeFile, makeSparse } from "./files.ts";
import { python, secureCall } from "./tls_python.ts";
import { tlsTest, VERSIONS, WAYS } from "./tls_scene.ts";

for (const way of WAYS) {
  tlsTest(
    "python3",
    `ftplib stores, lists and fetches files: ${way.name}`,
    async (scene) => {
      await makeFile(join(scene.local, "in"), 300_000);
      await python(
        scene,
        `
ftp = ${secureCall(way)}
assert ftp.sock.version() == 'TLSv${way.version}'
with open('in', 'rb') as file:
    ftp.storbinary('STOR a b', file)
assert ftp.nlst() == ['a b'], ftp.nlst()
(name, facts), = ftp.mlsd(facts=['size', 'type'])
assert (name, facts['size'], facts['type']) == ('a b', '300000', 'file'), facts
with open('out', 'wb') as file:
    ftp.retrbinary('RETR a b', file.write)
assert ftp.reused
whole = open('in', 'rb').read()
assert fetch(ftp, 'a b', rest=299000) == whole[299000:]
store(ftp, 'a b', whole[1000:], rest=1000)
ftp.storbinary('APPE a b', io.BytesIO(b'more'))
assert fetch(ftp, 'a b') == whole + b'more'
store(ftp, 'empty', b'')
assert fetch(ftp, 'empty') == b''
lines = []
ftp.storlines('STOR text', io.BytesIO(b'one\\ntwo\\n'))
ftp.retrlines('RETR text', lines.append)
assert lines == ['one', 'two']
print(ftp.quit())
`,
      );
      await assertSameFile(join(scene.local, "out"), join(scene.local, "in"));
    },
  );
}

for (const way of VERSIONS) {
  tlsTest(
    "python3",
    `ftplib without session reuse is served unless it is required: ${way.name}`,
    async (scene) => {
      await python(
        scene,
        `
ftp = secure('${way.version}', cls=ftplib.FTP_TLS)
for number in range(10):
    store(ftp, 'file', b'%d' % number)
    assert fetch(ftp, 'file') == b'%d' % number
ftp.quit()
`,
      );
    },
  );

  tlsTest(
    "python3",
    `ftplib stops a TLS transfer (ABOR) and goes on: ${way.name}`,
    async (scene) => {
      await makeSparse(join(scene.served, "big"), 300_000_000, "the end");
      await makeFile(join(scene.served, "file"));
      const said = await python(
        scene,
        `
ftp = ${secureCall(way)}
ftp.voidcmd('TYPE I')
for round in range(3):
    data = ftp.transfercmd('RETR big')
    assert data.recv(1)
    print(ftp.abort())
    data.close()
    print(ftp.getmultiline())
    assert len(fetch(ftp, 'file')) == 20000
ftp.quit()
`,
      );
      const codes = said.trim().split("\n").map((line) => line.slice(0, 3));
      assertEquals(codes, ["426", "226", "426", "226", "426", "226"]);
    },
  );

  tlsTest(
    "python3",
    `ftplib goes back to clear commands (CCC): ${way.name}`,
    async (scene) => {
      await python(
        scene,
        `
ftp = ${secureCall(way)}
ftp.ccc()
ftp.voidcmd('NOOP')
assert ftp.pwd() == '/'
# Its data stays protected, without the session that went away.
ftp.__class__ = ftplib.FTP_TLS
store(ftp, 'file', b'text')
assert fetch(ftp, 'file') == b'text'
ftp.quit()
`,
      );
    },
    { ftpd: () => ["--write", "--tls", "optional"] },
  );

  tlsTest(
    "python3",
    `ftplib lets the server connect: ${way.name}`,
    async (scene) => {
      await python(
        scene,
        `
ftp = ${secureCall(way)}
ftp.set_pasv(False)
data = bytes(range(256)) * 4000
store(ftp, 'file', data)
assert fetch(ftp, 'file') == data and ftp.reused
assert ftp.nlst() == ['file']
ftp.quit()
`,
      );
    },
    { ftpd: () => ["--write", "--tls-session-reuse", "require"] },
  );
}

tlsTest(
  "python3",
  "ftplib is refused clear data and CCC where TLS is required",
  async (scene) => {
    const said = await python(
      scene,
      `
ftp = secure('1.3')
print(refusal(ftp.prot_c))
print(refusal(ftp.sendcmd, 'CCC'))
store(ftp, 'file', b'text')
ftp.quit()
ftp = secure('1.2', protect=False)
print(refusal(ftp.sendcmd, 'EPSV'))
print(refusal(ftp.sendcmd, 'PORT 127,0,0,1,99,99'))
print(refusal(store, ftp, 'clear', b'text'))
ftp.quit()
`,
    );
    const codes = [...said.matchAll(/^error_perm (\d+)/gm)].map(([, it]) => it);
    assertEquals(codes, ["534", "534", "550", "550", "550"], said);
  },
);

tlsTest(
  "python3",
  "ftplib changes between clear and protected data",
  async (scene) => {
    const said = await python(
      scene,
      `
ftp = secure('1.3')
for round in range(3):
    store(ftp, 'file', b'protected')
    ftp.prot_c()
    assert fetch(ftp, 'file') == b'protected'
    store(ftp, 'file', b'clear')
    ftp.prot_p()
    assert fetch(ftp, 'file') == b'clear'
print(refusal(ftp.sendcmd, 'PROT S'))
print(refusal(ftp.sendcmd, 'PROT E'))
print(refusal(ftp.sendcmd, 'PROT X'))
print(refusal(ftp.sendcmd, 'AUTH TLS'))
ftp.quit()
`,
    );
    const codes = [...said.matchAll(/^error_perm (\d+)/gm)].map(([, it]) => it);
    assertEquals(codes, ["536", "536", "504", "503"], said);
  },
  { ftpd: () => ["--write", "--tls", "optional"] },
);

tlsTest(
  "python3",
  "ftplib's 20 sessions with TLS at the same time do not mix",
  async (scene) => {
    await python(
      scene,
      `
import threading
failures = []

def work(number):
    try:
        ftp = secure(('1.2', '1.3')[number % 2])
        ftp.mkd(str(number))
        ftp.cwd(str(number))
        for round in range(3):
            data = bytes([number]) * 100000
            store(ftp, 'file', data)
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

tlsTest(
  "python3",
  "ftplib logs in by its certificate, without a password",
  async (scene) => {
    const said = await python(
      scene,
      `
ftp = secure('1.3', user='alice', cert='client')
store(ftp, 'file', b'text')
assert fetch(ftp, 'file') == b'text'
ftp.quit()
ftp = ftplib.FTP_TLS(context=context('1.2', cert='client'), timeout=20)
ftp.connect(HOST, PORT)
ftp.auth()
print(ftp.sendcmd('USER alice'))
ftp.quit()
ftp = ftplib.FTP_TLS(context=context('1.2', cert='client'), timeout=20)
ftp.connect(HOST, PORT)
ftp.auth()
print(ftp.sendcmd('USER bob'))
print(refusal(ftp.sendcmd, 'PASS wrong'))
ftp.quit()
`,
    );
    assertMatch(said, /^232 [^]*^331 [^]*^error_perm 530 /m);
  },
  {
    ftpd: (keys) => [
      ...["--tls-client-ca", join(keys, "ca.pem")],
      ...["--tls-client-cert", "login", "--login-delay", "0.01"],
      ...["--user", "alice:secret:rw", "--user", "bob:secret:rw"],
    ],
  },
);
