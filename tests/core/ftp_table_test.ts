import { assert, assertEquals, assertMatch } from "@std/assert";
import { createLog } from "../../lib/log.ts";
import { type Command, COMMANDS, dispatch } from "../../server/ftp/commands.ts";
import { type Context, newSession } from "../../server/ftp/session.ts";
import { asAlice, dialogue } from "./ftp_dialogue.ts";
import { startAlice, startSession } from "./ftp_harness.ts";

const TOO_FEW = "501 Syntax error: command needs an argument.";
const TOO_MANY = "501 Syntax error: command does not accept arguments.";
const LOG_IN = "530 Log in with USER and PASS first.";
/** With TLS and virtual hosts, all rows count. */
const ALL = { tls: {}, policy: { hosts: [{ names: ["one.test"] }] } };

/** A line that passes the row's own gate for arguments. */
function lineFor(verb: string, { argument }: Command): string {
  return argument === "required" ? `${verb} x` : verb;
}

for (const [verb, command] of COMMANDS) {
  const { argument, help, open } = command;

  Deno.test(`${verb} before login ${open ? "works" : "is refused"}`, async () => {
    const client = await startSession(ALL);
    const reply = await client.ask(lineFor(verb, command));
    if (open) assert(!reply.startsWith("530"), reply);
    else assertEquals(reply, LOG_IN);
    await client.finish();
  });

  Deno.test(`${verb} has its arguments checked, before login too`, async () => {
    for (const start of [startSession, startAlice]) {
      const client = await start(ALL);
      const without = await client.ask(verb);
      assertEquals(without === TOO_FEW, argument === "required", without);
      if (verb === "QUIT") continue;
      const withOne = await client.ask(`${verb} x`);
      assertEquals(withOne === TOO_MANY, argument === "none", withOne);
      await client.finish();
    }
  });

  Deno.test(`${verb} gives one final reply, with and without an argument`, async () => {
    for (const line of [verb, `${verb} `, `${verb} a`, `${verb} none`]) {
      const client = await startAlice({ ...ALL, files: { "/a": "abc" } });
      await client.ask("EPSV");
      client.data.send("data");
      client.data.end();
      const first = await client.ask(line);
      const last = first.startsWith("150") ? await client.reply() : first;
      assertMatch(last ?? "", /^[2-5]\d\d/, line);
      assert(!last!.startsWith("451"), last!);
      // Nothing else comes: finish() looks.
      await client.finish();
    }
  });

  Deno.test(`HELP ${verb} prints the row's help`, async () => {
    const asked = [`HELP ${verb}`, `214 Syntax: ${help}.`];
    await dialogue([...asked, `help ${verb.toLowerCase()}`, asked[1]!], ALL);
    const word = verb.replace("XCUP", "CDUP").replace(/^X/, "");
    const behind = { none: ": ", optional: " [", required: " <SP> " }[argument];
    const begin = verb === "NOOP" ? "NOOP: " : word + behind;
    assert([begin, verb + behind].some((text) => help.startsWith(text)), help);
    assert(help.length <= 72, `${help.length} columns`);
  });
}

Deno.test("HELP lists every verb once", async () => {
  const client = await startSession(ALL);
  const lines = (await client.ask("HELP")).split("\n");
  const verbs = lines.slice(1, -1).flatMap((line) => line.trim().split(/ +/));
  assertEquals(verbs, [...COMMANDS.keys()].sort());
  assert(lines.every((line) => line.length <= 80 && !/ $/.test(line)));
  await client.finish();
});

Deno.test("HELP of something unknown is 501", async () => {
  await dialogue(["HELP foo", '501 Unrecognized command "FOO".']);
});

Deno.test("FEAT lists what the table says, and what has no verb", async () => {
  const client = await startSession(ALL);
  const lines = (await client.ask("FEAT")).split("\n");
  const features = [...COMMANDS.values()].flatMap(({ feature = [] }) =>
    typeof feature === "function" ? [] : feature
  );
  const made = ["HASH SHA-256*;SHA-512;SHA-1;MD5;CRC32", "MODE Z"];
  const expected = [...features, ...made, "TVFS", "UTF8"].sort();
  assertEquals(lines, [
    "211-Features supported:",
    ...expected.map((feature) => ` ${feature}`),
    "211 End FEAT.",
  ]);
  await client.finish();
});

Deno.test("FEAT tells what clients look for", async () => {
  const facts = "MLST type*;size*;modify*;perm*;unique*;UNIX.mode*;" +
    "UNIX.owner;UNIX.group;";
  const wanted = [
    ...[facts, "UTF8", "TVFS", "REST STREAM", "SIZE", "MDTM", "MFMT"],
    ...["EPRT", "EPSV"],
  ];
  await dialogue(wanted.flatMap((feature) => ["FEAT", `211 …  ${feature}\n`]));
});

const UNKNOWN: readonly [line: string, reply: string][] = [
  ["FOO", '500 Command "FOO" not understood.'],
  ["foo bar", '500 Command "FOO" not understood.'],
  ["XFOO", '500 Command "XFOO" not understood.'],
  ["", '500 Command "?" not understood.'],
  [" NOOP", '500 Command "?" not understood.'],
  ["\x1b[2J", '500 Command "?" not understood.'],
  ["Ä", '500 Command "?" not understood.'],
  ["toString", '500 Command "TOSTRING" not understood.'],
  ["__proto__", '500 Command "?" not understood.'],
  ["constructor", '500 Command "CONSTRUCTOR" not understood.'],
  ["SITE constructor", '500 SITE command "CONSTRUCTOR" not understood.'],
  ["AUTH TLS", '502 Command "AUTH" not implemented.'],
  ["PBSZ 0", '502 Command "PBSZ" not implemented.'],
  ["PROT P", '502 Command "PROT" not implemented.'],
  ["SMNT x", '502 Command "SMNT" not implemented.'],
  ["HOST x", '502 Command "HOST" not implemented. This server has one'],
  ["THMB x", '502 Command "THMB" not implemented. Pictures are'],
  ["RMDA x", '502 Command "RMDA" not implemented. Folders are'],
  ["XRCP x", '502 Command "XRCP" not implemented. Use SMTP for'],
  ["PRET x", '502 Command "PRET" not implemented. The server'],
  ["SSCN x", '502 Command "SSCN" not implemented. Use PROT P'],
  ["ESTA x", '502 Command "ESTA" not implemented. The address'],
  ["ESTP x", '502 Command "ESTP" not implemented. Use EPSV.'],
  ["LPSV", '502 Command "LPSV" not implemented. Use EPRT or EPSV.'],
];

for (const [line, reply] of UNKNOWN) {
  Deno.test(`${JSON.stringify(line)} is answered with ${reply.slice(0, 3)}`, async () => {
    await dialogue([line, reply]);
    await asAlice([line, reply]);
  });
}

Deno.test("SITE lets in who is not logged in for HELP only", async () => {
  await dialogue([
    ...["SITE HELP", "214", "SITE CHMOD 600 a", LOG_IN, "SITE UMASK", LOG_IN],
    ...["SITE FOO", "500", "STAT /", LOG_IN, "STAT", "211"],
  ]);
});

Deno.test("dispatch() answers what can't be an argument with 501, or 500", async () => {
  const context = {
    session: newSession(1, { remote: "192.0.2.1", local: "192.0.2.1" }),
    log: createLog({ format: "text", write: () => {} }),
  } as Context;
  const ask = async (verb: string) =>
    await dispatch({ verb, argument: "", problem: "No." }, context);
  assertEquals(await ask("RETR"), { code: 501, lines: ["No."] });
  assertEquals(await ask("NOOP"), { code: 501, lines: ["No."] });
  assertEquals(await ask("FOO"), { code: 500, lines: ["No."] });
  assertEquals(await ask(""), { code: 500, lines: ["No."] });
});

Deno.test("the table is in capital letters, four, but for hashes", () => {
  for (const verb of COMMANDS.keys()) {
    assertMatch(verb, /^([A-Z]{3,4}|X?(MD5|SHA(1|256|512)))$/);
  }
});
