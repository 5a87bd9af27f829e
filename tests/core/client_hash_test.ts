import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  FtpError,
  LocalError,
  NetworkError,
  ProtocolError,
} from "../../client/ftp/errors.ts";
import { compareByHash, localHash } from "../../client/ftp/hash.ts";
import {
  HASH_DIGITS,
  type HashAlgorithm,
  hashCommands,
  type HashOffer,
  hashOffers,
  parseHash,
} from "../../client/ftp/hash_offer.ts";
import { Disk, play } from "./client_harness.ts";
import type { Answers } from "./client_peer.ts";

/** Hashes of "hello". */
const HELLO: Readonly<Record<HashAlgorithm, string>> = {
  crc32: "3610a686",
  md5: "5d41402abc4b2a76b9719d911017c592",
  sha1: "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d",
  sha256: "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
  sha512: "9b71d224bd62f3785d96d46ad3ea3d73319bfbc2890caadae2dff72519673ca7" +
    "2323c3d99ba5c11d7c7acc6e14b8c5da0c4663475c2e5c3adef46f73bcdec043",
};

function offering(...features: string[]): Answers {
  const lines = features.map((feature) => ` ${feature}\r\n`).join("");
  return { FEAT: `211-Features:\r\n${lines}211 End` };
}

function offer(verb: string, algorithm: HashAlgorithm): HashOffer {
  return { verb, algorithm, choice: null, chosen: true };
}

Deno.test("hashOffers() names what a server offers, the strongest first", () => {
  const offers = hashOffers(
    new Map([
      ["XCRC", '"filename" SP EP'],
      ["XMD5", ""],
      ["XSHA", ""],
      ["HASH", "MD5;SHA-1*;SHA-256;CRC32;WHIRLPOOL;"],
      ["MD5", ""],
    ]),
  );
  assertEquals(
    offers.map(({ algorithm, verb, choice, chosen }) =>
      `${algorithm} ${verb} ${choice} ${chosen}`
    ),
    [
      "sha256 HASH SHA-256 false",
      "sha1 HASH SHA-1 true",
      "sha1 XSHA null true",
      "md5 HASH MD5 false",
      "md5 XMD5 null true",
      "md5 MD5 null true",
      "crc32 HASH CRC32 false",
      "crc32 XCRC null true",
    ],
  );
  assertEquals(hashOffers(new Map([["HASH", ""], ["SIZE", ""]])), []);
});

const READ: readonly [verb: string, HashAlgorithm, ...lines: string[]][] = [
  ["HASH", "sha1", `SHA-1 0-5 ${HELLO.sha1} a`],
  ["HASH", "sha1", "Computing", `sha1 0-4 ${HELLO.sha1.toUpperCase()} a`],
  ["HASH", "crc32", `CRC32 0-5 ${HELLO.crc32} 12345678`],
  ["HASH", "md5", HELLO.md5],
  ["XMD5", "md5", "Computing MD5 digest", HELLO.md5.toUpperCase()],
  ["XMD5", "md5", `XMD5 ${HELLO.md5}`],
  ["XMD5", "md5", `"a" ${HELLO.md5}.`],
  ["XMD5", "md5", `MD5(a)= ${HELLO.md5}`],
  ["XMD5", "md5", `${HELLO.md5} ${HELLO.md5.toUpperCase()}`],
  ["MD5", "md5", `a ${HELLO.md5}`],
  ["XSHA", "sha1", HELLO.sha1],
  ["XSHA256", "sha256", HELLO.sha256],
  ["XSHA512", "sha512", HELLO.sha512],
  ["XCRC", "crc32", HELLO.crc32.toUpperCase()],
  ["XCRC", "crc32", `0x${HELLO.crc32}`],
];

for (const [verb, algorithm, ...lines] of READ) {
  Deno.test(`parseHash() reads ${verb}: ${lines.join(" / ").slice(0, 60)}`, () =>
    assertEquals(
      parseHash(offer(verb, algorithm), "a", { lines }),
      HELLO[algorithm],
    ));
}

Deno.test("parseHash() is not taken in by a file that is called like a hash", () => {
  const path = "d41d8cd98f00b204e9800998ecf8427e";
  const read = (...lines: string[]) =>
    parseHash(offer("XMD5", "md5"), path, { lines });
  assertEquals(read(`"${path}" ${HELLO.md5}`), HELLO.md5);
  assertEquals(read(path), path);
});

Deno.test("parseHash() fills up a short CRC", () => {
  const lines = ["XCRC 1a2"];
  const read = parseHash(offer("XCRC", "crc32"), "a", { lines });
  assertEquals(read, "000001a2");
});

const NONSENSE: readonly [verb: string, HashAlgorithm, said: string][] = [
  ["HASH", "sha1", `SHA-256 0-5 ${HELLO.sha256} a`],
  ["HASH", "sha1", `SHA-1 0-5 ${HELLO.md5} a`],
  ["HASH", "sha1", "SHA-1 0-5 a"],
  ["HASH", "sha1", `SHA-1 3-5 ${HELLO.sha1} a`],
  ["XMD5", "md5", `${HELLO.md5}0`],
  ["XMD5", "md5", HELLO.md5.slice(1)],
  ["XMD5", "md5", HELLO.md5.replace("5", "g")],
  ["XMD5", "md5", `${HELLO.md5} d41d8cd98f00b204e9800998ecf8427e`],
  ["XMD5", "md5", ""],
  ["XCRC", "crc32", "OK added"],
  ["XCRC", "crc32", "123456789"],
];

for (const [verb, algorithm, said] of NONSENSE) {
  Deno.test(`parseHash() refuses ${verb}: ${said.slice(0, 60)}`, () => {
    assertThrows(
      () => parseHash(offer(verb, algorithm), "a", { lines: [said] }),
      ProtocolError,
      `The server's ${verb} of a makes no sense`,
    );
  });
}

Deno.test("hashCommands() puts quotes where they are expected", () => {
  const said = (verb: string, path: string) =>
    hashCommands(offer(verb, "md5"), path)
      .map(({ verb, argument }) => `${verb} ${argument}`);
  assertEquals(said("HASH", "a b"), ["HASH a b"]);
  assertEquals(said("MD5", "a b"), ["MD5 a b"]);
  assertEquals(said("XMD5", 'a "b"'), ['XMD5 "a ""b"""']);
  assertEquals(said("XMD5", "a"), ['XMD5 "a"', "XMD5 a"]);
  assertEquals(said("XMD5", "-a"), ['XMD5 "./-a"', "XMD5 ./-a"]);
});

Deno.test("FtpClient.hash() chooses the strongest algorithm, once", () =>
  play({
    ...offering("HASH SHA-1*;SHA-256;MD5", "XMD5"),
    OPTS: (argument) => `200 ${argument}`,
    HASH: (path, peer) => {
      const last = peer.commands.findLast((text) => text.startsWith("OPTS"));
      return last?.endsWith("SHA-256")
        ? `213 SHA-256 0-5 ${HELLO.sha256} ${path}`
        : `213 SHA-1 0-5 ${HELLO.sha1} ${path}`;
    },
  }, async ({ client, peer }) => {
    const { sha1, sha256 } = HELLO;
    const told = () => peer.commands.slice(-2);
    assertEquals(await client.hash("a", { algorithm: "sha1" }), {
      algorithm: "sha1",
      hash: sha1,
    });
    assertEquals(told(), ["FEAT", "HASH a"]);
    const strongest = { algorithm: "sha256" as const, hash: sha256 };
    assertEquals(await client.hash("a"), strongest);
    assertEquals(told(), ["OPTS HASH SHA-256", "HASH a"]);
    assertEquals(await client.hash("b c"), strongest);
    assertEquals(told(), ["HASH a", "HASH b c"]);
    await client.hash("a", { algorithm: "sha1" }).then((known) =>
      assertEquals(known?.hash, sha1)
    );
    assertEquals(told(), ["OPTS HASH SHA-1", "HASH a"]);
    assertEquals(await client.hash("a", { algorithm: "sha512" }), null);
  }));

Deno.test("FtpClient.hash() gives null when the server offers nothing", () =>
  play({}, async ({ client, peer }) => {
    const before = peer.commands.length;
    assertEquals(await client.hash("a"), null);
    assertEquals(peer.commands.length, before);
  }));

Deno.test("FtpClient.hash() takes the next best of a server that offers too much", () =>
  play({
    ...offering("XSHA256", "HASH SHA-1;", "XMD5"),
    OPTS: "501 No",
    XMD5: `250 ${HELLO.md5}`,
  }, async ({ client, peer }) => {
    for (let round = 0; round < 2; round++) {
      const error = await assertRejects(() => client.hash("a"), FtpError);
      assertEquals(error.message, "HASH a: the server said 501 No");
    }
    const asked = peer.commands.filter((text) => text.startsWith("XSHA256"));
    assertEquals(asked, ['XSHA256 "a"', "XSHA256 a"]);
    const known = await client.hash("a", { algorithm: "md5" });
    assertEquals(known?.hash, HELLO.md5);
  }));

Deno.test("FtpClient.hash() leaves the quotes out when the server wants that", () =>
  play({
    ...offering("XMD5"),
    XMD5: (argument) =>
      argument === "a" ? `250 ${HELLO.md5}` : "550 No such file",
  }, async ({ client }) => {
    assertEquals((await client.hash("a"))?.hash, HELLO.md5);
    await assertRejects(() => client.hash("b"), FtpError, "550");
  }));

Deno.test("FtpClient.hash() waits ten minutes, and no longer", () =>
  play({ ...offering("XMD5"), XMD5: "" }, async ({ client, peer, clock }) => {
    const slow = client.hash("a");
    await peer.heard("XMD5");
    await clock.advance(599_999);
    peer.say(`250 ${HELLO.md5}`);
    assertEquals((await slow)?.hash, HELLO.md5);
    const never = assertRejects(() => client.hash("a"), NetworkError);
    await peer.heard("XMD5", 2);
    await clock.advance(600_000);
    assertEquals((await never).kind, "timeout");
  }));

Deno.test("FtpClient.hash() reads what comes before the reply", () =>
  play({
    ...offering("XMD5"),
    XMD5: `150 Counting\r\n150 Still\r\n250-Done\r\n250 ${HELLO.md5}`,
  }, async ({ client }) => {
    assertEquals((await client.hash("a"))?.hash, HELLO.md5);
    assertEquals(await client.workingDirectory(), "/");
  }));

Deno.test("FtpClient.hash() cancelled leaves a connection without doubt", () =>
  play({ ...offering("XMD5"), XMD5: "" }, async ({ client, peer, clock }) => {
    const cancelled = () => {
      const cancel = new AbortController();
      const hash = client.hash("a", { signal: cancel.signal });
      return { hash, cancel: () => cancel.abort(new Error("enough")) };
    };
    const quick = cancelled();
    await peer.heard("XMD5");
    quick.cancel();
    peer.say(`250 ${HELLO.md5}`);
    await assertRejects(() => quick.hash, Error, "enough");
    assertEquals(await client.workingDirectory(), "/");
    const slow = cancelled();
    await peer.heard("XMD5", 2);
    slow.cancel();
    const failed = assertRejects(() => slow.hash, Error, "enough");
    await clock.advance(1000);
    await failed;
    assert(client.closed !== null);
  }));

for (const algorithm of Object.keys(HASH_DIGITS) as HashAlgorithm[]) {
  Deno.test(`localHash() knows ${algorithm}`, async () => {
    const disk = new Disk();
    disk.files.set("a", "hello");
    disk.files.set("empty", "");
    assertEquals(await localHash(disk, "a", algorithm), HELLO[algorithm]);
    const { length } = await localHash(disk, "empty", algorithm);
    assertEquals(length, HASH_DIGITS[algorithm]);
  });
}

Deno.test("localHash() stops when it is cancelled, and says what it cannot read", async () => {
  const disk = new Disk();
  disk.files.set("a", "hello");
  const signal = AbortSignal.abort(new Error("enough"));
  await assertRejects(
    () => localHash(disk, "a", "md5", signal),
    Error,
    "enough",
  );
  await assertRejects(
    () => localHash(disk, "b", "md5"),
    LocalError,
    "Cannot read b",
  );
});

Deno.test("compareByHash() tells same from different, and does not guess", () =>
  play({
    ...offering("XMD5"),
    XMD5: (path) => path === '"a"' ? `250 ${HELLO.md5}` : "550 Too large",
  }, async ({ client, disk }) => {
    disk.files.set("same", "hello");
    disk.files.set("other", "hallo");
    const compare = (path: string, localPath: string) =>
      compareByHash(client, path, disk, localPath);
    assertEquals(await compare("a", "same"), "same");
    assertEquals(await compare("a", "other"), "different");
    assertEquals(await compare("big", "same"), "unknown");
    await assertRejects(() => compare("a", "none"), LocalError);
  }));

Deno.test("compareByHash() says unknown when the server offers nothing", () =>
  play({}, async ({ client, disk }) => {
    assertEquals(await compareByHash(client, "a", disk, "a"), "unknown");
  }));
