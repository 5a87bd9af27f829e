import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { checkPassword, newPasswordHash } from "../../lib/password/check.ts";
import { apr1Crypt, sha512Crypt } from "../../lib/password/crypt.ts";
import { hashProblem, readHash } from "../../lib/password/hash.ts";
import { sameBytes, sameText } from "../../lib/password/same.ts";
import {
  hashPassword,
  LONGEST_PASSWORD,
  verifyPassword,
} from "../../lib/password/verify.ts";

const PASSWORD = "pässwörd 1";

/** Made by other programs from {@linkcode PASSWORD}. */
const FOREIGN: Readonly<Record<string, string>> = {
  "openssl passwd -6":
    "$6$saltsalt$tHqym4gItwkbdcpfdysumMifrTtlK9Rlws0Pz3k/BDRvNK6AdL.hhYQat8X7nkPmPs29vcRqcTe3Nom5Hd1Ge/",
  "openssl passwd -apr1": "$apr1$abcdefgh$e9KNZAeKRC8vWA4eypWI21",
  "htpasswd -B": "$2y$05$Obhq3BZ6FdV.xg/LdfP9puqZeVUjzyGEaTwAtNu7b9zw9nAK8Wuwu",
  "htpasswd -m": "$apr1$4lr/3HTp$VP8nDvKyUAO1Sa94bEIjp/",
  "htpasswd -s": "{SHA}/Hrn08gEogcgvDjo5YNQSGibZVE=",
  "mkpasswd -R 10000":
    "$6$rounds=10000$abcd1234$9CIJ/C.jeiahyOFhtSyDGymoPcbSyE3sDbD.AjnRGP566SxiEWstT8AFFnMbJ6oDsTdV16/H6.jOz7gLye3jZ/",
  "python3 crypt":
    "$6$rounds=1000$x$n.jQybtDUwJsmH2gxOymwHsBciiOz7/TnxwK8WcPxdqEqD.n1bVCh3BDBb7GsLN5lvFAqxZuvv3pERuQkpSVq/",
  "python3 bcrypt":
    "$2b$04$1d0lbzi9Llr3kFo9jQQa8.o0l23pbEj1rFRtah0q7lxmI.rj2NenK",
  "python3 bcrypt, 2a":
    "$2a$04$XrWDw5BlClbs6UZiWfkpGuNBvWKhnkc9BPVtRhFqhnf/Dap7EYHdC",
  "python3 hashlib.scrypt":
    "$scrypt$ln=10,r=8,p=2$AAECAwQFBgcICQoLDA0ODw$zuUbwQ6hPAXozBomeYnrnT+2uEQRLWQLgBBPPgMQyNQ",
};

for (const [program, text] of Object.entries(FOREIGN)) {
  Deno.test(`verifyPassword() agrees with ${program}`, async () => {
    const hash = readHash(text);
    assert(await verifyPassword(hash, PASSWORD));
    for (const wrong of ["", "pässwörd 2", "passwörd 1", `${PASSWORD}\0`]) {
      assert(!await verifyPassword(hash, wrong), JSON.stringify(wrong));
    }
  });
}

Deno.test("sha512Crypt() makes what its authors published", async () => {
  const vectors = [
    {
      password: "Hello world!",
      salt: "saltstring",
      options: {},
      text:
        "$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1",
    },
    {
      password: "a".repeat(200),
      salt: "0123456789abcdef",
      options: {},
      text:
        "$6$0123456789abcdef$RBjxx9VcHjdfmVLoRNP7x08zbAVFOXyFy3mlyE0sWhfPSO/dqE70ouCpiWlbXYaHeO2LT4lgRz1jtlKJM0gSv/",
    },
  ];
  for (const { password, salt, options, text } of vectors) {
    assertEquals(await sha512Crypt(password, salt, options), text);
  }
});

Deno.test("apr1Crypt() makes what openssl makes", async () => {
  const text = await apr1Crypt(PASSWORD, "abcdefgh");
  assertEquals(text, FOREIGN["openssl passwd -apr1"]);
});

for (const how of ["scrypt", "bcrypt", "sha512"] as const) {
  Deno.test(`hashPassword() makes a hash by ${how} that only its password fits`, async () => {
    const [one, other] = [
      await hashPassword(PASSWORD, how),
      await hashPassword(PASSWORD, how),
    ];
    assert(one !== other, "two hashes have the same salt");
    assertEquals(hashProblem(one), null);
    assert(await verifyPassword(readHash(one), PASSWORD));
    assert(!await verifyPassword(readHash(one), PASSWORD.toUpperCase()));
  });
}

Deno.test("hashPassword() refuses what could not be checked again", async () => {
  const long = "a".repeat(LONGEST_PASSWORD + 1);
  const refused = ["", "a\0b", long].map((password) => ({ password }));
  for (const { password } of refused) {
    const failed = await hashPassword(password).catch((error) => error);
    assert(failed instanceof RangeError);
  }
  const failed = await hashPassword("ü".repeat(37), "bcrypt").catch((e) => e);
  assert(failed instanceof RangeError, "bcrypt sees 72 bytes");
});

Deno.test("verifyPassword() looks at no more than 1024 bytes of a password", async () => {
  const fits = "a".repeat(LONGEST_PASSWORD);
  const hash = readHash(await sha512Crypt(fits, "x", { rounds: 1000 }));
  assert(await verifyPassword(hash, fits));
  assert(!await verifyPassword(hash, "a".repeat(1 << 16)));
});

/** What is wrong, and in which words that is said. */
const REFUSED: Readonly<Record<string, RegExp>> = {
  "": /^it is empty/,
  "secret": /^it is no hash/,
  "f7ety9DPOCsFw": /^the old crypt\(\) is not safe/,
  "$y$j9T$pJetuiTaRVvAMwPAexlkV.$3ufQsSqBwEn88uY4fYtCcQtd1o1kLp9htW31vKAJH78":
    /^yescrypt is not supported/,
  "$5$x$y": /^SHA-256 crypt/,
  "$1$x$y": /^MD5 crypt/,
  "$argon2id$v=19$m=1,t=1,p=1$x$y": /^Argon2/,
  "{SSHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=": /^salted SHA/,
  "!$6$x$y": /^it is a locked entry/,
  "$scrypt$ln=25,r=8,p=1$AAAA$AAAAAAAAAAAAAAAAAAAAAA": /out of bounds/,
  "$scrypt$ln=18,r=8,p=1$AAAA$AAAAAAAAAAAAAAAAAAAAAA": /out of bounds/,
  "$scrypt$ln=10,r=8,p=4096$AAAA$AAAAAAAAAAAAAAAAAAAAAA": /out of bounds/,
  "$scrypt$ln=0,r=8,p=1$AAAA$AAAAAAAAAAAAAAAAAAAAAA": /out of bounds/,
  "$scrypt$ln=99999999999,r=1,p=1$AAAA$AAAAAAAAAAAAAAAAAAAAAA": /out of bounds/,
  "$scrypt$ln=10,r=8,p=1$AAAA$AAAA": /not base64 of 16 to 64/,
  "$scrypt$ln=10,r=8,p=1$A$AAAAAAAAAAAAAAAAAAAAAA": /not base64 of 1 to 64/,
  "$scrypt$ln=10,r=8,p=1$====$AAAAAAAAAAAAAAAAAAAAAA": /not base64/,
  "$2b$15$OgYlXibrsKYr6I94EcNfcOKlj/FKfEMkHB7Gl/hkdjTO0WdyBNXuy":
    /cost is 15; it may be from 4 to 14/,
  "$2b$03$OgYlXibrsKYr6I94EcNfcOKlj/FKfEMkHB7Gl/hkdjTO0WdyBNXuy": /cost is 3;/,
  "$2x$05$OgYlXibrsKYr6I94EcNfcOKlj/FKfEMkHB7Gl/hkdjTO0WdyBNXuy": /no hash/,
};

for (const [text, words] of Object.entries(REFUSED)) {
  Deno.test(`readHash() refuses ${JSON.stringify(text)} in one line`, () => {
    const error = assertThrows(() => readHash(text), RangeError);
    assert(words.test(error.message), error.message);
    assert(!error.message.includes("\n"));
    const secret = text.split("$").at(-1)!;
    assert(secret.length < 4 || !error.message.includes(secret));
    assertEquals(hashProblem(text), error.message);
  });
}

Deno.test("readHash() takes the dearest scrypt that its bounds allow, and none above", () => {
  const end = "$AAAA$AAAAAAAAAAAAAAAAAAAAAA";
  assertEquals(hashProblem(`$scrypt$ln=17,r=8,p=2${end}`), null);
  assert(hashProblem(`$scrypt$ln=17,r=8,p=3${end}`) !== null);
});

Deno.test("readHash() bounds the rounds of SHA-512 crypt", () => {
  const end = "$x$" + "a".repeat(86);
  for (const rounds of ["999", "1000001", "9999999999"]) {
    const problem = hashProblem(`$6$rounds=${rounds}${end}`);
    assert(problem?.includes("1000 to 1000000"), `${rounds}: ${problem}`);
  }
  assertEquals(hashProblem(`$6$rounds=1000000${end}`), null);
});

Deno.test("sameBytes() and sameText() tell what is the same", async () => {
  const bytes = (...list: number[]) => new Uint8Array(list);
  assert(sameBytes(bytes(), bytes()));
  assert(!sameBytes(bytes(1, 2), bytes(1, 3)));
  assert(!sameBytes(bytes(1), bytes(1, 0)));
  assert(await sameText("ü", "ü"));
  assert(!await sameText("ü", "u\u0308"));
  assert(!await sameText("", "\0"));
});

Deno.test("checkPassword() knows what newPasswordHash() makes, and says what it can't check", async () => {
  const hash = await newPasswordHash(PASSWORD);
  assert(hash.startsWith("$scrypt$"));
  assert(await checkPassword(hash, PASSWORD));
  assert(!await checkPassword(hash, "passwörd 1"));
  await assertRejects(() => checkPassword("$y$j9T$a$b", "x"), RangeError);
  await assertRejects(() => newPasswordHash(""), RangeError, "empty");
});
