/**
 * What people type and keep: URLs, hosts, `.netrc`, bookmarks, shell lines.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import {
  hasControl,
  parseHostArgument,
} from "../../../client/ftp/host_argument.ts";
import { netrcLogin, parseNetrc } from "../../../client/ftp/netrc.ts";
import {
  formatBookmarks,
  parseBookmarks,
} from "../../../client/ftp/shell/bookmarks.ts";
import {
  parseLine,
  quoteWord,
  wordAt,
} from "../../../client/ftp/shell/words.ts";
import {
  formatFtpUrl,
  type FtpUrl,
  parseFtpUrl,
  portOf,
  redactUrls,
  sameSite,
} from "../../../client/ftp/url.ts";
import { UsageError } from "../../../lib/cli.ts";
import {
  attempt,
  defineTarget,
  sayingOf,
  type Target,
  textOf,
} from "../target.ts";

/**
 * Whatever stands in the place of a password is hidden, all of it; what could
 * be a port and a path begins with no letter.
 */
function checkHidden(text: string): void {
  const secret = text.replace(/[\s@]/g, "").replace(/^[^A-Za-z]+/, "");
  if (secret === "") return;
  const shown = redactUrls(`open ftp://ada:${secret}@host/pub`);
  assertEquals(shown, "open ftp://ada:****@host/pub");
}

function checkUrl(text: string): string {
  checkHidden(text);
  const url = attempt(() => parseFtpUrl(text), UsageError);
  if (url instanceof Error) return sayingOf(url);
  checkParts(url);
  if (url.password !== null) {
    const hidden = attempt(() => parseFtpUrl(redactUrls(text)), UsageError);
    assert(hidden instanceof Error || hidden.password === "****", "is shown");
  }
  const shown = formatFtpUrl(url);
  const again = parseFtpUrl(shown);
  assertEquals({ ...again, port: portOf(again) }, {
    ...url,
    port: portOf(url),
    password: null,
  }, shown);
  assertEquals(formatFtpUrl(again), shown);
  assert(sameSite(again, { ...url, password: null }));
  return Object.values(url).map((part) =>
    part === null || part === "" ? "-" : "x"
  ).join("");
}

function checkParts({ hostname, port, user, password, path }: FtpUrl): void {
  assert(hostname !== "" && (port === null || port > 0 && port < 65_536));
  assert(
    !hasControl(`${hostname}${user}${password}${path}`),
    "a control character",
  );
}

function checkHost(text: string): string {
  const found = attempt(() => parseHostArgument(text), UsageError);
  if (found instanceof Error) return sayingOf(found);
  checkParts(found);
  assertEquals(found.password, null);
  return `${found.port === null} ${found.user === null}`;
}

/** Words behind `password` must not be told. */
function checkNetrc(text: string): string {
  const { entries, problems } = parseNetrc(text);
  const lines = text.split(/\r\n|\r|\n/).length;
  assert(problems.length <= lines && entries.length <= text.length);
  assert(
    problems.every((problem) =>
      problem.length < 300 && !problem.includes("S3CRET")
    ),
  );
  for (const { machine, login } of entries) {
    const found = netrcLogin(entries, machine ?? "nobody");
    assert(login === null || found !== null);
  }
  return `${Math.min(5, entries.length)} ${Math.min(5, problems.length)}`;
}

function checkBookmarks(text: string): string {
  const { urls, problems } = parseBookmarks(text);
  const written = formatBookmarks(urls, text);
  const again = parseBookmarks(written);
  assertEquals([...again.urls].sort(), [...urls].sort(), written);
  assertEquals(formatBookmarks(again.urls, written), written);
  // Only what is in a URL is a password.
  assert(
    problems.every((problem) => !/ftp[a-z]*:\/\/\S*:S3CRET@/i.test(problem)),
  );
  return `${Math.min(5, urls.size)} ${Math.min(5, problems.length)}`;
}

function checkShellLine(line: string): string {
  const cursor = Math.floor(line.length / 2);
  const word = wordAt(line, cursor);
  if (word !== null) {
    assertEquals(word.start + word.typed.length, cursor);
    assertEquals(word.typed, line.slice(word.start, cursor));
  }
  const quoted = attempt(() => parseLine(`x ${quoteWord(line)}`), UsageError);
  assert(!(quoted instanceof Error), "a quoted word is refused");
  assertEquals(quoted.commands[0]?.words.map(({ text }) => text), ["x", line]);
  const parsed = attempt(() => parseLine(line), UsageError);
  if (parsed instanceof Error) return sayingOf(parsed);
  for (const { words, text } of parsed.commands) {
    assert(words.length > 0);
    assertEquals(parseLine(text).commands[0]!.words, words);
  }
  return parsed.commands.map(({ after, words, redirect, background }) =>
    `${after}${Math.min(3, words.length)}${redirect === null}${background}`
  ).slice(0, 3).join();
}

/** What people type and keep. */
export const SITE_TARGETS: readonly Target[] = [
  defineTarget({
    name: "url",
    about: "FTP URLs, and passwords hidden in lines",
    seeds: () => [
      ...["ftp://host", "ftp://ada:x%40y@[::1]:2121/what is this?;type=a"],
      ...[
        "ftps://host:21/%2Fetc/a%20b",
        "ftpes://u@h/d/;type=d",
        "FTP://HOST./",
      ],
      ...[
        "ftp://anonymous:me%40x@192.0.2.7/pub/#1",
        "ftp://a:b@h/x ftp://c:d@i/",
      ],
      ...[
        "ftp://h/%e4",
        "ftp://[fe80::1%25eth0]/",
        "open ftp://ada:hush@h/pub",
      ],
    ],
    tokens: [
      "://",
      "@",
      ":",
      "%",
      "%2F",
      "%00",
      "%0a",
      ";type=",
      "[",
      "]",
      "//",
      " ",
    ],
    longest: 600,
    check: (input) => checkUrl(textOf(input)),
  }),
  defineTarget({
    name: "host",
    about: "hosts on a command line",
    seeds: () => [
      "host",
      "ada@host:2121",
      "[::1]:21",
      "::1",
      "fe80::1%eth0",
      "a@b@c",
    ],
    tokens: ["@", ":", "[", "]", "%", "::", "\0"],
    longest: 300,
    check: (input) => checkHost(textOf(input)),
  }),
  defineTarget({
    name: "netrc",
    about: "the file .netrc",
    seeds: () => [
      "machine a login b password S3CRET\ndefault login c password S3CRET\n",
      'machine "a b" login "x\\"y" account z\n# machine c\nmacdef init\nls\n\n',
      "machine\na\nlogin\nb\npassword\n#S3CRET\n",
    ],
    tokens: [
      "machine ",
      "login ",
      "password S3CRET ",
      "default ",
      "macdef x\n",
      '"',
      "\\",
      "#",
      "\n\n",
    ],
    isScript: true,
    check: (input) => checkNetrc(textOf(input)),
  }),
  defineTarget({
    name: "bookmarks",
    about: "the file of bookmarks, read and written",
    seeds: () => [
      "# Mine\nnas ftp://ada@nas/photos\nx --ccc ftpes://h/\n",
      "a --pin sha256//AAAA ftps://h:990/d;type=a\nbad\nb ftp://u:S3CRET@h/\n",
    ],
    tokens: [
      "#",
      " ",
      "ftp://",
      ":S3CRET@",
      "--pin ",
      "--clear-data ",
      "\n",
      "@",
    ],
    isScript: true,
    check: (input) => checkBookmarks(textOf(input)),
  }),
  defineTarget({
    name: "shell-line",
    about: "lines of the client's shell",
    seeds: () => [
      ...[
        'get \'a b\' "c\\"d" && ls *.txt > list',
        "a; b || c & d >> e",
        "!ls -l | x",
      ],
      ...["# all", "put a\\ b 'c'\"d\"e", "ls [a-z]?* &", "get 'open"],
    ],
    tokens: [
      "'",
      '"',
      "\\",
      ";",
      "&&",
      "||",
      "&",
      ">",
      ">>",
      "#",
      "!",
      "*",
      " ",
    ],
    longest: 400,
    check: (input) => checkShellLine(textOf(input)),
  }),
];
