/**
 * Python's `ssl` and `ftplib` as clients with TLS, for a whole script or line
 * by line.
 *
 * @module
 */

import { fail } from "@std/assert";
import { runWell } from "./program.ts";
import { Talk } from "./talk.ts";
import type { TlsScene, Way } from "./tls_scene.ts";

const PRELUDE = `
import contextlib, ftplib, hashlib, io, json, os, socket, ssl, sys, time, traceback
HOST, PORT, IMPLICIT_PORT, KEYS = '127.0.0.1', int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
VERSIONS = {'1.2': ssl.TLSVersion.TLSv1_2, '1.3': ssl.TLSVersion.TLSv1_3}

def context(version=None, ca='ca', cert=None, alpn=None):
    made = ssl.create_default_context(cafile=f'{KEYS}/{ca}.pem')
    if version:
        made.minimum_version = made.maximum_version = VERSIONS[version]
    if cert:
        made.load_cert_chain(f'{KEYS}/{cert}.pem', f'{KEYS}/{cert}.key')
    if alpn:
        made.set_alpn_protocols([alpn])
    return made

class Reusing(ftplib.FTP_TLS):
    'The well-known subclass: data connections resume the control session.'
    reused = None

    def ntransfercmd(self, cmd, rest=None):
        conn, size = ftplib.FTP.ntransfercmd(self, cmd, rest)
        if self._prot_p:
            conn = self.context.wrap_socket(
                conn, server_hostname=self.host, session=self.sock.session)
            self.reused = conn.session_reused
        return conn, size

class Implicit(Reusing):
    'TLS comes before the greeting.'

    def connect(self, host, port):
        self.host, self.port = host, port
        raw = socket.create_connection((host, port), self.timeout)
        self.sock = self.context.wrap_socket(raw, server_hostname=host)
        self.af = self.sock.family
        self.file = self.sock.makefile('r', encoding=self.encoding)
        self.welcome = self.getresp()
        return self.welcome

def secure(version=None, implicit=False, cls=Reusing, user='', password='', protect=True, **how):
    cls = Implicit if implicit else cls
    ftp = cls(context=context(version, **how), timeout=20, encoding='utf-8')
    ftp.connect(HOST, IMPLICIT_PORT if implicit else PORT)
    ftp.login(user, password)
    if protect:
        ftp.prot_p()
    return ftp

def fetch(ftp, name, rest=None):
    data = io.BytesIO()
    ftp.retrbinary('RETR ' + name, data.write, rest=rest, blocksize=1 << 16)
    return data.getvalue()

def store(ftp, name, data, **how):
    return ftp.storbinary('STOR ' + name, io.BytesIO(data), **how)

def refusal(action, *words):
    'Why something was refused.'
    try:
        action(*words)
    except (ftplib.Error, OSError, EOFError) as error:
        return type(error).__name__ + ' ' + str(error)
    raise AssertionError('not refused: ' + repr(words))

def refused(ftp, action, *words):
    'The same for a transfer: when its connection breaks, the reply says why.'
    said = refusal(action, ftp, *words)
    return said if said.startswith('error_') else refusal(ftp.voidresp)
`;

const LOOP = `
for _line in sys.stdin:
    _said, _error = io.StringIO(), None
    try:
        with contextlib.redirect_stdout(_said):
            exec(json.loads(_line), globals())
    except BaseException:
        _error = traceback.format_exc()
    print(json.dumps([_said.getvalue(), _error]), flush=True)
`;

/** How to open a connection for a way, in Python. */
export function secureCall({ implicit, version }: Way): string {
  return `secure('${version}', implicit=${implicit ? "True" : "False"})`;
}

/** Runs `script` in the local folder; returns what it printed. */
export function python(scene: TlsScene, script: string): Promise<string> {
  return runWell(words(scene, script), { cwd: scene.local });
}

/** A Python that does what it is told, piece by piece. */
export class Python implements AsyncDisposable {
  readonly #talk: Talk;

  /** Starts it in the local folder. */
  constructor(scene: TlsScene) {
    this.#talk = new Talk(words(scene, LOOP), { cwd: scene.local });
  }

  /** Runs a piece; returns what it printed. */
  async do(code: string): Promise<string> {
    await this.#talk.write(`${JSON.stringify(code)}\n`);
    const [line] = await this.#talk.until(/^.*\n/);
    const [said, error] = JSON.parse(line) as [string, string | null];
    return error === null ? said.trimEnd() : fail(`${code}\n${error}`);
  }

  /** Ends it. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#talk[Symbol.asyncDispose]();
  }
}

function words(scene: TlsScene, script: string): string[] {
  const { ftpd, implicitPort, keys } = scene;
  const places = [`${ftpd.ports[0]}`, `${implicitPort}`, keys];
  return ["python3", "-c", PRELUDE + script, ...places];
}
