import {
  assert,
  assertEquals,
  assertObjectMatch,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { UsageError } from "../../lib/cli.ts";
import { nameFault, readAccount } from "../../server/ftp/config/account.ts";
import { readAccountsText } from "../../server/ftp/config/accounts_file.ts";
import { tableFrom } from "../../server/ftp/config/json_table.ts";
import { mergedProfile } from "../../server/ftp/config/profile.ts";
import { completeRequest } from "../../server/ftp/options.ts";
import { PERMISSIONS } from "../../server/ftp/profile.ts";
import type { AccountSettings } from "../../server/ftp/settings.ts";
import { requestWith, textsOf } from "./ftp_config.ts";

/** The account of lines below `[account.bob]`. */
function bob(text: string): AccountSettings {
  const [account] = readAccountsText(
    `[account.bob]\nroot = "/b"\npassword = "x"\n${text}`,
    { file: "f" },
  );
  return account!;
}

Deno.test("readAccountsText() reads every key of an account", () => {
  const account = bob(`
    start = "/in/"
    permissions = ["read-only", "append", "list"]
    overwrite = false
    quota = "1K"
    quota-files = 10
    account-rate = "1K"
    session-rate = "down=2K"
    transfer-rate = "up=3K"
    max-file-size = 4096
    refuse-names = ["*.exe"]
    addresses = ["10.0.0.0/8", "::1"]
    max-sessions = 2
    tls = "required"
    expires = 2030-01-01T00:00:00+01:00
    greeting = """
Hello
you"""
    admin = true
    [account.bob.folder."/in"]
    permissions = "upload-only"
    [account.bob.mount."/m/x"]
    root = "/srv/m"
    write = true
  `);
  assertEquals(account, {
    name: "bob",
    password: "x",
    root: "/b",
    write: true,
    start: "/in",
    permissions: ["list", "read", "append"],
    overwrite: false,
    quota: { bytes: 1024, files: 10 },
    accountRate: { down: 1024, up: 1024 },
    sessionRate: { down: 2048 },
    transferRate: { up: 3072 },
    maxFileSize: 4096,
    refuseNames: ["*.exe"],
    addresses: ["10.0.0.0/8", "::1"],
    maxSessions: 2,
    tls: "required",
    expires: Date.UTC(2029, 11, 31, 23),
    greeting: "Hello\nyou",
    admin: true,
    rules: [{ path: "/in", permissions: ["write"] }],
    mounts: [{ at: "/m/x", root: "/srv/m", write: true }],
  });
});

/** What is said, and what may be changed then. */
const RIGHTS: readonly (readonly [string, Partial<AccountSettings>])[] = [
  ["", { write: false }],
  ["write = false", { write: false }],
  ["write = true", { write: true }],
  ['permissions = "all"', { write: true, permissions: PERMISSIONS }],
  ['permissions = "read-only"', {
    write: false,
    permissions: ["list", "read"],
  }],
  ['permissions = "upload-only"', { write: true, permissions: ["write"] }],
  ["permissions = []", { write: false, permissions: [] }],
  ['[account.bob.folder."/in"]\npermissions = ["make"]', {
    write: true,
    permissions: ["list", "read"],
    rules: [{ path: "/in", permissions: ["make"] }],
  }],
  ['write = true\n[account.bob.folder."/ro"]\npermissions = "read-only"', {
    write: true,
    rules: [{ path: "/ro", permissions: ["list", "read"] }],
  }],
  ['[account.bob.mount."/m"]\nroot = "/m"', {
    write: false,
    mounts: [{ at: "/m", root: "/m", write: false }],
  }],
];

for (const [text, expected] of RIGHTS) {
  Deno.test(`readAccountsText() understands ${JSON.stringify(text)}`, () => {
    const { name: _, password: __, root: ___, ...rights } = bob(text);
    assertEquals(rights as Partial<AccountSettings>, expected);
  });
}

Deno.test("readAccountsText() lets no rule of its own be overruled by a writable mount", () => {
  const { rules } = bob(
    '[account.bob.mount."/m"]\nroot = "/m"\nwrite = true\n' +
      '[account.bob.folder."/m"]\npermissions = "upload-only"',
  );
  assertEquals(rules, [{ path: "/m", permissions: ["write"] }]);
});

Deno.test("readAccountsText() gives nobody more in a writable mount than permissions say", () => {
  const mount = '[account.bob.mount."/m"]\nroot = "/m"\nwrite = true\n';
  const box = bob(`permissions = "upload-only"\n${mount}`);
  assertEquals([box.permissions, box.rules], [["write"], undefined]);
  const reader = bob(`permissions = "read-only"\n${mount}`);
  assertEquals([reader.write, reader.rules], [false, undefined]);
  assertEquals(bob(mount).rules, [{ path: "/m", permissions: PERMISSIONS }]);
});

Deno.test("nameFault() takes names of 1 to 255 letters", () => {
  for (const name of ["a", "n".repeat(255)]) {
    assertEquals(nameFault(name), undefined);
  }
  for (const name of ["", "n".repeat(256)]) {
    assertEquals(nameFault(name), "has no name of 1 to 255 letters");
  }
});

Deno.test("readAccount() takes no password from who has checked it", () => {
  for (
    const secret of [{ password: "x" }, {
      hash: "{SHA}" + "a".repeat(27) + "=",
    }]
  ) {
    const account = readAccount("bob", { root: "/b", ...secret });
    assertEquals(account.password, null);
    assert(!("hash" in account));
  }
});

Deno.test("mergedProfile() takes write and permissions from one side, never from both", () => {
  const list = ["list"] as const;
  for (
    const [others, own, merged] of [
      [{ write: true }, { permissions: list }, { permissions: list }],
      [{ permissions: list }, { write: true }, { write: true }],
      [{ permissions: list }, { admin: true }, {
        permissions: list,
        admin: true,
      }],
      [{ write: true }, {}, { write: true }],
    ] as const
  ) assertEquals(mergedProfile(others, own), merged);
});

Deno.test("mergedProfile() lets what an account says count more than defaults", () => {
  const merged = mergedProfile(
    {
      permissions: ["list"],
      quota: { bytes: 5, files: 6 },
      rules: [{ path: "/a", permissions: [] }, { path: "/b", permissions: [] }],
      mounts: [{ at: "/m", root: "/1", write: false }],
      start: "/a",
    },
    {
      write: true,
      quota: { bytes: 7 },
      rules: [{ path: "/a", permissions: ["read"] }],
      mounts: [{ at: "/n", root: "/2", write: true }],
    },
  );
  assertEquals(merged, {
    start: "/a",
    write: true,
    quota: { bytes: 7, files: 6 },
    rules: [
      { path: "/b", permissions: [] },
      { path: "/a", permissions: ["read"] },
    ],
    mounts: [
      { at: "/m", root: "/1", write: false },
      { at: "/n", root: "/2", write: true },
    ],
  });
});

Deno.test("readAccountsText() puts the account's name in the place of {user}", () => {
  const [account] = readAccountsText('[account."b $& ob"]\npassword = "x"\n', {
    file: "f",
    defaults: {
      root: "/srv/{user}/{user}",
      mounts: [{ at: "/m", root: "/m/{user}", write: false }],
    },
  });
  assertObjectMatch(account!, {
    root: "/srv/b $& ob/b $& ob",
    mounts: [{ root: "/m/b $& ob" }],
  });
});

for (const name of ["..", ".", "a/b", "../../etc", "a\\\\b"]) {
  Deno.test(`readAccountsText() makes no folder of the name ${name}`, () => {
    const text = `[account."${name}"]\npassword = "x"\n`;
    const options = { file: "f", defaults: { root: "/srv/{user}" } };
    assertThrows(() => readAccountsText(text, options), UsageError, "no name");
    const hash = "{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=";
    if (name.includes("\\")) return;
    assertThrows(
      () => readAccountsText(`${name}:${hash}`, options),
      UsageError,
      "no name for a folder",
    );
  });
}

Deno.test("completeRequest() makes DIR the root of a file's accounts that have none", async () => {
  const hash = "{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=";
  const readText = textsOf({ who: `bob:${hash}\n` });
  const args = ["--accounts", "who"];
  const { settings } = await completeRequest([...args, "/pub"], { readText });
  assertObjectMatch(settings, { accounts: [{ name: "bob", root: "/pub" }] });
  await assertRejects(
    () => completeRequest(args, { readText }),
    UsageError,
    "has no root",
  );
});

Deno.test("completeRequest() takes 0 of an account for no limit, whatever defaults say", async () => {
  const { settings } = await requestWith(
    `max-per-account = 2
    [defaults]
    quota = "1K"
    quota-files = 5
    root = "/{user}"
    [account.bob]
    password = "x"
    max-sessions = 0
    quota-files = 0
    [account.eve]
    password = "x"
    [host."a.example"]
    accounts = ["eve"]
    [host."a.example".account.zoe]
    password = "x"`,
    ["--user", "eve:typed:/typed"],
  );
  const seen = (accounts: readonly AccountSettings[] = []) =>
    accounts.map(({ name, root, maxSessions, quota }) => [
      ...[name, root, maxSessions, quota],
    ]);
  const full = { bytes: 1024, files: 5 };
  assertEquals(seen(settings.accounts), [
    ["eve", "/typed", 2, undefined],
    ["bob", "/bob", undefined, { bytes: 1024 }],
  ]);
  assertEquals(seen(settings.hosts?.[0]?.accounts), [
    ["zoe", "/zoe", 2, full],
    ["eve", "/typed", 2, undefined],
  ]);
  const known = readAccount("ann", { root: "/", "max-sessions": 0 }, {
    defaults: { maxSessions: 7 },
  });
  assertEquals("maxSessions" in known, false);
});

Deno.test("readAccount() takes the same keys from an object", () => {
  const account = readAccount("eve", {
    root: "/e",
    permissions: ["list", "write"],
    quota: 1024,
    folder: { "/in": { permissions: "all" } },
    nothing: null,
  });
  assertEquals(account, {
    name: "eve",
    password: null,
    root: "/e",
    write: true,
    permissions: ["list", "write"],
    quota: { bytes: 1024 },
    rules: [{ path: "/in", permissions: PERMISSIONS }],
  });
});

Deno.test("readAccount() refuses what it does not understand, in one line", () => {
  const refuse = (keys: Record<string, unknown>, says: string) =>
    assertThrows(() => readAccount("eve", keys), UsageError, says);
  refuse({}, "has no root");
  refuse({ root: 5 }, "root: expected a text in quotes, got 5");
  refuse({ root: "/", rot: 1 }, 'unknown key "rot"; did you mean "root"?');
  refuse({ root: "/", write: "maybe" }, "write: expected true or false");
  refuse({ root: "/", folder: { in: {} } }, "folder: expected a path");
  refuse({ root: "{user}/x", start: {} }, "start: expected a path");
});

Deno.test("readAccountsText() refuses lines with fields behind the hash, and says what to cut", () => {
  assertThrows(
    () => readAccountsText("bob:$6$a$b:1001:/home/bob\n", { file: "staff" }),
    UsageError,
    "staff:1: expected NAME:HASH and no further fields, which mean nothing " +
      "here; cut -d: -f1,2 leaves the first two",
  );
});

Deno.test("tableFrom() ends on objects that are deep", () => {
  const deep: Record<string, unknown> = {};
  let at = deep;
  for (let depth = 0; depth < 5000; depth++) {
    at = at.a = {};
  }
  assert(tableFrom(deep).entries.has("a"));
});
