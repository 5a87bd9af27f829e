import {
  assertEquals,
  assertObjectMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { ToolError } from "../../lib/cli.ts";
import { PERMISSIONS } from "../../server/ftp/profile.ts";
import { completeRequest, readRequest } from "../../server/ftp/options.ts";
import { FURTHER_OPTIONS } from "./ftp_option_cases.ts";
import { mistakesOf, requestWith, textsOf } from "./ftp_config.ts";

const ALICE = '[account.alice]\npassword = "x"\nroot = "/a"\n';

Deno.test("completeRequest() reads options of every type from a file", async () => {
  const { settings } = await requestWith(`
    listen = ["0.0.0.0:21", "[::1]:2121"]
    passive-ports = "50000-50009"
    foreign-data = true
    write = false
    ascii = false
    dotfiles = "hide"
    idle-timeout = "2m"
    data-timeout = 1.5
    max-sessions = 20
    server-rate = 1024
    keep-free = "1K"
    connections-per-second = 0.5
    refuse-names = "*.exe"
    proxy-from = ["10.0.0.1"]
    quiet = true
    log = "json"
    root = "pub"
  `);
  assertObjectMatch(settings, {
    listen: [{ hostname: "0.0.0.0", port: 21 }, {
      hostname: "::1",
      port: 2121,
    }],
    data: { passivePorts: { first: 50000, last: 50009 }, foreignData: true },
    session: {
      ascii: false,
      dotfiles: "hide",
      idleTimeout: 120_000,
      dataTimeout: 1500,
    },
    maxSessions: 20,
    limits: {
      serverRate: { down: 1024, up: 1024 },
      keepFree: 1024,
      connectionsPerSecond: 0.5,
    },
    defaults: { refuseNames: ["*.exe"] },
    proxy: { from: ["10.0.0.1"] },
    log: { format: "json", quiet: true },
    accounts: [{ name: "anonymous", root: "pub", write: false }],
  });
});

Deno.test("completeRequest() makes the same settings of a file as of a command line", async () => {
  for (const [args] of FURTHER_OPTIONS) {
    const { settings: { reload, ...settings } } = await requestWith(
      asToml(args),
    );
    assertEquals(settings, readRequest(args.split(" ")).settings, args);
    assertEquals(reload, { files: ["f.toml"], watch: false });
  }
});

/** A command line as lines of a file. */
function asToml(args: string): string {
  const values = new Map<string, string[]>();
  for (const option of args.split(/(?:^| )--/).slice(1)) {
    const [name = "", value = "true"] = option.split(/ (.*)/);
    values.set(name, [...values.get(name) ?? [], value]);
  }
  return [...values].map(([name, [value = "", ...more]]) =>
    more.length > 0
      ? `${name} = ${JSON.stringify([value, ...more])}`
      : /^(true|\d+(\.\d+)?)$/.test(value)
      ? `${name} = ${value}`
      : `${name} = ${JSON.stringify(value)}`
  ).join("\n");
}

Deno.test("completeRequest() lets the command line count more than the file", async () => {
  const config = 'idle-timeout = 5\nanonymous = "ro"\nroot = "/file"\n' +
    'tls-cert = "a.pem"\nlisten = "1.1.1.1:1"\n';
  const args = [
    ...["--idle-timeout", "7", "--write", "--tls", "off"],
    ...["--listen", "127.0.0.1:9", "/typed"],
  ];
  const { settings } = await requestWith(config, args);
  assertEquals(settings.session.idleTimeout, 7000);
  assertEquals(settings.tls, null);
  assertEquals(settings.listen, [{ hostname: "127.0.0.1", port: 9 }]);
  assertObjectMatch(settings.accounts[0]!, { root: "/typed", write: true });
});

Deno.test("completeRequest() lets --tls-self-signed take the place of the file's certificate", async () => {
  const { settings: { tls } } = await requestWith('tls-cert = "a.pem"', [
    "--tls-self-signed",
  ]);
  assertEquals([tls?.selfSigned, tls?.certificates], [["localhost"], []]);
});

Deno.test("completeRequest() lets --user take the place of the file's account", async () => {
  const { settings } = await requestWith(ALICE, ["--user", "alice:new:/b"]);
  assertEquals(settings.accounts.map(({ name, root }) => [name, root]), [
    ["alice", "/b"],
  ]);
});

Deno.test("completeRequest() takes paths from the folder of the file", async () => {
  const files: Record<string, string> = {
    "etc/f.toml": 'log-file = "l"\ntls-cert = "c.pem"\ntls-key = "/k.pem"\n' +
      'accounts = "who"\n[[hook]]\non = "login"\npipe = "p"\n' +
      '[defaults]\nroot = "{user}"\n',
    "etc/who": '[account.bob]\npassword = "x"\n' +
      '[account.bob.mount."/m"]\nroot = "m"\n',
  };
  const { settings } = await completeRequest(["--config", "etc/f.toml"], {
    lack: null,
    readText: textsOf(files),
  });
  assertObjectMatch(settings, {
    logs: { file: "etc/l" },
    tls: { certificates: [{ cert: "etc/c.pem", key: "/k.pem" }] },
    hooks: [{ pipe: "etc/p" }],
    accounts: [{ root: "etc/bob", mounts: [{ at: "/m", root: "etc/m" }] }],
    reload: { files: ["etc/f.toml", "etc/who"] },
  });
});

Deno.test("completeRequest() lets a host invite users of options, too", async () => {
  const text = 'anonymous = "ro"\nuser = "zoe:x"\nmax-per-account = 3\n' +
    '[host."h.example"]\naccounts = ["anonymous", "zoe"]\n';
  const { settings: { accounts, hosts } } = await requestWith(text);
  assertEquals(hosts?.[0]?.accounts, accounts.toReversed());
  assertEquals(accounts.map(({ maxSessions }) => maxSessions), [3, 3]);
  assertEquals(await mistakesOf(text, ["--user", "yve:y"]), [
    'f.toml:4: accounts: there is no account "zoe"',
  ]);
});

Deno.test("completeRequest() takes the paths that end an option from there, too", async () => {
  const text =
    'user = ["a:x", "b:x:rw", "c:x:c", "d:x:ro:d", "e:x:rw:/e", "f:x:rwx"]\n' +
    'hook = ["ban=p", "login=/p", "upload=http://h/p"]\nroot = "pub"';
  const { settings } = await completeRequest(["--config", "etc/f.toml"], {
    lack: null,
    readText: textsOf({ "etc/f.toml": text }),
  });
  assertEquals(settings.accounts.map(({ root }) => root), [
    ...["etc/pub", "etc/pub", "etc/c", "etc/d", "/e", "etc/rwx"],
  ]);
  assertEquals(settings.hooks?.map(({ pipe, url }) => pipe ?? url), [
    ...["etc/p", "/p", "http://h/p"],
  ]);
});

Deno.test("completeRequest() reads hosts, with accounts of their own and of the server", async () => {
  const { settings: { hosts } } = await requestWith(`
    ${ALICE}
    [account.bob]
    password = "x"
    root = "/b"
    [host."FTP.example"]
    aliases = ["files.example"]
    banner = "Hello"
    tls = "required"
    [host."shared.example"]
    accounts = ["bob"]
    [host."own.example".account.alice]
    password = "y"
    root = "/own"
    [host."both.example"]
    accounts = ["bob", "alice"]
    [host."both.example".account.alice]
    password = "z"
    root = "/z"
  `);
  const who = hosts?.map(({ names, accounts }) => [
    names,
    accounts?.map(({ name, root }) => `${name} ${root}`),
  ]);
  assertEquals(who, [
    [["ftp.example", "files.example"], undefined],
    [["shared.example"], ["bob /b"]],
    [["own.example"], ["alice /own"]],
    [["both.example"], ["alice /z", "bob /b"]],
  ]);
  assertObjectMatch(hosts![0]!, { banner: "Hello", tls: "required" });
});

Deno.test("completeRequest() reads hooks and addresses for passive mode", async () => {
  const { settings } = await requestWith(`
    [[hook]]
    on = ["upload", "ban"]
    url = "http://a.example/x"
    authorization = "Bearer x"
    timeout = "1s"
    retries = 0
    paths = ["/in/*"]
    [[hook]]
    on = "login"
    pipe = "/run/p"
    accounts = "bob"
    [passive-address-for]
    "10.0.0.0/8" = "10.0.0.1"
    "fd00::/8" = "inside.example"
  `);
  assertEquals(settings.hooks, [
    {
      on: ["upload", "ban"],
      url: "http://a.example/x",
      authorization: "Bearer x",
      timeout: 1000,
      retries: 0,
      paths: ["/in/*"],
    },
    {
      on: ["login"],
      pipe: "/run/p",
      accounts: ["bob"],
      timeout: 5000,
      retries: 5,
    },
  ]);
  assertEquals(settings.data.passiveAddresses, [
    { network: "10.0.0.0/8", address: "10.0.0.1" },
    { network: "fd00::/8", address: "inside.example" },
  ]);
});

Deno.test("completeRequest() adds --hook to what the file's option says, or takes its place", async () => {
  const typed = await requestWith('hook = "ban=/a"', ["--hook", "login=/b"]);
  assertEquals(typed.settings.hooks?.map(({ pipe }) => pipe), ["/b"]);
  const table = '[[hook]]\non = "ban"\npipe = "/a"\n';
  const both = await requestWith(table, ["--hook", "login=/b"]);
  assertEquals(both.settings.hooks?.map(({ pipe }) => pipe), ["/b", "/a"]);
});

Deno.test("completeRequest() warns of passwords that everybody can read, not of hashes", async () => {
  const warnings = async (text: string) =>
    (await completeRequest(["--config", "open.toml"], {
      readText: textsOf({ "open.toml": text }),
      lack: null,
    })).warnings;
  const hash = "{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=";
  assertEquals((await warnings(ALICE)).length, 1);
  assertStringIncludes((await warnings(ALICE))[0]!, "open.toml");
  assertEquals((await warnings('user = "a:b"')).length, 1);
  const hook = '[[hook]]\non = "ban"\n';
  for (
    const [text, count] of [
      [`${hook}url = "http://h/"\nauthorization = "x"`, 1],
      [`${hook}url = "http://u:p@h/"`, 1],
      [`${hook}url = "http://h/u@v"`, 0],
      ['hook = "ban=https://token@h/"', 1],
      ['auth-url = "http://u:p@h/"\nauth-root = "/"', 1],
      ['auth-url = "http://h/"\nauth-root = "/"', 0],
      ["idle-timeout = 3", 0],
    ] as const
  ) assertEquals((await warnings(text)).length, count, text);
  assertEquals(
    await warnings(`[account.a]\nroot = "/"\nhash = "${hash}"`),
    [],
  );
  const quiet = await requestWith(ALICE);
  assertEquals(quiet.warnings, []);
});

Deno.test("again() of a request reads its files anew", async () => {
  let text = "max-sessions = 1";
  const request = await completeRequest(["--config", "f", "--grace", "3"], {
    readText: () => Promise.resolve({ text, isShared: false }),
  });
  assertEquals(request.settings.maxSessions, 1);
  text = "max-sessions = 2\ngrace = 9";
  const { settings } = await request.again();
  assertEquals([settings.maxSessions, settings.grace], [2, 3000]);
  text = "max-sessions = 0";
  await assertRejects(() => request.again(), Error, "f:1: max-sessions");
});

Deno.test("completeRequest() tells what cannot be read", async () => {
  await assertRejects(
    () => requestWith('accounts = "gone"'),
    ToolError,
    "no file gone",
  );
});

Deno.test("completeRequest() says which options are not at their defaults, and who said so", async () => {
  const { told } = await requestWith(
    'idle-timeout = "5m"\ngrace = 3\nuser = "bob:secret"\nquiet = true',
    ["--workers", "2", "--write"],
  );
  assertEquals(
    told.map(({ name, value, from }) => `${name}=${value} ${from}`),
    [
      "grace=3 f.toml:2",
      "user=… f.toml:3",
      "quiet=true f.toml:4",
      "workers=2 command line",
      "write=true command line",
    ],
  );
});

Deno.test("completeRequest() gives accounts the limits of options where nothing else is said", async () => {
  const { settings } = await requestWith(
    `max-per-account = 2\ntransfer-rate = "1K"\n${ALICE}max-sessions = 5\n` +
      '[account.bob]\nroot = "/b"\npassword = "x"\n',
  );
  const seen = settings.accounts.map(({ maxSessions, transferRate }) => [
    maxSessions,
    transferRate?.up,
  ]);
  assertEquals(seen, [[5, 1024], [2, 1024]]);
});

Deno.test("completeRequest() makes what [defaults] say known for accounts from elsewhere", async () => {
  const { settings } = await requestWith(
    'auth-url = "http://127.0.0.1:1/"\nauth-root = "/srv"\n' +
      '[defaults]\nroot = "/srv/{user}"\nwrite = true\nstart = "/in"',
  );
  assertEquals(settings.defaults, { permissions: PERMISSIONS, start: "/in" });
  assertEquals(settings.accounts, []);
});
