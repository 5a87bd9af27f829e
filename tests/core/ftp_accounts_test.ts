import { assertEquals, assertRejects } from "@std/assert";
import { listedAccounts } from "../../server/ftp/accounts.ts";
import { FsError } from "../../server/fs/file_system.ts";
import { memoryFileSystem } from "../../server/fs/memory.ts";

const fs = memoryFileSystem({ "/a": "abc" });
const authenticate = listedAccounts([
  { name: "alice", password: "sécret 1", write: true, fs },
  { name: "bob", password: "hidden", write: false, fs },
  { name: "anonymous", password: null, write: false, fs },
]);

async function nameOf(user: string, password: string): Promise<string | null> {
  const account = await authenticate({ user, password, remote: "192.0.2.1" });
  return account?.name ?? null;
}

const LOGINS: readonly [user: string, password: string, name: string | null][] =
  [
    ["alice", "sécret 1", "alice"],
    ["alice", "sécret 2", null],
    ["alice", "sécret 1 ", null],
    ["alice", "sécret", null],
    ["alice", "se\u0301cret 1", null],
    ["alice", "", null],
    ["alice", "hidden", null],
    ["Alice", "sécret 1", null],
    ["bob", "hidden", "bob"],
    ["anonymous", "", "anonymous"],
    ["anonymous", "x", "anonymous"],
    ["ftp", "x", "ftp"],
    ["nobody", "", null],
    ["", "", null],
    ["__proto__", "", null],
    ["constructor", "", null],
  ];

for (const [user, password, name] of LOGINS) {
  const what = name === null ? "refuses" : "lets in";
  Deno.test(`listedAccounts() ${what} "${user}" with "${password}"`, async () => {
    assertEquals(await nameOf(user, password), name);
  });
}

Deno.test("listedAccounts() gives a tree that may be written to only where it says so", async () => {
  const remote = "192.0.2.1";
  const alice = await authenticate({
    user: "alice",
    password: "sécret 1",
    remote,
  });
  const bob = await authenticate({ user: "bob", password: "hidden", remote });
  assertEquals([alice?.write, bob?.write], [true, false]);
  await alice!.fs.makeDirectory("/new");
  await assertRejects(() => bob!.fs.makeDirectory("/other"), FsError);
});

Deno.test("listedAccounts() lets an account named ftp be itself", async () => {
  const own = listedAccounts([
    { name: "anonymous", password: null, write: false, fs },
    { name: "ftp", password: "own", write: true, fs },
  ]);
  const remote = "192.0.2.1";
  const ftp = (password: string) => own({ user: "ftp", password, remote });
  assertEquals(await ftp("x"), null);
  assertEquals((await ftp("own"))?.write, true);
});

Deno.test("listedAccounts() lets nobody in when it lists nobody", async () => {
  const nobody = listedAccounts([]);
  const remote = "192.0.2.1";
  for (const user of ["", "anonymous", "ftp", "root"]) {
    assertEquals(await nobody({ user, password: "", remote }), null);
  }
});

Deno.test("listedAccounts() lets in who has a certificate, if the user exists", async () => {
  const certified = async (user: string) => {
    const remote = "192.0.2.1";
    const said = { user, password: "", remote, isCertified: true };
    return (await authenticate(said))?.name ?? null;
  };
  assertEquals(await certified("alice"), "alice");
  assertEquals(await certified("nobody"), null);
  assertEquals(await certified("constructor"), null);
});

Deno.test("listedAccounts() tells what users demand of TLS", async () => {
  const password = "x";
  const authenticate = listedAccounts([
    { name: "alice", password, write: false, fs, tls: "required" },
    { name: "anonymous", password, write: false, fs, tls: "optional" },
    { name: "bob", password, write: false, fs },
  ]);
  const users = ["alice", "anonymous", "ftp", "bob", "nobody"];
  assertEquals(users.map((user) => authenticate.demand?.(user)), [
    ...["required", "optional", "optional", undefined, undefined],
  ]);
  const account = await authenticate({
    ...{ user: "alice", password, remote: "192.0.2.1" },
  });
  assertEquals(account?.tls, "required");
});
