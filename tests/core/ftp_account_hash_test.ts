import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  accountEntry,
  withHash,
  withHashLine,
} from "../../server/ftp/config/account_hash.ts";
import {
  needsRegistrar,
  withoutSecrets,
} from "../../server/ftp/accounts/secrets.ts";
import type { AccountSettings } from "../../server/ftp/settings.ts";

const HASH = "$6$x$y";
const LINE = `hash = "${HASH}"`;

/** A file before and after alice got a password. */
const CHANGES: Readonly<Record<string, [before: string, after: string]>> = {
  "an empty file": ["", `[account.alice]\n${LINE}\n`],
  "a file without her": [
    '# ours\n[account.bob]\nroot = "/b"\n',
    `# ours\n[account.bob]\nroot = "/b"\n\n[account.alice]\n${LINE}\n`,
  ],
  "a file without a line end": [
    "watch = true",
    `watch = true\n\n[account.alice]\n${LINE}\n`,
  ],
  "a hash": [
    '[account.alice] # her\nroot = "/a"\nhash = "old" # old\nwrite = true\n',
    `[account.alice] # her\nroot = "/a"\n${LINE}\nwrite = true\n`,
  ],
  "a password": [
    '[account.alice]\npassword = "x"\n\n[account.bob]\npassword = "y"\n',
    `[account.alice]\n${LINE}\n\n[account.bob]\npassword = "y"\n`,
  ],
  "both": [
    '[account.alice]\npassword = "x"\nroot = "/a"\nhash = "old"\n',
    `[account.alice]\nroot = "/a"\n${LINE}\n`,
  ],
  "neither": [
    '[account.alice]\nroot = "/a"\n',
    `[account.alice]\n${LINE}\nroot = "/a"\n`,
  ],
  "a name in quotes": [
    '[ account . "alice" ]\n"password" = "x"\n',
    `[ account . "alice" ]\n${LINE}\n`,
  ],
  "lines of Windows": [
    '[account.alice]\r\npassword = "x"\r\nroot = "/a"\r\n',
    `[account.alice]\r\n${LINE}\r\nroot = "/a"\r\n`,
  ],
  "what looks like her": [
    'banner = """\n[account.alice]\n"""\n[account.alice]\npassword = "x"\n',
    `banner = """\n[account.alice]\n"""\n[account.alice]\n${LINE}\n`,
  ],
  "tables below her": [
    '[account.alice]\nroot = "/a"\n[account.alice.folder."/in"]\npermissions = "none"\n',
    `[account.alice]\n${LINE}\nroot = "/a"\n[account.alice.folder."/in"]\npermissions = "none"\n`,
  ],
};

for (const [what, [before, after]] of Object.entries(CHANGES)) {
  Deno.test(`withHash() changes ${what}, and nothing else`, () => {
    assertEquals(withHash(before, "alice", HASH), after);
    assertEquals(withHash(after, "alice", HASH), after);
  });
}

/** Ways to write an account that no line can be changed of. */
const REFUSED: readonly string[] = [
  'account = { alice = { password = "x" } }\n',
  'account.alice.password = "x"\n[defaults]\n',
  '[account]\nalice = { password = "x" }\n',
  '[account.alice]\npassword = """\nx\n"""\n',
  '[account.alice.folder."/"]\npermissions = "all"\n',
];

for (const text of REFUSED) {
  Deno.test(`withHash() leaves ${JSON.stringify(text)} to a person`, () => {
    const error = assertThrows(() => withHash(text, "alice", HASH), RangeError);
    assert(error.message.includes(LINE), error.message);
  });
}

Deno.test("withHash() tells the line of what can't be read", () => {
  const error = assertThrows(() => withHash("a = 1\nb = \n", "x", HASH));
  assertEquals((error as { line?: number }).line, 2);
});

Deno.test("accountEntry() quotes names that TOML would not read", () => {
  for (const name of ["alice", "a b", 'a"b', "ä", "a.b", "]"]) {
    const text = accountEntry(name, HASH);
    assertEquals(withHash(text, name, HASH), text);
  }
});

Deno.test("withHashLine() changes one line of a list, and adds what is not there", () => {
  const list = "# staff\r\nann:x\r\n bob:y\nbobby:z";
  assertEquals(
    withHashLine(list, "ann", HASH),
    `# staff\r\nann:${HASH}\r\n bob:y\nbobby:z`,
  );
  assertEquals(
    withHashLine(list, "bob", HASH),
    `# staff\r\nann:x\r\nbob:${HASH}\nbobby:z`,
  );
  assertEquals(withHashLine(list, "zoe", HASH), `${list}\nzoe:${HASH}\n`);
  for (const name of ["a:b", "#a", " a", "a ", "[a]", "a=b"]) {
    assertThrows(() => withHashLine(list, name, HASH), RangeError);
  }
});

function account(name: string, more: Partial<AccountSettings>) {
  return { name, password: null, write: false, root: "/", ...more };
}

Deno.test("withoutSecrets() leaves no password where there is a registrar", () => {
  const hosts = [
    { names: ["a"], accounts: [account("dora", { password: "d-secret" })] },
    { names: ["b"] },
  ];
  const auth = {
    ...{ url: "http://u-secret/", authorization: "h-secret", root: "/srv" },
    ...{ timeout: 1, cache: 0 },
  };
  const accounts = [
    account("alice", { hash: "a-secret" }),
    account("bob", { password: "b-secret" }),
    account("anonymous", {}),
  ];
  const settings = withoutSecrets({ accounts, hosts, auth });
  assert(!JSON.stringify(settings).includes("secret"));
  assert(needsRegistrar(settings), "a worker must still ask");
  assertEquals(
    settings.accounts.map(({ password, hash }) => [password, hash]),
    [
      ["", ""],
      ["", ""],
      [null, undefined],
    ],
  );
  assertEquals(settings.hosts?.[0]?.accounts?.[0]?.hash, "");
  assertEquals(settings.hosts?.[1], { names: ["b"] });
  assertEquals(settings.auth?.root, "/srv");
});

Deno.test("withoutSecrets() changes nothing where nobody needs a registrar", () => {
  const settings = { accounts: [account("bob", { password: "x" })] };
  assertEquals(withoutSecrets(settings), settings);
});

Deno.test("needsRegistrar() sees hashes of hosts' accounts", () => {
  const hosts = [{ names: ["a"], accounts: [account("x", { hash: "$6$" })] }];
  assert(needsRegistrar({ accounts: [], hosts }));
  assert(!needsRegistrar({ accounts: [], hosts: [{ names: ["a"] }] }));
});

Deno.test("withoutSecrets() leaves of hooks what they want, not whom they tell", () => {
  const wants = {
    on: ["login"],
    paths: ["/in/*"],
    timeout: 1,
    retries: 2,
  } as const;
  const { hooks } = withoutSecrets({
    accounts: [],
    hooks: [
      { ...wants, url: "http://u:p@h/token", authorization: "Bearer key" },
      { ...wants, pipe: "/run/events" },
    ],
  });
  assertEquals<unknown>(hooks, [wants, wants]);
});
