import { assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import { RawControl, soon } from "../ftp/helpers.ts";
import { makeFile } from "./files.ts";
import { curl, curlUrl } from "./tls_curl.ts";
import { Python } from "./tls_python.ts";
import { type TlsScene, tlsTest, WAYS } from "./tls_scene.ts";

/** What people send who take the port for another one's. */
const STRANGERS = [
  "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
  "POST / HTTP/1.1\r\nContent-Length: 21\r\n\r\nUSER anonymous\r\nPASS x\r\n",
  "EHLO localhost\r\nMAIL FROM:<x@localhost>\r\n",
  "CONNECT localhost:25 HTTP/1.1\r\n\r\n",
];
/** What is no ClientHello. */
const GARBAGE = [
  "USER anonymous\r\nPASS x\r\n",
  "\0".repeat(5000),
  "\x16\x03\x01\xff\xff" + "A".repeat(5000),
  "\x15\x03\x01\x00\x02\x02\x28",
  "\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00",
  "\x80\x2e\x01\x00\x02" + "\0".repeat(41),
];
/** The beginning of a ClientHello, in Python. */
const HALF_HELLO = `
incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
asking = context().wrap_bio(incoming, outgoing, server_hostname=HOST)
try: asking.do_handshake()
except ssl.SSLWantReadError: pass
HELLO = outgoing.read()

def plain(source='127.0.0.1'):
    made = socket.create_connection((HOST, PORT), 20, (source, 0))
    assert made.recv(1000).startswith(b'220'), 'no greeting'
    return made
`;

tlsTest(
  "curl",
  "a command in the segment of AUTH TLS ends the connection",
  async (scene) => {
    for (const line of ["USER anonymous", "NOOP", ""]) {
      for (const verb of ["AUTH TLS", "AUTH SSL"]) {
        using control = await scene.ftpd.connect();
        await control.write(`${verb}\r\n${line}\r\n`);
        assertMatch(
          await soon(control.ended(), "the end"),
          /^(234 [^\n]*\n)?$/,
        );
      }
    }
    await scene.ftpd.said("plaintext-after-auth");
    await stillServes(scene);
  },
);

tlsTest(
  "curl",
  "garbage in the place of TLS ends the connection",
  async (scene) => {
    for (const bytes of GARBAGE) {
      using control = await scene.ftpd.connect();
      await control.say("AUTH TLS", 234);
      await control.write(binary(bytes));
      await over(control, bytes);
      using implicit = await toImplicit(scene);
      await implicit.write(binary(bytes));
      await over(implicit, bytes);
    }
    await stillServes(scene);
  },
);

tlsTest(
  "curl",
  "HTTP and SMTP end the connection, on either port and inside TLS",
  async (scene) => {
    await using python = new Python(scene);
    for (const text of STRANGERS) {
      using control = await scene.ftpd.connect();
      await control.write(text);
      const said = await soon(control.ended(), "the end");
      assertMatch(said, /^(421|5\d\d) [^\n]*\n$/);
      using implicit = await toImplicit(scene);
      await implicit.write(text);
      await over(implicit, text);
      const inside = await python.do(`
ftp = Implicit(context=context(), timeout=20)
ftp.connect(HOST, IMPLICIT_PORT)
ftp.sock.sendall(${JSON.stringify(text)}.encode())
print(ftp.file.read())
ftp.close()
`);
      assertMatch(inside, /^(421|5\d\d) [^\n]*$/);
    }
    await stillServes(scene);
  },
);

tlsTest(
  "python3",
  "a handshake that stops half way ends by the login time-out",
  async (scene) => {
    await using python = new Python(scene);
    await python.do(`
${HALF_HELLO}
for half in HELLO[:100], HELLO, b'':
    for port in PORT, IMPLICIT_PORT:
        made = socket.create_connection((HOST, port), 20)
        if port == PORT:
            made.recv(1000)
            made.sendall(b'AUTH TLS\\r\\n')
            assert made.recv(1000).startswith(b'234')
        made.sendall(half)
        while made.recv(1000): pass
        made.close()
`);
    await stillServes(scene);
  },
  { ftpd: () => ["--login-timeout", "0.5"] },
);

tlsTest(
  "python3",
  "200 handshakes that stop half way do not keep others out",
  async (scene) => {
    await makeFile(join(scene.served, "file"), 100_000);
    await using python = new Python(scene);
    await python.do(`
${HALF_HELLO}
pending = []
for number in range(200):
    made = plain('127.0.0.2')
    made.sendall(b'AUTH TLS\\r\\n')
    try:
        made.recv(1000)
        made.sendall(HELLO[:number])
    except OSError: pass
    pending.append(made)
`);
    for (const way of WAYS) {
      const url = curlUrl(scene, "file", way);
      const text = await curl(scene, "--ssl-reqd", "--max-time", "5", url);
      assertEquals(text.length > 0, true);
    }
    await python.do("for made in pending: made.close()");
  },
);

tlsTest(
  "python3",
  "an address may only begin so many handshakes a second",
  async (scene) => {
    await using python = new Python(scene);
    const said = await python.do(`
from collections import Counter
def attempt(source):
    try:
        raw = socket.create_connection((HOST, IMPLICIT_PORT), 20, (source, 0))
        with context().wrap_socket(raw, server_hostname=HOST) as sock:
            return sock.recv(1000)[:3].decode()
    except OSError:
        return 'refused'
count = Counter(attempt('127.0.0.2') for number in range(30))
print(count['220'] >= 5, count['refused'] >= 15, sum(count.values()))
print(attempt('127.0.0.3'))
`);
    assertEquals(said, "True True 30\n220");
  },
  { ftpd: () => ["--tls-rate", "1"] },
);

for (const version of ["1.2", "1.3"]) {
  tlsTest(
    "python3",
    `a data connection without TLS moves nothing: TLS ${version}`,
    async (scene) => {
      await makeFile(join(scene.served, "file"));
      await using python = new Python(scene);
      const said = await python.do(`
ftp = secure('${version}')
ftp.voidcmd('TYPE I')
def clear(command, send):
    data, size = ftplib.FTP.ntransfercmd(ftp, command)
    if send: data.sendall(send)
    data.shutdown(socket.SHUT_WR)
    got = b''
    try:
        while block := data.recv(1000): got += block
    except OSError: pass
    data.close()
    assert b'file' not in got and len(got) < 100, got
    print(refusal(ftp.voidresp))
for send in b'', b'x' * 1000, b'GET / HTTP/1.0\\r\\n\\r\\n':
    clear('RETR file', send)
    clear('LIST', send)
    clear('STOR up', send)
assert ftp.nlst() == ['file'], ftp.nlst()
ftp.quit()
`);
      const codes = [...said.matchAll(/^\S+ (\d+) /gm)].map(([, code]) => code);
      assertEquals(codes, Array(9).fill("522"), said);
    },
  );
}

tlsTest(
  "python3",
  "a data connection must show the certificate of the control connection",
  async (scene) => {
    await makeFile(join(scene.served, "file"));
    await using python = new Python(scene);
    const said = await python.do(`
class Swapping(ftplib.FTP_TLS):
    def ntransfercmd(self, cmd, rest=None):
        conn, size = ftplib.FTP.ntransfercmd(self, cmd, rest)
        other = context(cert=self.shown)
        return other.wrap_socket(conn, server_hostname=HOST), size
for version in '1.2', '1.3':
    ftp = secure(version, cls=Swapping, cert='client')
    ftp.shown = 'client'
    assert len(fetch(ftp, 'file')) == 20000
    ftp.shown = 'bob'
    print(refused(ftp, fetch, 'file'))
    ftp.quit()
`);
    assertMatch(said, /522 [^]*522 /);
  },
  { ftpd: (keys) => ["--tls-client-ca", join(keys, "ca.pem")] },
);

/** Fails unless a normal client is served as ever. */
async function stillServes(scene: TlsScene): Promise<void> {
  for (const way of WAYS) {
    await curl(scene, "--ssl-reqd", curlUrl(scene, "", way));
  }
}

/** Fails unless the server ends the connection, with nothing but an alert. */
async function over(control: RawControl, what: string): Promise<void> {
  const said = await soon(
    control.ended().catch((error) => {
      if (error instanceof Deno.errors.ConnectionReset) return "";
      throw error;
    }),
    `the end after ${JSON.stringify(what.slice(0, 20))}`,
  );
  const isAlert = said.startsWith("\x15\x03") && said.length === 7;
  assertEquals(isAlert || said === "", true, JSON.stringify(said));
}

function toImplicit({ implicitPort: port }: TlsScene): Promise<RawControl> {
  return RawControl.open({ hostname: "127.0.0.1", port, greeting: false });
}

/** Each character is a byte. */
function binary(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}
