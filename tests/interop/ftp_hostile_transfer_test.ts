/**
 * Servers that stall, leave and lie about files: the right end in bounded time,
 * and no file under its name that is not whole.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import { HASTY, type Scene, withHostile } from "./hostile.ts";
import {
  again,
  bye,
  type Case,
  cases,
  close,
  hang,
  hello,
  PATIENCE_MS,
  retr,
} from "./hostile_cases.ts";

cases("ftp leaves a server that stalls", [
  ["greeting", { greeting: hang }, {
    code: 3,
    says: /not answer within 1 sec/,
  }],
  ["USER", { USER: hang }, { code: 3, says: /not answer within 1 second/ }],
  ["PASS", { PASS: hang }, { code: 3, says: /not answer within 1 second/ }],
  ["FEAT", { FEAT: hang }, { code: 3, says: /not answer within 1 second/ }],
  ["SIZE", { SIZE: hang }, { code: 8, says: /not answer within 1 second/ }],
  ["EPSV", { EPSV: hang }, { code: 8, says: /not answer within 1 second/ }],
  ["before 150", { RETR: hang }, {
    code: 8,
    says: /^ftp: f is incomplete: No/,
  }],
  [
    "before the first byte",
    { RETR: retr("", hang as () => unknown) },
    {
      code: 8,
      says: /^ftp: f is incomplete: No byte of RETR f moved in 1 sec/,
    },
  ],
  [
    "in the middle",
    { RETR: retr("HEL", hang as () => unknown) },
    {
      code: 8,
      says: /^ftp: f is incomplete: No byte of RETR f moved in 1 sec/,
    },
  ],
  [
    "before 226",
    {
      RETR: retr("HELLO", async (peer, data) => {
        data.close();
        await peer.hang();
      }),
    },
    { code: 8, says: /^ftp: f is incomplete: The server did not say how RETR/ },
  ],
]);

cases("ftp tells when a server goes away", [
  ["greeting", { greeting: bye }, { code: 3, says: /closed the connection/ }],
  ["421", { greeting: "421 No." }, { code: 3, says: /421 No/ }],
  ["USER", { USER: bye }, { code: 3, says: /closed the connection/ }],
  ["PASS", { PASS: bye }, { code: 3, says: /closed the connection/ }],
  ["before 150", { RETR: bye }, { code: 8, says: /closed the connection/ }],
  [
    "in the middle",
    {
      RETR: retr("HEL", (peer, data) => {
        data.close();
        peer.close();
      }),
    },
    { code: 8, says: /closed the connection|said goodbye/ },
  ],
  [
    "in the middle with a word",
    {
      SIZE: "213 5",
      RETR: retr("HEL", async (peer, data) => {
        await peer.say("421 I am off.");
        data.close();
        peer.close();
      }),
    },
    { code: 8, says: /421 I am off/ },
  ],
]);

cases("ftp takes no file for whole that is not", [
  [
    "too few for SIZE",
    { SIZE: "213 9", RETR: hello },
    { code: 8, says: /5 of 9 bytes arrived, although/ },
  ],
  [
    "too few for the 150",
    { RETR: retr("HELLO", close("226 Done."), "150 Opening (9 bytes).") },
    { code: 8, says: /5 of 9 bytes arrived, although/ },
  ],
  [
    "too many",
    { SIZE: "213 3", RETR: hello },
    { code: 8, says: /was stopped: the server sent more than the 3 bytes/ },
  ],
  [
    "without end",
    { SIZE: "213 3", RETR: (peer) => peer.serve(again("x".repeat(1 << 16))) },
    { code: 8, says: /was stopped: the server sent more than the 3 bytes/ },
  ],
  [
    "426 after all of it",
    { SIZE: "213 5", RETR: retr("HELLO", close("426 Oh.")) },
    { code: 8, says: /said 426 Oh/ },
  ],
  [
    "451 after all of it",
    { SIZE: "213 5", RETR: retr("HELLO", close("451 Oh.")) },
    { code: 8, says: /said 451 Oh/ },
  ],
  [
    "226 and no connection",
    { RETR: "226 Done." },
    { code: 8, says: /incomplete/ },
  ],
  [
    "another hash",
    {
      FEAT: "211-\r\n HASH SHA-256*\r\n211 .",
      RETR: hello,
      HASH: `213 SHA-256 0-5 ${"0".repeat(64)} f`,
    },
    { code: 8, says: /arrived damaged/ },
  ],
], ({ url }) => ["get", "--verify", "hash", `${url}/f`]);

cases("ftp takes a file for whole that is, whatever is said about it", [
  [
    "226 before the bytes",
    {
      SIZE: "213 5",
      RETR: async (peer) => {
        await peer.say("150 Here.\r\n226 Done.");
        const data = await peer.open();
        await peer.pour(data, "HELLO");
        data.close();
      },
    },
    { code: 0, says: /5 B/, file: "HELLO" },
  ],
  ...["-5", "9223372036854775808", "9e99", "", "five"].map((size): Case => [
    `SIZE ${size}`,
    { SIZE: `213 ${size}`, RETR: hello },
    { code: 0, says: /5 B/, file: "HELLO" },
  ]),
  ...["(-5 bytes)", "(9223372036854775808 bytes)", "(9e9 bytes)"].map((
    hint,
  ): Case => [
    hint,
    { RETR: retr("HELLO", close("226 Done."), `150 Opening ${hint}.`) },
    { code: 0, says: /5 B/, file: "HELLO" },
  ]),
  ...["soon", "99999999999999", "00000000000000", "20240230000000", "-1"].map(
    (time): Case => [
      `MDTM ${time}`,
      { MDTM: `213 ${time}`, RETR: hello },
      { code: 0, says: /5 B/, file: "HELLO" },
    ],
  ),
  ["FEAT of no lines", { FEAT: "211 None.", RETR: hello }, {
    code: 0,
    says: /5 B/,
    file: "HELLO",
  }],
  [
    "FEAT of garbage",
    { FEAT: "211-\0\x1b[2J\r\n \x07\r\n  \r\n MLST\r\n211 .", RETR: hello },
    { code: 0, says: /5 B/, file: "HELLO" },
  ],
  ["REST refused", { SIZE: "213 5", REST: "502 No.", RETR: hello }, {
    code: 0,
    says: /5 B/,
    file: "HELLO",
  }],
], ({ url }) => ["get", "--continue", `${url}/f`]);

const UPLOAD = ({ url }: Scene) => ["put", "../secret", `${url}/`];

cases("ftp takes no upload for complete that is not", [
  [
    "too few by SIZE",
    { SIZE: "213 3" },
    { code: 8, says: /3 of 9 bytes arrived, although/ },
  ],
  [
    "another hash",
    {
      FEAT: "211-\r\n HASH SHA-256*\r\n211 .",
      SIZE: "213 9",
      HASH: `213 SHA-256 0-9 ${"0".repeat(64)} secret`,
    },
    { code: 8, says: /is damaged on the server/ },
  ],
  [
    "426 after all of it",
    {
      STOR: async (peer) => {
        await peer.say("150 Go on.");
        const data = await peer.open();
        while (await data.read(new Uint8Array(99)) !== null);
        data.close();
        await peer.say("426 Oh.");
      },
    },
    { code: 8, says: /said 426 Oh/ },
  ],
  [
    "a reset",
    {
      // What was not read makes it one.
      STOR: async (peer) => {
        await peer.say("150 Go on.");
        (await peer.open()).close();
        await peer.say("426 Reset.");
      },
    },
    { code: 8, says: /426 Reset/ },
  ],
  ["550", { STOR: "550 Permission denied." }, { code: 7, says: /550 Permi/ }],
  ["552", { STOR: "552 Full." }, { code: 1, says: /552 Full/ }],
  ["stalls", { STOR: hang }, { code: 8, says: /incomplete/ }],
], (scene) => [...UPLOAD(scene), "--continue", "--verify", "hash"]);

Deno.test("ftp notices that an upload is read by nobody", () =>
  withHostile({
    STOR: async (peer) => {
      await peer.say("150 Go on.");
      await peer.open();
      await peer.hang();
    },
  }, async ({ run, url, folder }) => {
    await Deno.writeFile(join(folder, "big"), new Uint8Array(32 << 20));
    const args = ["put", "../big", `${url}/`, ...HASTY];
    const { code, err, report } = await run(args, { within: PATIENCE_MS });
    assertEquals(code, 8, report);
    assertMatch(err, /No byte of STOR big moved in 1 seconds/, report);
  }));
