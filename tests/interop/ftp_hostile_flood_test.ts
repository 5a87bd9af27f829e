/**
 * Servers that flood, go in circles and send `ftp` elsewhere: the right end, in
 * bounded time and memory.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { eachOf, type Ended, HASTY, treeOf, withHostile } from "./hostile.ts";
import { again, cases, hello } from "./hostile_cases.ts";
import type { Script } from "./hostile_server.ts";

/** Where the server sends data connections to, and nobody listens. */
const PASV = (text: string): Script => ({
  EPSV: "500 No.",
  PASV: `227 ${text}`,
  RETR: hello,
});

cases("ftp connects to nobody but the server, and to no service", [
  ["foreign", PASV("(10,11,12,13,0,9)"), { code: 1, says: /port 9, which is/ }],
  ["nowhere", PASV("(0,0,0,0,0,25)"), { code: 1, says: /port 25, which is/ }],
  ["FTP", PASV("(127,0,0,1,0,21)"), { code: 1, says: /port 21, which is/ }],
  ["256", PASV("(256,1,1,1,1,1)"), { code: 1, says: /has no address/ }],
  ["three", PASV("(1,2,3)"), { code: 1, says: /has no address/ }],
  ["evil", PASV("\x1b[2J"), { code: 1, says: /no address: \\x1b\[2J/ }],
  ["229 21", { EPSV: "229 (|||21|)" }, { code: 1, says: /port 21, which is/ }],
  ["229 0", { EPSV: "229 (|||0|)" }, { code: 1, says: /^ftp: PASV: .* 502/ }],
  ["229 1e5", { EPSV: "229 (|||99999|)" }, { code: 1, says: /^ftp: PASV: / }],
  ["229 evil", { EPSV: "229 \x1b[2J" }, { code: 1, says: /^ftp: PASV: / }],
]);

Deno.test("ftp ignores the address of a 227 and gets the file", () =>
  withHostile({
    EPSV: "500 No.",
    PASV: (peer) => {
      const port = peer.passive();
      return peer.say(`227 (10,11,12,13,${port >> 8},${port & 255})`);
    },
    RETR: hello,
  }, async ({ run, url, local }) => {
    const { code, report } = await run(["get", `${url}/f`, ...HASTY]);
    assertEquals(code, 0, report);
    assertEquals(await treeOf(local), ["f = HELLO"]);
  }));

cases("ftp says what it was refused", [
  ["login", { USER: "550 No.", PASS: "550 No." }, { code: 5, says: /550 No/ }],
  ["TYPE", { TYPE: "550 No." }, { code: 1, says: /TYPE I: .* 550 No/ }],
  ["data", { EPSV: "550 No.", PASV: "550 No." }, { code: 1, says: /550 No/ }],
  ["file", { RETR: "550 No." }, { code: 6, says: /550 No.*nothing of this/ }],
  ["no FTP", { greeting: "SSH-2.0-\x1b[2J" }, {
    code: 1,
    says: /no FTP reply/,
  }],
]);

const KIB = "x".repeat(1 << 10);

cases("ftp ends replies that have no end", [
  [
    "banner",
    { greeting: (peer) => peer.flood(again(KIB)) },
    { code: 1, says: /a line of more than 8192 bytes/ },
  ],
  [
    "banner in lines",
    { greeting: (peer) => peer.flood(again("220-more\r\n".repeat(500))) },
    { code: 1, says: /a reply of more than 65536 bytes/ },
  ],
  [
    "a reply of a GiB",
    {
      PASS: async (peer) => {
        await peer.flood("230 ");
        await peer.flood(again("x".repeat(1 << 20), 1 << 10));
        await peer.say("");
      },
    },
    { code: 1, says: /a line of more than 8192 bytes/ },
  ],
  [
    "a last line that never comes",
    { FEAT: async (peer) => (await peer.say("211-\r\n SIZE"), peer.hang()) },
    { code: 3, says: /not answer within 1 second/ },
  ],
  [
    "marks without end",
    { USER: (peer) => peer.flood(again("150 More.\r\n".repeat(500))) },
    { code: 1, says: /sends replies that mean nothing/ },
  ],
  [
    "marks without end in a transfer",
    { RETR: (peer) => peer.flood(again("150 More.\r\n".repeat(500))) },
    { code: 8, says: /incomplete/ },
  ],
]);

/** A folder that contains itself. */
const LOOP: Script = {
  MLSD: (peer) => peer.serve("type=dir; loop\r\ntype=file;size=5; f\r\n"),
  RETR: hello,
  RMD: "550 It is not empty.",
  DELE: (peer, path) =>
    peer.say(path.endsWith("f") ? "250 Gone." : "550 It is a folder."),
};

Deno.test("ftp comes out of a folder that contains itself", () =>
  eachOf(
    [["find"], ["du"], ["rm", "-r"], ["mirror"]],
    (verb) =>
      withHostile(LOOP, async ({ run, url }) => {
        const args = [...verb, `${url}/top`, ...HASTY];
        if (verb[0] === "mirror") args.push("here");
        const { code, err, report } = await run(args);
        assertEquals(code, 1, report);
        assertMatch(err, /folders in folders|too deep|deeper/, report);
      }),
  ));

/** Entries of a flood: twice as many as `ls` sorts. */
const MANY = 200_000;
/** MiB: what the runtime takes for itself is 60. */
const MOST_MIB = 400;

function* entries(count: number, line: (at: number) => string) {
  const encoder = new TextEncoder();
  for (let at = 0; at < count;) {
    let text = "";
    while (text.length < 1 << 16 && at < count) text += `${line(at++)}\r\n`;
    yield encoder.encode(text);
  }
}

const facts = (at: number) => `type=file;size=${at}; file-${at}`;

function assertBounded({ code, mib, report }: Ended): void {
  assertEquals(code, 0, report);
  assert(mib < MOST_MIB, report);
}

Deno.test(`ftp lists ${MANY} entries in bounded memory`, () =>
  withHostile({
    MLSD: (peer) => peer.serve(entries(MANY, facts)),
  }, async ({ run, url }) => {
    const options = { within: 60_000, memory: true };
    const verbs = [["ls"], ["ls", "--json"], ["mirror", "--dry-run"]];
    await eachOf(verbs, async ([verb = "", ...more]) => {
      const args = [verb, `${url}/`, ...verb === "mirror" ? ["here"] : []];
      const ended = await run([...args, ...more, "--retries", "0"], options);
      assertBounded(ended);
      assert(ended.lines >= MANY, ended.report);
    });
  }));

Deno.test("ls keeps no more of long names than it needs", () => {
  const name = "n".repeat(8000);
  const script: Script = {
    MLSD: (peer) =>
      peer.serve(entries(20_000, (at) => `type=file; ${at}${name}`)),
  };
  return withHostile(script, async ({ run, url }) => {
    const options = { within: 60_000, memory: true };
    const ended = await run(["ls", url, "--retries", "0"], options);
    assertBounded(ended);
    assertEquals(ended.lines, 20_000, ended.report);
  });
});

for (
  const [dialect, script] of Object.entries<Script>({
    MLSD: { MLSD: (peer) => peer.serve(again("x".repeat(1 << 16))) },
    LIST: {
      FEAT: "500 No.",
      LIST: (peer) => peer.serve(again("x".repeat(1 << 16))),
    },
  })
) {
  Deno.test(`ftp ends a line of ${dialect} that has no end`, () =>
    withHostile(script, async ({ run, url }) => {
      await eachOf(
        [["ls"], ["ls", "--json"], ["find"], ["du"]],
        async (verb) => {
          const ended = await run([...verb, `${url}/`, ...HASTY], {
            memory: true,
          });
          assertEquals(ended.code, 1, ended.report);
          assertMatch(ended.err, /has a line without end/, ended.report);
          assert(ended.mib < MOST_MIB, ended.report);
        },
      );
    }));
}
