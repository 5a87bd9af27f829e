import { assert, assertEquals } from "@std/assert";
import { mistakesOf, requestWith } from "./ftp_config.ts";

const ALICE = '[account.alice]\npassword = "x"\nroot = "/a"\n';
const HOOK = '[[hook]]\non = "ban"\n';

/** A file, and the line that is said of it. */
const MISTAKES: readonly (readonly [config: string, line: string])[] = [
  ["idle-timeout = ", "1: expected a value, got the line's end"],
  ["a = 1\na = 2", "2: a is already in line 1"],
  ["root = pub", "1: expected a value (texts need quotes)"],
  ["[account", '1: expected "]" behind a table\'s name'],
  [
    '# c\nidel-timeout = "5m"',
    '2: unknown key "idel-timeout"; did you mean "idle-timeout"?',
  ],
  ["config = 1", "1: config is for the command line alone"],
  ["check = true", "1: check is for the command line alone"],
  ["xyzzy = 1", '1: unknown key "xyzzy"'],
  ["[acount.bob]", '1: unknown table "acount"; did you mean "account"?'],
  [
    "idle-timeout = true",
    "1: idle-timeout: expected seconds such as 30, 0.5, 500ms or 2m, from 0.001 to 2147483, got true",
  ],
  [
    'idle-timeout = "5x"',
    '1: idle-timeout: expected seconds such as 30, 0.5, 500ms or 2m, from 0.001 to 2147483, got "5x"',
  ],
  [
    "idle-timeout = 0",
    '1: idle-timeout: expected seconds such as 30, 0.5, 500ms or 2m, from 0.001 to 2147483, got "0"',
  ],
  [
    'max-sessions = "5"',
    '1: max-sessions: expected a whole number of at least 1, got "5"',
  ],
  [
    "max-sessions = 1.5",
    '1: max-sessions: expected a whole number of at least 1, got "1.5"',
  ],
  ["write = 1", "1: write: expected true or false, got 1"],
  ['ascii = "maybe"', '1: ascii: expected true or false, got "maybe"'],
  [
    "[users.bob]",
    '1: unknown table "users"; accounts are tables [account.NAME]',
  ],
  [
    "[anonymous]",
    "1: anonymous: expected ro or rw or off, got a table; accounts are tables [account.NAME]",
  ],
  ["banner = 5", "1: banner: expected a text in quotes, got 5"],
  ['banner = ""', "1: banner is empty: expected a value"],
  ['banner = ["a"]', "1: banner: expected a text in quotes, got a list"],
  ["listen = [1]", "1: listen: expected texts in quotes, got a list"],
  [
    "dotfiles = 2027-01-01",
    "1: dotfiles: expected show or ls or hide, got the time 2027-01-01",
  ],
  [
    'listen = "::1"',
    '1: listen: Cannot read listen address "::1": an IPv6 address needs brackets, as in [::1]:2121',
  ],
  [
    'write = true\nanonymous = "ro"',
    "1: write contradicts anonymous ro; leave one out",
  ],
  [
    '\n\ntls-key = "k"',
    "3: tls-key needs a certificate: give --tls-cert FILE, once for each tls-key",
  ],
  [
    'tls-cert = "a"\ntls-self-signed = true',
    "1: tls-cert contradicts tls-self-signed; leave one out",
  ],
  [
    'anonymous = "off"',
    "1: nobody could log in: give --user NAME:PASSWORD, or anonymous ro",
  ],
  ["proxy-data = true", "1: proxy-data needs --proxy-from CIDR"],
  ['user = "bob"', "1: user: expected NAME:PASSWORD[:ro|rw][:ROOT]"],
  [
    `write = true\n${ALICE}[account.anonymous]\nroot = "/"`,
    "1: write contradicts [account.anonymous]",
  ],

  [
    "[account.bob]\nroot = '/b'",
    '1: account "bob" needs hash = "…" (ftpd passwd makes one)',
  ],
  [
    '\n[account.bob]\npassword = "x"',
    '2: account "bob" has no root: give root = "DIR", here or in [defaults]',
  ],
  [
    `${ALICE}hash = "x"`,
    '1: account "alice" has a hash and a password; leave one out',
  ],
  [
    '[account.bob]\nroot = "/b"\nhash = "x"',
    '1: account "bob" has a bad hash: ',
  ],
  [
    '[account.anonymous]\nroot = "/"\npassword = "x"',
    '1: account "anonymous" takes any password; leave password out',
  ],
  [
    '[account.ftp]\nroot = "/"\npassword = "x"',
    '1: account "ftp" is called anonymous in this file',
  ],
  [`${ALICE}rot = 1`, '4: unknown key "rot"; did you mean "root"?'],
  [
    `${ALICE}[account.alice.mounts."/x"]`,
    '4: unknown table "mounts"; did you mean "mount"?',
  ],
  [
    `${ALICE}write = true\npermissions = "all"`,
    "5: permissions contradict write; leave one out",
  ],
  [
    `${ALICE}permissions = ["list", "red"]`,
    '4: permissions: expected any of list, read, write, append, delete, rename, make, chmod, or one of all, read-only, upload-only, got "red"',
  ],
  [
    `${ALICE}start = "in"`,
    '4: start: expected a path from the account\'s root on, such as /incoming, got "in"',
  ],
  [`${ALICE}start = "/a/../b"`, "4: start: expected a path"],
  [
    `${ALICE}expires = "2027-02-30"`,
    '4: expires: expected a date such as 2027-12-31, or a time 2027-12-31T12:00:00Z, got "2027-02-30"',
  ],
  [
    `${ALICE}addresses = "10.0.0.1/8"`,
    "4: addresses: expected an address or a block",
  ],
  [`${ALICE}quota = "lots"`, "4: quota: expected a size"],
  [
    `${ALICE}[account.alice.folder.in]\npermissions = "all"`,
    '4: folder: expected a path such as "/in", got "in"',
  ],
  [
    `${ALICE}[account.alice.folder."/in"]`,
    "4: a folder needs permissions = [...]",
  ],
  [`${ALICE}[account.alice.mount."/in"]`, '4: a mount needs root = "DIR"'],
  [
    `${ALICE}[account.alice.mount."/"]\nroot = "/x"`,
    '4: mount: "/" is the root of the account',
  ],
  [`${ALICE}folder = 1`, '4: folder: expected tables such as folder."/in"'],
  [
    `${ALICE}[account.alice.mount]\n"/a" = { root = "/x" }\n` +
    '"/a/" = { root = "/y" }',
    '6: mount: "/a/" is there twice',
  ],
  ["account = 1", "1: account: expected a table [account.NAME]"],
  ["account.bob = 1", '1: account: "bob" is no table'],
  ["defaults = 1", "1: defaults: expected a table [defaults]"],
  ["[defaults]\npassword = 'x'", '2: unknown key "password"'],
  [
    '[defaults]\nroot = "/{user}"\n[account."../x"]\npassword = "x"',
    '3: account "../x" is no name for a folder, as {user} makes it',
  ],
  [
    '[account."a\\nb"]\nroot = "/"\npassword = "x"',
    '1: account "a\\nb" has a control character in its name',
  ],

  ['[host."a b"]', '1: host "a b" is no name of a host'],
  ['[host.a]\n[host.b]\naliases = "A"', '2: host "a" is there twice'],
  ['[host.a]\naccounts = ["bob"]', '1: accounts: there is no account "bob"'],
  ["[host.a]\nroot = 1", '2: unknown key "root"'],
  [`${HOOK}`, "1: a hook needs either url or pipe"],
  [`${HOOK}url = "http://a"\npipe = "b"`, "1: a hook needs either url or pipe"],
  ['[[hook]]\npipe = "/p"', '1: a hook needs on = ["upload", …]'],
  [
    `${HOOK}url = "mailto:x"`,
    "3: url: expected a URL such as http://127.0.0.1:8080/auth",
  ],
  [
    `${HOOK}pipe = "p"\nauthorization = "x"`,
    "4: authorization: a pipe has none",
  ],
  [
    '[[hook]]\non = "sleep"\npipe = "p"',
    "2: on: expected any of upload, download",
  ],
  ['[passive-address-for]\nx = "10.0.0.1"', '2: "x" is no block of addresses'],
  [
    '[passive-address-for]\n"10.0.0.0/8" = "::1"',
    "2: passive-address-for: expected an IPv4 address or a host name",
  ],
];

for (const [config, line] of MISTAKES) {
  Deno.test(`completeRequest() refuses ${JSON.stringify(config)}`, async () => {
    const told = await mistakesOf(config);
    assert(
      told.some((each) => each.startsWith(`f.toml:${line}`)),
      told.join("\n"),
    );
  });
}

Deno.test("completeRequest() tells every mistake of a file in the order of its lines", async () => {
  const told = await mistakesOf(
    `max-sessions = 0\nworkers = 2\nshy = 1\n[account.bob]\nadmin = 3\n${HOOK}`,
  );
  assertEquals(told.map((line) => line.split(":")[1]), [
    ...["1", "3", "4", "4", "5", "6"],
  ]);
});

Deno.test("completeRequest() tells no more than 20 mistakes, and how many are left", async () => {
  const lines = Array.from({ length: 50 }, (_, at) => `nonsense${at} = 1`);
  const told = await mistakesOf(lines.join("\n"));
  assertEquals(told.length, 21);
  assertEquals(told.at(-1), "f.toml: and 30 more mistakes");
});

Deno.test("completeRequest() tells mistakes of the accounts' file with its name", async () => {
  const from = (text: string) =>
    mistakesOf('accounts = "who"', [], { who: text });
  assertEquals(await from("listen = 1"), [
    'who:1: unknown key "listen"; this file has tables [account.NAME] alone',
  ]);
  assertEquals(await from("bob:{SHA}x\nnonsense\n"), [
    'who:1: account "bob": ' +
    (await from("bob:{SHA}x"))[0]!.split('bob": ')[1],
    "who:2: expected NAME:HASH",
  ]);
  const hash = "{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=";
  assertEquals(await from(`bob:${hash}`), [
    'who:1: account "bob" has no root: give root = "DIR", here or in [defaults]',
  ]);
  assertEquals(
    (await from(`bob:${hash}\n\nbob:${hash}`)).at(-1),
    'who:3: account "bob" is there twice',
  );
});

Deno.test("completeRequest() refuses an account that is in both files", async () => {
  const told = await mistakesOf(`accounts = "who"\n${ALICE}`, [], {
    who: ALICE,
  });
  assertEquals(told, [
    'f.toml:1: account "alice" is in the accounts file, too',
  ]);
});

Deno.test("completeRequest() names options of the command line as they were typed", async () => {
  const told = await mistakesOf("passive-share = true", [
    "--foreign-data",
    "--passive-ports",
    "1-2",
  ]);
  assertEquals(told, [
    "f.toml:1: passive-share on contradicts --foreign-data; leave one out",
  ]);
});

Deno.test("completeRequest() reads lines of NAME:HASH with what [defaults] say", async () => {
  const hash = "{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=";
  const { settings } = await requestWith(
    'accounts = "who"\n[defaults]\nroot = "/srv/{user}"\nwrite = true\n',
    [],
    { who: `# staff\r\n\r\nbob:${hash}\r\neve:${hash}\n` },
  );
  const seen = settings.accounts.map((
    { name, root, write, hash },
  ) => [name, root, write, hash]);
  assertEquals(seen, [
    ["bob", "/srv/bob", true, hash],
    ["eve", "/srv/eve", true, hash],
  ]);
});

const SECRETS: readonly string[] = [
  "password = hush",
  "password = 4711",
  "password hush",
  "password:hush",
  'password = "x" hush',
  'hash = "hush"',
  "hash = 4711",
  'password = ["hush"]',
  'hash = "hush"\npassword = "hush"',
];
const SECRET_OPTIONS: readonly string[] = [
  'user = ["hush:rw", hush]',
  "user = hush",
  'auth-url = "htp://hush:4711@h/"',
  'auth-authorization = "hush\\n4711"',
  'auth-authorization = "hush é"',
  'hook = "login=htp://hush:4711@h/"',
  '[[hook]]\non = ["login"]\nurl = "htp://hush:4711@h/"',
  '[[hook]]\non = ["login"]\nurl = "http://h"\nauthorization = "hush\\r4711"',
];

Deno.test("completeRequest() tells no secret of a file with mistakes", async () => {
  const accounts = SECRETS.map((text) =>
    `[account.bob]\nroot = "/srv"\n${text}`
  );
  for (const config of [...accounts, ...SECRET_OPTIONS]) {
    const told = (await mistakesOf(config)).join("\n");
    assert(told !== "", `no mistake: ${config}`);
    assert(!/hush|4711/.test(told), told);
  }
});
