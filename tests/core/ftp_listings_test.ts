import { assertEquals, assertMatch } from "@std/assert";
import { asAlice, dialogue, speak } from "./ftp_dialogue.ts";
import { startAlice, type StartOptions } from "./ftp_harness.ts";

const FILES = {
  "/b.txt": "12345",
  "/a b": "1",
  "/.hidden": "",
  "/sub/c.txt": "",
  "/sub/.d": "",
  "/sub/deep/e": "",
  "/empty": null,
  "/ä😀": "",
};

function listLines(...rows: string[]): string {
  return rows.map((row) => `${row}\r\n`).join("");
}

const A_B = "-rw-r--r--   1 0        0                   1 Jun 15 12:00 a b";
const B = "-rw-r--r--   1 0        0                   5 Jun 15 12:00 b.txt";
const C = "-rw-r--r--   1 0        0                   0 Jun 15 12:00 c.txt";
const D = "-rw-r--r--   1 0        0                   0 Jun 15 12:00 .d";
const DEEP = "drwxr-xr-x   2 0        0                   0 Jun 15 12:00 deep";

const LISTED: readonly [command: string, data: string][] = [
  ["LIST sub", listLines(D, C, DEEP)],
  ["LIST /sub", listLines(D, C, DEEP)],
  ["LIST sub/", listLines(D, C, DEEP)],
  ["LIST -l sub", listLines(D, C, DEEP)],
  ["LIST -la sub", listLines(D, C, DEEP)],
  ["LIST -a -l -1 sub", listLines(D, C, DEEP)],
  ["LIST empty", ""],
  ["LIST b.txt", listLines(B)],
  ["LIST a b", listLines(A_B)],
  ["LIST -l a b", listLines(A_B)],
  ["LIST sub/c.txt", listLines(C)],
  ["LIST *.txt", listLines(B)],
  ["LIST sub/*", listLines(C, DEEP)],
  ["LIST sub/.*", listLines(D)],
  ["LIST *.none", ""],
  ["NLST", listLines(".hidden", "a b", "b.txt", "empty", "sub", "ä😀")],
  ["NLST -a", listLines(".hidden", "a b", "b.txt", "empty", "sub", "ä😀")],
  ["NLST sub", listLines(".d", "c.txt", "deep")],
  ["NLST sub/*.txt", listLines("sub/c.txt")],
  ["NLST /sub/*", listLines("/sub/c.txt", "/sub/deep")],
  ["NLST sub/../sub/c*", listLines("sub/../sub/c.txt")],
  ["NLST [ab]*", listLines("a b", "b.txt")],
  ["NLST ??", listLines("ä😀")],
  ["NLST b.txt", listLines("b.txt")],
  ["NLST sub/c.txt", listLines("sub/c.txt")],
  ["NLST /sub/c.txt", listLines("/sub/c.txt")],
  ["NLST empty", ""],
];

for (const [command, data] of LISTED) {
  Deno.test(`${command} lists what it selects`, async () => {
    for (const type of ["TYPE I", "TYPE A"]) {
      await asAlice([
        ...[type, "200", "EPSV", "229", command],
        ...["150 Here comes the directory listing."],
        ...["226 Directory send OK.", `< ${data}`],
      ], { files: FILES });
    }
  });
}

const REFUSED: readonly [command: string, reply: string][] = [
  ["LIST none", "550 No such file or directory."],
  ["LIST -l none", "550 No such file or directory."],
  ["LIST b.txt/x", "550 Not a directory."],
  ["LIST none/*", "550 No such file or directory."],
  ["NLST none", "550 No such file or directory."],
  ["MLSD none", "550 No such file or directory."],
  ["MLSD b.txt", "501 MLSD is for directories; use MLST."],
  ["MLSD *.txt", "550 No such file or directory."],
  ["MLST none", "550 No such file or directory."],
  ["STAT none", "550 No such file or directory."],
];

for (const [command, reply] of REFUSED) {
  Deno.test(`${command} is refused before any data connection`, async () => {
    const { ports } = await asAlice(
      ["EPSV", "229", command, reply, "NLST empty", "150", "226", "< "],
      { files: FILES },
    );
    assertEquals(ports.length, 1);
  });
}

Deno.test("LIST without an argument lists the working directory", async () => {
  await asAlice([
    ...["CWD sub", "250", "EPSV", "229", "LIST", "150", "226"],
    `< ${listLines(D, C, DEEP)}`,
  ], { files: FILES });
});

Deno.test("a file whose name is a pattern is listed as itself", async () => {
  await asAlice([
    ...["EPSV", "229", "NLST *", "150", "226", "< *\r\n"],
    ...["EPSV", "229", "NLST [a]", "150", "226", "< [a]\r\n"],
  ], { files: { "/*": "", "/[a]": "", "/a": "" } });
});

/** What NLST, LIST -a, MLSD, a pattern and STAT tell of dot files. */
const DOTS: Record<"show" | "ls" | "hide", Record<string, string>> = {
  show: { "NLST": ".d", "NLST -a": ".d", "NLST .*": ".d", "MLSD": ".d" },
  ls: { "NLST": "", "NLST -a": ".d", "NLST -la": ".d", "MLSD": ".d" },
  hide: { "NLST": "", "NLST -a": "", "NLST .*": "", "MLSD": "" },
};

for (const dotfiles of ["show", "ls", "hide"] as const) {
  Deno.test(`dot files are listed as the policy "${dotfiles}" says`, async () => {
    const options: StartOptions = {
      files: { "/.d": "", "/x": "" },
      policy: { dotfiles },
    };
    for (const [command, shown] of Object.entries(DOTS[dotfiles])) {
      const client = await startAlice(options);
      await client.ask("EPSV");
      await client.ask(command);
      await client.reply();
      const dots = client.data.text.includes(".d\r\n") ? ".d" : "";
      assertEquals(dots, shown, command);
      await client.finish();
    }
  });
}

Deno.test("LIST sorts by bytes", async () => {
  const names = ["B", "a", "Z", "~", "0", "ä", "\uff5e", "😀", "-", " x"];
  await asAlice([
    ...["EPSV", "229", "NLST", "150", "226"],
    `< ${listLines(" x", "-", "0", "B", "Z", "a", "~", "ä", "\uff5e", "😀")}`,
  ], { files: Object.fromEntries(names.map((name) => [`/${name}`, ""])) });
});

Deno.test("names that don't fit on a line are left out, never split", async () => {
  const files = { "/a\nb": "", "/c\rd": "", "/e": "", "/f\r\n": "" };
  for (const verb of ["LIST", "NLST", "MLSD", "NLST *"]) {
    const client = await startAlice({ files });
    await client.ask("EPSV");
    await client.ask(verb);
    await client.reply();
    assertMatch(client.data.text, /^[^\r\n]*e\r\n$/, verb);
    assertMatch(await client.ask("STAT /"), /^213-.*\n [^\n]*e\n213 .*$/);
    await client.finish();
  }
});

const FACTS = "type=file;size=5;modify=20260615120000;perm=radfw;" +
  "unique=0g2;UNIX.mode=0644;";

Deno.test("MLST describes one thing, on a line that begins with a space", async () => {
  await asAlice([
    "MLST b.txt",
    `250-Listing "/b.txt":\n ${FACTS} /b.txt\n250 End.`,
    "MLST",
    '250-Listing "/":\n type=dir;size=0;modify=20260615120000;perm=elcmfdp;',
    "MLST a b",
    "250 … ; /a b\n250 End.",
    "CWD sub",
    "250",
    "MLST .",
    "250 … ; /sub\n250 End.",
  ], { files: FILES });
});

Deno.test("MLSD lists every entry with its facts", async () => {
  await asAlice([
    ...["EPSV", "229", "MLSD", "150", "226", `< ${FACTS} b\r\n`],
  ], { files: { "/b": "12345" } });
});

Deno.test("MLSD and MLST tell those who may only read what they may do", async () => {
  await dialogue([
    ...["USER bob", "331", "PASS hidden", "230"],
    ...["MLST b", "250 … perm=r;", "MLST /", "250 … perm=el;"],
  ], { files: { "/b": "12345" } });
});

const CHOICES: readonly [options: string, reply: string, line: string][] = [
  ["MLST size;type;", "200 MLST OPTS type;size;", "type=file;size=5; b"],
  ["mlst SIZE", "200 MLST OPTS size;", "size=5; b"],
  ["MLST none;size;size;", "200 MLST OPTS size;", "size=5; b"],
  ["MLST unix.OWNER;", "200 MLST OPTS UNIX.owner;", "UNIX.owner=0; b"],
  ["MLST", "200 MLST OPTS", " b"],
  ["MLST ", "200 MLST OPTS", " b"],
  ["MLST size; type;", "501 Invalid", `${FACTS} b`],
];

for (const [options, reply, line] of CHOICES) {
  Deno.test(`OPTS ${options} chooses facts`, async () => {
    await asAlice([
      ...[`OPTS ${options}`, reply],
      ...["EPSV", "229", "MLSD", "150", "226", `< ${line}\r\n`],
    ], { files: { "/b": "12345" } });
  });
}

Deno.test("STAT lists over the control connection", async () => {
  await asAlice([
    ...["STAT sub", `213-Status of "/sub":\n ${D}\n ${C}\n ${DEEP}\n213 End`],
    ...["STAT b.txt", `213-Status of "/b.txt":\n ${B}\n213 End`],
    ...["STAT *.txt", `213-Status of "/*.txt":\n ${B}\n213 End`],
    ...["STAT -la empty", '213-Status of "/empty":\n213 End'],
  ], { files: FILES });
});

Deno.test("STAT stops after a thousand entries", async () => {
  const client = await startAlice({
    files: Object.fromEntries(
      Array.from({ length: 1001 }, (_, at) => [`/${at}`, ""]),
    ),
  });
  const lines = (await client.ask("STAT /")).split("\n");
  assertEquals(lines.length, 1003);
  assertEquals(lines.at(-2), " (the first 1000; LIST shows all)");
  await speak(client, ["NOOP", "200"]);
});

Deno.test("a listing counts as a transfer for REST", async () => {
  await asAlice([
    ...["REST 2", "350", "EPSV", "229", "NLST", "150", "226", "< a\r\n"],
    ...["EPSV", "229", "RETR a", "150", "226", "< abc"],
  ], { files: { "/a": "abc" } });
});
