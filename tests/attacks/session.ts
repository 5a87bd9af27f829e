/**
 * A session in which any line may be said: with a data connection where one is
 * wanted, and with every reply taken.
 *
 * @module
 */

import { assert } from "@std/assert";
import { type Bytes, writeAll } from "../../lib/bytes.ts";
import {
  code,
  type Folders,
  type Ftpd,
  type RawControl,
  soon,
  startFtpd,
  tempFolders,
} from "../ftp/helpers.ts";

/** What came of a line. */
export interface Outcome {
  /** The first reply. */
  readonly reply: string;
  /** What came over the data connection, as Latin-1. */
  readonly data: string;
  /** The last reply: the first one, when there was no transfer. */
  readonly last: string;
}

/** Acts on an `ftpd` whose visitors may write, in a folder with these files. */
export async function withFtpd(
  act: (ftpd: Ftpd, folders: Folders) => Promise<void>,
  args: readonly string[] = [],
  files: Parameters<typeof tempFolders>[0] = { a: "hello" },
): Promise<void> {
  await using folders = await tempFolders(files);
  const any = ["--listen", "127.0.0.1:0", ...args, "--write"];
  await using ftpd = await startFtpd([...any, folders.pub]);
  await act(ftpd, folders);
}

const TRANSFERS = new Set("RETR STOR APPE STOU LIST NLST MLSD".split(" "));

/**
 * Says a line and takes what comes of it. An upload is of the bytes `upload`.
 */
export async function outcomeOf(
  control: RawControl,
  line: string | Bytes,
  upload = "x",
): Promise<Outcome> {
  const bytes = typeof line === "string"
    ? new TextEncoder().encode(`${line}\r\n`)
    : line;
  const verb = new TextDecoder().decode(bytes.subarray(0, 4)).toUpperCase();
  if (!TRANSFERS.has(verb)) {
    await control.write(bytes);
    const reply = await control.reply();
    return { reply, data: "", last: reply };
  }
  using conn = await control.passive();
  await control.write(bytes);
  const reply = await control.reply();
  if (code(reply) !== 150) return { reply, data: "", last: reply };
  const isUpload = ["STOR", "APPE", "STOU"].includes(verb);
  if (isUpload) await writeAll(conn, new TextEncoder().encode(upload));
  if (isUpload) await conn.closeWrite();
  const data = isUpload ? "" : await soon(latin1(conn), "all data");
  return { reply, data, last: await control.reply() };
}

/** The same line, whose last reply must have this code. */
export async function expectOutcome(
  control: RawControl,
  line: string,
  wanted: number,
  upload?: string,
): Promise<string> {
  const { data, last } = await outcomeOf(control, line, upload);
  assert(code(last) === wanted, `"${line}" was answered "${last}"`);
  return data;
}

/** Everything a connection sends until its end, a letter for each byte. */
export async function latin1(conn: Pick<Deno.Conn, "read">): Promise<string> {
  const decoder = new TextDecoder("latin1");
  const buffer: Bytes = new Uint8Array(65_536);
  let text = "";
  for (;;) {
    const count = await conn.read(buffer).catch(() => null);
    if (count === null) return text;
    text += decoder.decode(buffer.subarray(0, count));
  }
}
