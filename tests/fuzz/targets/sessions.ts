/**
 * Whole sessions of `ftpd`, as scripts: commands one by one, in one go or cut
 * anywhere, data connections that come, break and hang, and what must hold in
 * the end whatever happened.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { Bytes } from "../../../lib/bytes.ts";
import { COMMANDS } from "../../../server/ftp/commands.ts";
import type { Random } from "../../core/random.ts";
import { linesOf } from "../mutate.ts";
import { defineTarget, type Target } from "../target.ts";
import { Rules } from "./session_rules.ts";
import { Stage } from "./session_stage.ts";
import { TlsFollower } from "./session_tls.ts";

const LF = 10;
const MOST_LINES = 80;

/** What a line of a script does, by its first letter; a blank is behind it. */
const STEPS: Readonly<Record<string, (stage: Stage, data: Bytes) => void>> = {
  "<": ({ client }, data) => client.ports.at(-1) && client.sendData(data),
  e: ({ client }) => client.ports.at(-1) && client.endData(),
  x: ({ client }) => client.ports.at(-1)?.conn.reset(),
  b: ({ client }) => client.ports.at(-1)?.conn.block(),
  u: ({ client }) => client.ports.at(-1)?.conn.unblock(),
  w: ({ client }) => client.ports.at(-1)?.conn.breakWrites(),
  c: ({ client }) => client.ports.at(-1)?.connect(),
  f: ({ client }) => client.ports.at(-1)?.fail(new Error("refused")),
  B: ({ client }) => client.control.block(),
  U: ({ client }) => client.control.unblock(),
  X: ({ client }) => client.control.reset(),
  E: ({ client }) => client.control.end(),
  K: ({ kick }) => kick.abort(),
  S: ({ client }) => client.stopping.abort(),
};

/** Counts what was asked for, and keeps what a rule needs. */
class Play {
  readonly #stage: Stage;
  readonly #tls: TlsFollower;
  readonly rules: Rules = new Rules();
  /** Lines that were sent. */
  lines = 0;
  /** Lines that may count without their LF: `ABOR` as urgent data. */
  urgent = 0;
  /** Whether somebody has cut the session off. */
  isCut = false;
  #rest = "";
  #heard = 0;

  constructor(stage: Stage) {
    this.#stage = stage;
    this.#tls = new TlsFollower(stage);
  }

  get finals(): number {
    return this.#stage.replies.filter((reply) => /^[2-5]/.test(reply)).length -
      1;
  }

  send(bytes: Bytes): void {
    this.lines += bytes.filter((byte) => byte === LF).length;
    const text = this.#rest + String.fromCharCode(...bytes);
    this.urgent += text.match(/ABOR\r(?!\n)/gi)?.length ?? 0;
    this.#rest = text.slice(text.lastIndexOf("\n") + 1).slice(-2000);
    this.#stage.client.send(bytes);
  }

  /** A command by itself, when nothing else is under way. */
  async command(line: Bytes): Promise<void> {
    const isAlone = this.finals === this.lines && this.#rest === "";
    const before = this.#stage.replies.length;
    this.send(new Uint8Array([...line, 13, LF]));
    await this.#stage.settle();
    const replies = this.#stage.replies.slice(before);
    const text = String.fromCharCode(...line);
    await this.#tls.follow(text);
    if (!isAlone || this.isCut || this.finals !== this.lines) {
      return this.rules.forget();
    }
    this.rules.heard(text, replies.map((reply) => reply.slice(0, 3)));
  }

  async step(line: Bytes): Promise<void> {
    const [first = 0, second] = line;
    const letter = String.fromCharCode(first);
    const data = line.slice(2);
    if (second !== 32 && line.length > 1) return await this.command(line);
    if (letter === ">") return await this.command(data);
    // In one go with what comes next: nobody waits.
    if (letter === "+") return this.send(new Uint8Array([...data, 13, LF]));
    if (letter === "~") return this.send(data);
    const act = STEPS[letter];
    if (act === undefined) return await this.command(line);
    if ("XEKSB".includes(letter)) this.isCut = true;
    act(this.#stage, data);
    await this.#stage.settle();
    await this.#tls.follow("");
    this.#heard = this.#stage.replies.length;
  }

  /** Every command has had its reply, and no command has had two. */
  async reckon(): Promise<void> {
    const { replies } = this.#stage;
    const isLeft = () =>
      this.#stage.isOver || replies.some((reply) => /^(221|421)/.test(reply));
    const story = () =>
      `${this.finals} replies to ${this.lines} commands: ` +
      replies.slice(Math.max(0, this.#heard - 3)).join(" | ").slice(-500);
    await this.#stage.until(
      () => this.finals >= this.lines || this.isCut || isLeft(),
      story,
    );
    await this.#stage.settle();
    // What nobody asked for: a last word before the server hangs up.
    const last = replies.filter((reply) => reply.startsWith("421")).length;
    assert(this.finals <= this.lines + this.urgent + last, story());
    assert(last <= 1, story());
    for (const reply of replies) {
      assert(/^(150|[2-5]\d\d)[ -]/.test(reply), reply);
      assert(
        reply.split("\n").every((line) => line.length < 4800),
        "a long line",
      );
      assert(!/internal error/.test(reply), reply);
    }
  }
}

/** The first line may say how the session is. */
const HOW = /^[#%]+ ?$/;

async function playScript(input: Bytes): Promise<string> {
  const lines = linesOf(input).slice(0, MOST_LINES)
    .map((line) => line.at(-1) === LF ? line.slice(0, -1) : line);
  const first = String.fromCharCode(...lines[0]?.subarray(0, 4) ?? []);
  const how = HOW.test(first) ? first : "";
  if (how !== "") lines.shift();
  const stage = new Stage({
    connects: !how.includes("#"),
    tls: how.includes("%"),
  });
  const play = new Play(stage);
  const before = await stage.tree();
  try {
    await stage.settle();
    assertEquals(stage.replies.length, 1, "the greeting");
    for (const line of lines) await play.step(line);
    await stage.tree();
    await play.reckon();
    await stage.finish();
    const after = await stage.tree();
    const users = stage.client.logged("login").map(({ user }) => user);
    if (!users.includes("alice")) {
      assertEquals(after, before, "changed by a reader");
    }
    if (users.length === 0) assertEquals(stage.calls, 0, "looked at");
  } finally {
    stage.dispose();
  }
  const codes = stage.replies.map((reply) => reply.slice(0, 3));
  return [...new Set(codes)].join();
}

const LOGIN = "> USER alice\n> PASS secret\n> TYPE I\n";

const SEEDS: readonly string[] = [
  `${LOGIN}> EPSV\n> RETR a\n> EPSV\n> STOR n\n< new\ne \n> SIZE n\n> DELE n\n> QUIT\n`,
  `${LOGIN}> PASV\n> LIST -la\n> PORT 192,0,2,1,8,73\n> NLST *\n> EPSV\n> MLSD /sub\n> MLST a\n`,
  `${LOGIN}> RNFR a\n> RNTO z\n> RNFR z\n> NOOP\n> RNTO a\n> REST 4\n> EPSV\n> RETR sub/c\n`,
  `${LOGIN}> EPSV\nb \n> RETR a\n> STAT\n> ABOR\n> NOOP\nu \n> PWD\n`,
  `# \n${LOGIN}> EPSV\n> STOR x\n> ABOR\n> EPSV\n+ STOR y\n+ NOOP\n> PWD\nc \n< data\ne \n`,
  `${LOGIN}+ NOOP\n+ PWD\n+ CWD sub\n+ SIZE c\n+ CDUP\n> FEAT\n`,
  `${LOGIN}> MODE Z\n> OPTS MODE Z LEVEL 9\n> EPSV\n> RETR sub/c\n> EPSV\n> STOR z\n< nonsense\ne \n`,
  `${LOGIN}> HASH a\n> OPTS HASH MD5\n> HASH a\n> XCRC a\n> XMD5 a 0 2\n> RANG 1 2\n> HASH sub/c\n`,
  `${LOGIN}> MKD d\n> CWD d\n> EPSV\n> STOU\n< u\ne \n> PWD\n> CDUP\n> RMD d\n> SITE HELP\n`,
  `${LOGIN}> SITE COPY a b2\n> SITE CHMOD 600 a\n> MFMT 20240101000000 a\n> AVBL\n> SITE QUOTA\n> COMB all a sub/c\n`,
  `${LOGIN}> EPSV\n> APPE a\n< more\nx \n> SIZE a\n> REIN\n> PWD\n> USER bob\n> PASS hidden\n> DELE a\n> SIZE a\n`,
  "> USER anonymous\n> PASS me@\n> EPSV\n> NLST\n> MKD x\n> QUIT\n",
  "> USER alice\n> PASS wrong\n> USER alice\n> PASS wrong\n> USER alice\n> PASS wrong\n> NOOP\n",
  `${LOGIN}~ NO\n~ OP\r\n~ \xff\xf4\xff\xf2ABOR\r\n> PWD\n~ PW\nE \n`,
  `${LOGIN}> EPSV\n> RETR a\nX \n`,
  `${LOGIN}> EPSV\n> STOR a\n< half\nK \n`,
  `${LOGIN}> EPSV\n> STOR big\n< ${
    "x".repeat(3500)
  }\ne \n> SIZE big\n> EPSV ALL\n> PASV\n> EPSV 1\n`,
  `${LOGIN}> TYPE A\n> EPSV\n> RETR a b\n> STRU R\n> MODE B\n> ALLO 99\n> HELP\n> STAT /sub\n> ACCT x\n`,
  `%\n> AUTH TLS\n> PBSZ 0\n> PROT P\n${LOGIN}> EPSV\n> RETR a\n> EPSV\n> STOR n\n< new\ne \n> CCC\n> PWD\n`,
  `%\n${LOGIN}> AUTH TLS\n> USER alice\n> PASS secret\n> REIN\n> NOOP\n> AUTH TLS-C\n> PROT C\n> EPSV\n> NLST\n`,
  `%#\n> AUTH TLS\n${LOGIN}> PBSZ 0\n> PROT P\n> EPSV\n+ LIST\n+ NOOP\n> PROT C\nc \n> EPSV\n> MLSD\nc \n`,
  "%\n+ AUTH TLS\n+ NOOP\n> PWD\n",
  "> HOST a.example\n> AUTH TLS\n> PBSZ 0\n> CLNT x\n> LANG en\n> OPTS UTF8 ON\n> FOO\nS \n",
];

const ARGUMENTS: readonly string[] = [
  ...["", " ", "a", "a b", "sub", "/", "..", "../..//x", "none/none", "*", "["],
  ...["-la", "-R", "0", "1", "99999999999999999999", "-1", "I", "A", "F", "Z"],
  ...["ALL", "1", "2", "alice", "secret", "anonymous", "UTF8 ON", "MLST size;"],
  ...["127,0,0,1,8,73", "192,0,2,1,8,73", "|1|192.0.2.1|2121|", "|||"],
  ...["20240101000000 a", "SHA-256", "MODE Z LEVEL 1", "n".repeat(300)],
  ...[
    "HELP",
    "CHMOD 600 a",
    "UTIME x",
    "COPY a c",
    "IDLE 9",
    "WHO",
    "SYMLINK a l",
  ],
];

/** A line that means something, or nothing at all. */
function someLine(random: Random, verbs: readonly string[]): string {
  const verb = random.pick(verbs);
  const line = random.below(4) === 0
    ? verb
    : `${verb} ${random.pick(ARGUMENTS)}`;
  return `${random.pick([">", ">", ">", "+"])} ${line}`;
}

function someScript(random: Random): string {
  const verbs = [...COMMANDS.keys(), "EPSV", "EPSV", "RETR", "STOR", "FOO"];
  const lines = random.below(8) === 0 ? [] : [LOGIN.trimEnd()];
  for (let left = random.below(30); left > 0; left--) {
    const isStep = random.below(4) === 0;
    const step = random.pick([..."<exbuwcfBUe<u"]);
    lines.push(isStep ? `${step} data` : someLine(random, verbs));
  }
  return `${lines.join("\n")}\n`;
}

/** Sessions. */
export const SESSION_TARGETS: readonly Target[] = [
  defineTarget({
    name: "session",
    about: "sessions of ftpd: one command, one final reply, and nothing left",
    seeds: () => SEEDS,
    generate: someScript,
    tokens: [
      ...[
        "> ",
        "+ ",
        "~ ",
        "< ",
        "\nb \n",
        "\nu \n",
        "\ne \n",
        "\nx \n",
        "\r",
        "\0",
      ],
      ...[
        "> EPSV\n> RETR a\n",
        "> EPSV\n> STOR q\n",
        "ABOR",
        "\xff\xf2",
        "\nX \n",
      ],
      ...[...COMMANDS.keys()].map((verb) => `\n> ${verb} `),
    ],
    isScript: true,
    longest: 5000,
    cost: 6,
    check: playScript,
  }),
];
