import { assert, assertEquals } from "@std/assert";
import type { Bytes } from "../../lib/bytes.ts";
import type { FileSystem } from "../../server/fs/file_system.ts";
import { asAlice, speak } from "./ftp_dialogue.ts";
import { startAlice } from "./ftp_harness.ts";

const FILES = { "/a": "hello hash\n", "/x y": "x y", "/empty": "", "/d": null };

const SHA256 =
  "b8c4ee80f917ee8144d32982e85a416b1efd731515ebb88b462ee7b8cafa312e";

/** The numbers are those of ProFTPD's mod_digest, and of coreutils. */
const ANSWERS: readonly [command: string, reply: string][] = [
  ["HASH a", `213 SHA-256 0-11 ${SHA256} a`],
  ["HASH /a", `213 SHA-256 0-11 ${SHA256} /a`],
  ["HASH none", "550 No such file or directory."],
  ["HASH d", "550 Is a directory."],
  ["MD5 a", "251 a AA5F06BEDDE5BAF311C4EC943357678D"],
  ["MD5 d", "550 Is a directory."],
  ["XCRC a", "250 C0818589"],
  ['XCRC "a" 0 5', "250 3610A686"],
  ["XCRC a 0 5", "250 3610A686"],
  ["XCRC a 5", "250 87F0D6C7"],
  ["XCRC a 11", "250 00000000"],
  ['XCRC "x y" 1 2', "250 E96CCF45"],
  ["XCRC x y 1 2", "250 E96CCF45"],
  ['XCRC "x y"', "250 19FE0DC0"],
  ["XCRC x y", "250 19FE0DC0"],
  ["XCRC empty", "250 00000000"],
  ["XMD5 a", "250 AA5F06BEDDE5BAF311C4EC943357678D"],
  ["XMD5 a 0 99", "501 Position 99 is behind the end, 11."],
  ["XMD5 a 9 3", "501 The start is behind the end."],
  ['XMD5 "a" b', "550 No such file or directory."],
  ['XMD5 "a" 1 2 3', '501 Use XMD5 "file" start end.'],
  ["XSHA a", "250 E559CDB26E35F18E4102A8E4A4FF18D84712FB70"],
  ["XSHA1 a", "250 E559CDB26E35F18E4102A8E4A4FF18D84712FB70"],
  ["XSHA256 a", `250 ${SHA256.toUpperCase()}`],
  ["XSHA512 none", "550 No such file or directory."],
];

for (const [command, reply] of ANSWERS) {
  Deno.test(`${command} is answered as other servers do`, async () => {
    await asAlice([command, reply], { files: FILES });
  });
}

Deno.test("XCRC of a name that ends in numbers takes the file that is there", async () => {
  const files = { "/day 1 2": "abc", "/day": "hello" };
  await asAlice(["XCRC day 1 2", "250 352441C2"], { files });
  await asAlice(["XCRC day 0 5", "250 3610A686"], { files });
});

const CHOICES: readonly [name: string, digits: number][] = [
  ["SHA-256", 64],
  ["SHA-512", 128],
  ["SHA-1", 40],
  ["MD5", 32],
  ["CRC32", 8],
];

for (const [name, digits] of CHOICES) {
  Deno.test(`OPTS HASH ${name} chooses, and FEAT shows the choice`, async () => {
    const client = await startAlice({ files: FILES });
    assertEquals(
      await client.ask(`OPTS HASH ${name.toLowerCase()}`),
      `200 ${name}`,
    );
    const [, algorithm, range, hash] = (await client.ask("HASH a")).split(" ");
    assertEquals([algorithm, range, hash?.length], [name, "0-11", digits]);
    const offers = /HASH (.*)/.exec(await client.ask("FEAT"))![1]!.split(";");
    assertEquals(offers.filter((offer) => offer.endsWith("*")), [`${name}*`]);
    assertEquals(offers.length, CHOICES.length);
    await client.finish();
  });
}

Deno.test("OPTS HASH tells the choice, and refuses what is not known", async () => {
  await asAlice([
    ...["OPTS HASH", "200 SHA-256", "OPTS HASH SHA-3", "504 Unsupported"],
    ...["OPTS HASH constructor", "504", "OPTS HASH", "200 SHA-256"],
  ]);
});

Deno.test("HASH respects RANG, once", async () => {
  await asAlice([
    ...["OPTS HASH CRC32", "200", "RANG 0 4", "350"],
    ...["HASH a", "213 CRC32 0-5 3610a686 a"],
    ...["HASH a", "213 CRC32 0-11 c0818589 a"],
    ...["RANG 6 999", "350", "HASH a", "213 CRC32 6-11 "],
    ...["RANG 12 13", "350", "HASH a", "501 Position 12 is behind the end, 11"],
    ...["RANG 0 4", "350", "RANG 1 0", "350", "HASH a", "213 CRC32 0-11 c08"],
  ], { files: FILES });
});

Deno.test("HASH is bounded by the policy, and off at 0", async () => {
  const bounded = { files: FILES, policy: { hashLimit: 10 } };
  await asAlice([
    ...["HASH a", "550 At most 10 bytes are hashed at a time."],
    ...[
      "XCRC a 1 11",
      "250",
      "MD5 a",
      "550",
      "RANG 0 9",
      "350",
      "HASH a",
      "213",
    ],
  ], bounded);
  const client = await startAlice({ files: FILES, policy: { hashLimit: 0 } });
  const features = await client.ask("FEAT");
  assert(!/HASH|MD5|XCRC|XSHA/.test(features), features);
  await speak(client, [
    ...["HASH a", '502 Command "HASH" not implemented.', "XCRC a", "502"],
    ...["OPTS HASH MD5", "501", "HELP HASH", "501"],
  ]);
});

/** A file without an end, which waits for the test before each block. */
class Endless {
  /** Blocks that were read. */
  blocks = 0;
  /** Called when a block is asked for. */
  asked: () => void = () => {};
  closed = false;

  wrap(fs: FileSystem): FileSystem {
    return {
      ...fs,
      stat: async (path) => ({ ...await fs.stat(path), size: 2 ** 40 }),
      read: () =>
        Promise.resolve({
          size: 2 ** 40,
          read: async (buffer: Bytes) => {
            this.blocks += 1;
            this.asked();
            await new Promise((resolve) => setTimeout(resolve, 0));
            return buffer.length;
          },
          close: () => void (this.closed = true),
        }),
    };
  }

  /** Waits for the next block. */
  next(): Promise<void> {
    return new Promise((resolve) => this.asked = resolve);
  }
}

Deno.test("ABOR stops a hash, and commands behind it have kept their order", async () => {
  const endless = new Endless();
  const client = await startAlice({
    files: FILES,
    wrap: (fs) => endless.wrap(fs),
  });
  client.command("HASH a");
  await endless.next();
  client.command("NOOP");
  client.command("STAT");
  await endless.next();
  client.command("ABOR");
  await speak(client, [
    ...["426 Transfer aborted.", "200 NOOP", "211", "226 ABOR"],
    ...["PWD", "257"],
  ]);
  assert(endless.closed);
});

Deno.test("a hash ends when its client leaves", async () => {
  const endless = new Endless();
  const client = await startAlice({
    files: FILES,
    wrap: (fs) => endless.wrap(fs),
  });
  client.command("XSHA512 a");
  await endless.next();
  client.control.end();
  await client.ended;
  assert(endless.closed);
  assertEquals(await client.reply(), "426 Control connection closed.");
  await client.finish();
});

Deno.test("a hash outlives the time-out between commands, which counts anew behind it", async () => {
  const endless = new Endless();
  const client = await startAlice({
    files: FILES,
    limits: { idleTimeout: 20 },
    wrap: (fs) => endless.wrap(fs),
  });
  client.command("HASH a");
  const began = performance.now();
  while (performance.now() - began < 200) await endless.next();
  client.command("ABOR");
  await speak(client, ["426", "226", "421 Control connection timed out."]);
});

Deno.test("a file that becomes shorter while it is hashed has no hash", async () => {
  await asAlice(["HASH a", "450 The file has become shorter meanwhile."], {
    files: FILES,
    wrap: (fs) => ({
      ...fs,
      stat: async (path) => ({ ...await fs.stat(path), size: 12 }),
    }),
  });
});

Deno.test("HASH is logged as work, not as a transfer", async () => {
  const client = await asAlice(["HASH a", "213"], { files: FILES });
  assertEquals(client.logged("transfer"), []);
  const [line] = client.logged("work");
  assertEquals(
    [line?.verb, line?.path, line?.bytes, line?.result],
    ["HASH", "/a", 11, "complete"],
  );
});
