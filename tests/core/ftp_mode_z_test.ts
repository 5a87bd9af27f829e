import { deflateSync, inflateSync } from "node:zlib";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Bytes } from "../../lib/bytes.ts";
import { asAlice, speak } from "./ftp_dialogue.ts";
import { contentOf, type FtpClient, startAlice } from "./ftp_harness.ts";

const TEXT = "the same words again and again\n".repeat(4000);
const FILES = { "/a": TEXT, "/empty": "", "/d/x": "" };
const DISCARDED = "451 The data are not deflated, or not whole. Upload discard";

function deflated(text: string): Bytes {
  return new Uint8Array(deflateSync(text));
}

/** Sends a command with a data connection, and takes what comes. */
async function fetched(client: FtpClient, command: string): Promise<string> {
  await client.ask("EPSV");
  assertStringIncludes(await client.ask(command), "150");
  assertEquals((await client.reply())?.slice(0, 3), "226");
  await client.data.closed;
  return inflateSync(client.data.bytes).toString();
}

/** Uploads bytes, and returns the last reply. */
async function stored(
  client: FtpClient,
  command: string,
  ...blocks: Bytes[]
): Promise<string> {
  await client.ask("EPSV");
  assertStringIncludes(await client.ask(command), "150");
  for (const block of blocks) client.data.send(block);
  client.data.end();
  return await client.reply() ?? "(closed)";
}

async function startDeflated(
  options: Parameters<typeof startAlice>[0] = {},
): Promise<FtpClient> {
  const client = await startAlice({ files: FILES, ...options });
  assertEquals(await client.ask("MODE Z"), "200 MODE set to Z.");
  return client;
}

Deno.test("MODE Z deflates files and listings", async () => {
  const client = await startDeflated();
  assertEquals(await fetched(client, "RETR a"), TEXT);
  assert(client.data.bytes.length < 2000, `${client.data.bytes.length} bytes`);
  assertEquals(await fetched(client, "RETR empty"), "");
  assertEquals(await fetched(client, "NLST"), "a\r\nd\r\nempty\r\n");
  assertStringIncludes(await fetched(client, "LIST d"), " x\r\n");
  assertStringIncludes(await fetched(client, "MLSD d"), "; x\r\n");
  await speak(client, ["MODE S", "200", "STAT", "211 … MODE: Stream"]);
});

Deno.test("MODE Z inflates what is stored", async () => {
  const client = await startDeflated();
  const whole = deflated(TEXT);
  assertEquals(
    await stored(client, "STOR s", whole.slice(0, 1), whole.slice(1)),
    "226 Transfer complete.",
  );
  assertEquals(await contentOf(client.fs, "/s"), TEXT);
  assertStringIncludes(await stored(client, "APPE s", deflated("!")), "226");
  assertEquals(await contentOf(client.fs, "/s"), `${TEXT}!`);
  assertStringIncludes(await stored(client, "STOR none", deflated("")), "226");
  assertEquals(await contentOf(client.fs, "/none"), "");
  assertStringIncludes(await stored(client, "STOR bare"), "226");
  assertEquals(await contentOf(client.fs, "/bare"), "");
  await client.finish();
});

Deno.test("MODE Z works with REST and RANG, which count a file's own bytes", async () => {
  const client = await startDeflated();
  await client.ask("REST 31");
  assertEquals(await fetched(client, "RETR a"), TEXT.slice(31));
  await client.ask("RANG 4 7");
  assertEquals(await fetched(client, "RETR a"), "same");
  await client.ask("REST 4");
  assertStringIncludes(await stored(client, "STOR a", deflated("end")), "226");
  assertEquals(await contentOf(client.fs, "/a"), "the end");
  await client.finish();
});

Deno.test("MODE Z deflates what TYPE A has made of the text", async () => {
  const client = await startDeflated({ files: { "/t": "a\nb\n" } });
  await client.ask("TYPE A");
  assertEquals(await fetched(client, "RETR t"), "a\r\nb\r\n");
  assertStringIncludes(
    await stored(client, "STOR u", deflated("c\r\n")),
    "226",
  );
  assertEquals(await contentOf(client.fs, "/u"), "c\n");
  await client.finish();
});

Deno.test("MODE Z does not tell the size of a file as that of the data", async () => {
  const client = await startDeflated();
  await client.ask("EPSV");
  assertEquals(
    await client.ask("RETR a"),
    "150 Opening BINARY mode data connection for a.",
  );
  await client.reply();
  await client.finish();
});

/** Uploads that are not what zlib writes. */
const BROKEN: readonly [what: string, blocks: Bytes[]][] = [
  ["text", [new TextEncoder().encode("this is no deflate stream")]],
  ["half a stream", [deflated(TEXT).slice(0, 100)]],
  ["a stream without its checksum", [deflated("abc").slice(0, -4)]],
  ["a wrong checksum", [changedAtEnd(deflated("abc"))]],
  ["more behind the end", [deflated("abc"), deflated("def")]],
  ["bytes behind the end", [new Uint8Array([...deflated("abc"), 0])]],
];

function changedAtEnd(bytes: Bytes): Bytes {
  bytes[bytes.length - 1]! ^= 1;
  return bytes;
}

for (const [what, blocks] of BROKEN) {
  Deno.test(`MODE Z discards an upload that is ${what}`, async () => {
    const client = await startDeflated();
    assertStringIncludes(await stored(client, "STOR a", ...blocks), DISCARDED);
    assertEquals(await contentOf(client.fs, "/a"), TEXT);
    assertStringIncludes(await stored(client, "STOR b", ...blocks), DISCARDED);
    assertEquals(client.files.uploads, ["abort /a", "abort /b"]);
    await client.finish();
  });
}

Deno.test("MODE Z counts inflated bytes against the room there is", async () => {
  const client = await startDeflated({ files: {}, capacity: 1 << 20 });
  const bomb = deflated("0".repeat(64 << 20));
  assert(bomb.length < 1 << 17);
  assertEquals(
    await stored(client, "STOR b", bomb),
    "452 Insufficient storage space.",
  );
  assertEquals(client.files.uploads, ["abort /b"]);
  await client.finish();
});

Deno.test("MODE Z gives what inflates a lot to the file in small pieces", async () => {
  let longest = 0;
  const client = await startDeflated({
    wrap: (fs) => ({
      ...fs,
      write: async (path, how) => {
        const sink = await fs.write(path, how);
        return {
          ...sink,
          write: (bytes) => {
            longest = Math.max(longest, bytes.length);
            return Promise.resolve(bytes.length);
          },
        };
      },
    }),
  });
  const bomb = deflated("0".repeat(64 << 20));
  assertStringIncludes(await stored(client, "STOR b", bomb), "226");
  assert(longest <= 1 << 17, `${longest} bytes at a time`);
  await client.finish();
});

Deno.test("ABOR stops a download in MODE Z", async () => {
  const client = await startDeflated();
  await client.ask("EPSV");
  client.data.block();
  await client.ask("RETR a");
  await speak(client, ["ABOR", "426", "226", "MODE S", "200"]);
});

const OPTIONS: readonly [options: string, reply: string][] = [
  ["MODE Z LEVEL 9", "200 MODE Z options set."],
  ["MODE Z LEVEL 0", "200 MODE Z options set."],
  ["mode z level 1", "200 MODE Z options set."],
  ["MODE Z ENGINE ZLIB LEVEL 3", "200 MODE Z options set."],
  ["MODE Z METHOD DEFLATE", "200 MODE Z options set."],
  ["MODE Z LEVEL 10", "501 Unsupported MODE Z option LEVEL 10."],
  ["MODE Z LEVEL -1", "501 Unsupported MODE Z option LEVEL -1."],
  ["MODE Z ENGINE LZO", "501 Unsupported MODE Z option ENGINE LZO."],
  ["MODE Z FOO 1", "501 Unsupported MODE Z option FOO 1."],
  ["MODE Z LEVEL", "501 Use OPTS MODE Z LEVEL 0 to 9."],
  ["MODE Z", "501 Use OPTS MODE Z LEVEL 0 to 9."],
  ["MODE", "501 Use OPTS MODE Z LEVEL 0 to 9."],
];

for (const [options, reply] of OPTIONS) {
  Deno.test(`OPTS ${options} is answered with ${reply}`, async () => {
    await asAlice([`OPTS ${options}`, reply]);
  });
}

Deno.test("OPTS MODE Z LEVEL chooses how hard to try", async () => {
  const client = await startDeflated();
  const sizes: number[] = [];
  for (const level of [0, 1, 9]) {
    await client.ask(`OPTS MODE Z LEVEL ${level}`);
    assertEquals(await fetched(client, "RETR a"), TEXT);
    sizes.push(client.data.bytes.length);
  }
  const [stored = 0, fast = 0, best = 0] = sizes;
  assert(stored > TEXT.length && fast > best, sizes.join());
  await client.finish();
});

Deno.test("MODE Z is not there where the policy says so", async () => {
  const client = await asAlice(
    ["MODE Z", "504 Unimplemented MODE type.", "OPTS MODE Z LEVEL 1", "501"],
    { policy: { deflateLevel: 0 } },
  );
  assertEquals(client.logged("internal-error"), []);
  const features = await startAlice({ policy: { deflateLevel: 0 } });
  assert(!(await features.ask("FEAT")).includes("MODE Z"));
  await features.finish();
});
