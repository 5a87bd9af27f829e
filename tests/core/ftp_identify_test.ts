import { assert, assertEquals, assertThrows } from "@std/assert";
import { readHash } from "../../lib/password/hash.ts";
import {
  type AuthQuestion,
  identifier,
  type IdentifierOptions,
  type Identity,
} from "../../server/ftp/accounts/identify.ts";
import type { AccountSettings } from "../../server/ftp/settings.ts";

/** Fits every hash here; how it is hashed is another test's business. */
const RIGHT = "right";
const ALICE = "{SHA}" + "A".repeat(27) + "=";
const BOB = "{SHA}" + "B".repeat(26) + "A=";

function account(name: string, more: Partial<AccountSettings>) {
  return { name, password: "", write: false, root: `/${name}`, ...more };
}

const ACCOUNTS: readonly AccountSettings[] = [
  account("alice", { hash: ALICE }),
  account("bob", { hash: BOB }),
  account("carol", { password: "plain" }),
  account("empty", { password: "" }),
  account("locked", { hash: "", password: null }),
];

/** An identifier, and how many hashes it has checked. */
function scene(options: Partial<IdentifierOptions> = {}) {
  let checked = 0;
  const identify = identifier({
    accounts: ACCOUNTS,
    readHash,
    verify(_hash, { password }) {
      checked++;
      return Promise.resolve(password === RIGHT);
    },
    ...options,
  });
  return {
    async ask(user: string, password: string, host?: string) {
      checked = 0;
      const question = {
        user,
        password,
        remote: "192.0.2.1",
        host,
        tls: false,
      };
      const { kind } = await identify(question);
      return [kind, checked];
    },
  };
}

Deno.test("identifier() knows who has the right password", async () => {
  const { ask } = scene();
  assertEquals(await ask("alice", RIGHT), ["known", 1]);
  assertEquals(await ask("bob", RIGHT), ["known", 1]);
  assertEquals(await ask("carol", "plain"), ["known", 0]);
});

Deno.test("identifier() checks a hash for everybody who is refused", async () => {
  const { ask } = scene();
  const refused: readonly [user: string, password: string][] = [
    ["alice", "wrong"],
    ["carol", "wrong"],
    ["carol", RIGHT],
    ["nobody", RIGHT],
    ["nobody", ""],
    ["", RIGHT],
    ["__proto__", RIGHT],
    ["constructor", RIGHT],
    ["alice\0", RIGHT],
    ["alice\n", RIGHT],
    ["a".repeat(70_000), RIGHT],
  ];
  for (const [user, password] of refused) {
    const what = `${user.slice(0, 20)} ${password}`;
    assertEquals(await ask(user, password), ["stranger", 1], what);
  }
});

Deno.test("identifier() lets nobody in without a password", async () => {
  const { ask } = scene();
  for (const user of ["empty", "locked"]) {
    for (const password of ["", "x", "plain"]) {
      const [kind] = await ask(user, password);
      assertEquals(kind, "stranger", `${user} ${password}`);
    }
  }
});

Deno.test("identifier() checks the same hash for a stranger each time, and not one for all", async () => {
  const seen = new Map<string, Set<unknown>>();
  const identify = identifier({
    accounts: ACCOUNTS,
    readHash,
    verify(hash, { user }) {
      seen.set(user, (seen.get(user) ?? new Set()).add(hash));
      return Promise.resolve(false);
    },
  });
  const strangers = Array.from({ length: 64 }, (_, at) => `stranger${at}`);
  for (const user of [...strangers, ...strangers]) {
    await identify({ user, password: "x", remote: "192.0.2.1", tls: false });
  }
  const hashes = strangers.map((user) => [...seen.get(user)!]);
  assert(hashes.every(({ length }) => length === 1));
  assertEquals(new Set(hashes.flat()).size, 2);
});

Deno.test("identifier() needs no hash to refuse where there is none", async () => {
  const { ask } = scene({ accounts: [ACCOUNTS[2]!] });
  assertEquals(await ask("nobody", "x"), ["stranger", 0]);
});

Deno.test("identifier() looks up a host's own accounts there and nowhere else", async () => {
  const dora = account("dora", { hash: ALICE });
  const hosts = [
    { names: ["a.example", "b.example"], accounts: [dora] },
    { names: ["c.example"] },
  ];
  const { ask } = scene({ hosts });
  assertEquals(await ask("dora", RIGHT, "a.example"), ["known", 1]);
  assertEquals(await ask("dora", RIGHT), ["stranger", 1]);
  assertEquals(await ask("alice", RIGHT, "a.example"), ["stranger", 1]);
  assertEquals(await ask("alice", RIGHT, "c.example"), ["known", 1]);
});

Deno.test("identifier() asks the endpoint about users that it does not know, and only about them", async () => {
  const asked: AuthQuestion[] = [];
  const answer: Identity = { kind: "account", account: ACCOUNTS[0]! };
  const endpoint = (question: AuthQuestion) => {
    asked.push(question);
    return Promise.resolve(answer);
  };
  const { ask } = scene({ endpoint });
  assertEquals(await ask("zoe", "x"), ["account", 0]);
  assertEquals(await ask("alice", "wrong"), ["stranger", 1]);
  assertEquals(await ask("zoe\r\n", "x"), ["stranger", 1]);
  assertEquals(asked.map(({ user }) => user), ["zoe"]);
});

Deno.test("identifier() refuses settings with a hash that can't be checked", () => {
  assertThrows(
    () => scene({ accounts: [account("x", { hash: "$1$x$y" })] }),
    RangeError,
    "MD5 crypt",
  );
});
