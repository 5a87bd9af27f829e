import { assertEquals, assertFalse, assertThrows } from "@std/assert";
import { parseFtpUrl, redactUrls } from "../../client/ftp/url.ts";
import { UsageError } from "../../lib/cli.ts";
import { randomOf, randomUrlText } from "./random.ts";

const LINES: readonly [line: string, redacted: string][] = [
  ["", ""],
  ["ls -l", "ls -l"],
  ["ada:hush@host", "ada:hush@host"],
  ["open ftp://host/a", "open ftp://host/a"],
  ["open ftp://ada@host:2121/a", "open ftp://ada@host:2121/a"],
  ["ftp://ada:hush@host/a@b:c", "ftp://ada:****@host/a@b:c"],
  ["FTPS://ada:hush@host", "FTPS://ada:****@host"],
  ["sftp://ada:hush@host", "sftp://ada:****@host"],
  ["ftp://ada:@host", "ftp://ada:****@host"],
  ["ftp://:hush@host", "ftp://:****@host"],
  ["ftp://ada:a@b:c@host", "ftp://ada:****@host"],
  ["ftp://a@b:hush@host", "ftp://a@b:****@host"],
  ["ftp://ada:hu/sh@host/", "ftp://ada:****@host/"],
  ["'ftp://ada:my hush@host/'", "'ftp://ada:****@host/'"],
  ["ftp://ada:hush", "ftp://ada:****"],
  ["ftp://ada:hush/a", "ftp://ada:****/a"],
  ["ftp://ada@host:hush/a", "ftp://ada@host:****/a"],
  ["ftp://ada:ftp@host", "ftp://ada:****@host"],
  ["ftp://ada:a://b@host", "ftp://ada:****@host"],
  ["ftp://[::1]:2121/a", "ftp://[::1]:2121/a"],
  ["ftp://[fe80::1%25eth0]/", "ftp://[fe80::1%25eth0]/"],
  ["ftp://ada:hush@[::1]:2121/a", "ftp://ada:****@[::1]:2121/a"],
  ['see "ftp://host:2121": refused', 'see "ftp://host:2121": refused'],
  ["(ftp://host:21), ada@host", "(ftp://host:21), ada@host"],
  ["cp ftp://a:b@c ftp://d:e@f", "cp ftp://a:****@c ftp://d:****@f"],
  ["ftp://a:b@c,ftp://d:e@f", "ftp://a:****@c,ftp://d:****@f"],
  ["ftp://ada:xftp://hush@host/a", "ftp://ada:****@host/a"],
  ["ftp://ada:ftp://hush@host/a", "ftp://ada:****@host/a"],
  ["ftp://ada:a/ftps://b/ftp://hush@host", "ftp://ada:****@host"],
  ["ftp://ada:hush ftp://host/a@b", "ftp://ada:**** ftp://host/a@b"],
];

for (const [line, redacted] of LINES) {
  Deno.test(`redactUrls() gives ${JSON.stringify(redacted)}`, () => {
    assertEquals(redactUrls(line), redacted);
  });
}

const SECRETS: readonly string[] = [
  "ftp://ada:S3CRET@host:x/",
  "ftp://ada:S3CRET@/",
  "ftp://ada:S3CRET%@host/",
  "ftp://ada%:S3CRET@host/",
  "ftp://ada:S3CRET%0a@host/",
  "ftp://ada:S3CRET\n@host/",
  "ftp://ada:S3CRET@host/%",
  "ftp://ada:S3CRET@host;type=x",
  "ftp://ada:S3CRET",
  "ftp://ada:S3CRET/host",
  "ftp://ada:x/S3CRET@host/",
  "ftp://ada:S3CRET/x@host/",
  "ftp://ada:x S3CRET@ho st/",
  "ftp://S3CRET@ho st/",
  "ftp://:S3CRET@host/",
  "ftp:/ada:S3CRET@host/",
  "ada:S3CRET@host/",
  "http://ada:S3CRET@host/",
];

for (const url of SECRETS) {
  Deno.test(`parseFtpUrl() refuses ${JSON.stringify(url)} without its secret`, () => {
    const { message } = assertThrows(() => parseFtpUrl(url), UsageError);
    assertFalse(message.includes("S3CRET"), message);
  });
}

for (let seed = 1; seed <= 4; seed++) {
  Deno.test(`No error shows a password, whatever was typed (seed ${seed})`, () => {
    const random = randomOf(seed);
    for (let round = 0; round < 5000; round++) {
      // Where a slash is, the path begins; SECRETS has what that allows.
      const secret = `S3${randomUrlText(random, 3)}CRET`.replaceAll("/", "");
      const url = `ftp://ada:${secret}@host/${randomUrlText(random, 5)}`;
      for (const text of [url, url.replace("@host", "@ho st")]) {
        const line = redactUrls(`open ${text} and go`);
        assertFalse(line.includes("CRET"), text);
        attempted(() => parseFtpUrl(text), (message) => {
          assertFalse(message.includes("CRET"), `${text} gives ${message}`);
        });
      }
    }
  });
}

/** What `read` gives; `null` for a {@linkcode UsageError}, the only one allowed. */
function attempted<T>(
  read: () => T,
  onRefused: (message: string) => void = () => {},
): T | null {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    onRefused(error.message);
    return null;
  }
}
