/**
 * Runs Python's ftplib: a script gets a logged-in `ftp`, and what it prints as
 * `name: value` comes back.
 *
 * @module
 */

import { type Mode, placeOf, type Scene } from "./interop.ts";
import { runWell } from "./program.ts";

const PRELUDE = `
import ftplib, io, os, socket, sys, threading
host, port, passive = sys.argv[1], int(sys.argv[2]), sys.argv[3] == 'passive'
replies = []

def connect(user='', password='', **options):
    ftp = ftplib.FTP(timeout=20, encoding='utf-8', **options)
    ftp.connect(host, port)
    ftp.login(user, password)
    ftp.set_pasv(passive)
    return ftp

def fetch(ftp, name, rest=None):
    data = io.BytesIO()
    replies.append(ftp.retrbinary('RETR ' + name, data.write, rest=rest))
    return data.getvalue()

def refusal(action, *words):
    try:
        action(*words)
    except ftplib.Error as error:
        return str(error)
    raise AssertionError('not refused: ' + repr(words))
`;

/** Options for {@linkcode python}. */
export interface PythonOptions {
  /** How data connections are made. @default passive, IPv4 */
  mode?: Mode;
}

/** Runs `script` in the local folder; returns what it printed. */
export function python(
  scene: Scene,
  script: string,
  options: PythonOptions = {},
): Promise<string> {
  const { mode } = options;
  const { host, port } = placeOf(scene.ftpd, mode);
  const how = mode?.active ? "active" : "passive";
  const bare = host.replaceAll(/[[\]]/g, "");
  return runWell(["python3", "-c", PRELUDE + script, bare, `${port}`, how], {
    cwd: scene.local,
  });
}
