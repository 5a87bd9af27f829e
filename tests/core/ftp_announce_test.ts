import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { checkText, readyText } from "../../server/ftp/announce.ts";
import { grantsOf } from "../../server/ftp/warden/grants.ts";
import type { AccountSettings, Settings } from "../../server/ftp/settings.ts";
import { withoutMissing } from "../../server/ftp/warden/without_missing.ts";
import { requestWith } from "./ftp_config.ts";

const PLACE = [{ hostname: "127.0.0.1", port: 2121 }];

/** What is said of settings whose folders are called as they are. */
function announced(settings: Settings) {
  const folders = settings.accounts.map(({ root }) => root);
  return { settings, granted: grantsOf(settings), folders };
}

function crowd(length: number): AccountSettings[] {
  return Array.from({ length }, (_, at) => ({
    name: `user${at}`,
    password: "secret",
    write: false,
    root: `/srv/${at}`,
  }));
}

Deno.test("readyText() names no more than ten accounts and folders", async () => {
  const { settings } = await requestWith("");
  const many = { ...settings, accounts: crowd(1000) };
  const text = readyText(announced(many), PLACE);
  assert(text.length < 600, text);
  assertStringIncludes(text, "/srv/9, 990 more folders (user0, read-only; ");
  assertStringIncludes(text, "user9, read-only; 990 more accounts)\n");
  const log = { format: "json", quiet: false } as const;
  const event = JSON.parse(readyText(announced({ ...many, log }), PLACE));
  assertEquals([event.accounts.length, event.moreAccounts], [10, 990]);
});

Deno.test("checkText() names no more than a hundred accounts, and no password", async () => {
  const { settings } = await requestWith("");
  const many = { ...settings, accounts: crowd(1000) };
  const text = checkText({ ...announced(many), granted: [] });
  assertStringIncludes(text, "serve  900 more accounts\n");
  assert(!text.includes("secret"), text);
  assertEquals(
    text.split("\n").filter((line) => /^serve/.test(line)).length,
    101,
  );
});

Deno.test("checkText() says whatever is said of an account", async () => {
  const { settings } = await requestWith(`
    [account.bob]
    hash = "{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g="
    root = "/b"
    permissions = ["list", "write"]
    start = "/in"
    overwrite = false
    quota = "1K"
    quota-files = 3
    account-rate = "down=1K"
    session-rate = "2K"
    transfer-rate = "up=3K"
    max-file-size = "4K"
    refuse-names = "*.exe"
    addresses = "10.0.0.0/8"
    max-sessions = 2
    expires = 2030-01-01
    admin = true
    [account.bob.folder."/in"]
    permissions = []
    [account.bob.mount."/m"]
    root = "/m"
  `);
  const lines = checkText({ ...announced(settings), granted: [] }).split("\n");
  assertEquals(lines.slice(1, 5), [
    "serve  /b to bob, may list, write",
    "       /m is /m, read-only",
    "       /in: may do nothing",
    "       password as a hash; starts in /in; replaces nothing; " +
    "quota 1 KiB and 3 files; together 1 KiB/s down; " +
    "each session 2 KiB/s down, 2 KiB/s up; each transfer 3 KiB/s up; " +
    "files up to 4 KiB; no names *.exe; from 10.0.0.0/8; " +
    "2 sessions at a time; until 2030-01-01T00:00:00.000Z; " +
    "sees everybody (SITE WHO)",
  ]);
});

Deno.test("checkText() says what hosts have that the server has not", async () => {
  const { settings } = await requestWith(`
    [account.bob]
    password = "x"
    root = "/b"
    [host."a.example"]
    accounts = ["bob"]
    [host."a.example".account.eve]
    password = "x"
    root = "/e"
  `);
  const text = checkText({ ...announced(settings), granted: [] });
  assertStringIncludes(
    text,
    "host   a.example: eve, bob\n       /e to eve, read-only\n",
  );
});

Deno.test("checkText() shows no secret of URLs, not to programs either", async () => {
  const { settings } = await requestWith(`
    auth-url = "http://127.0.0.1:1/secret"
    auth-root = "/srv"
    auth-authorization = "secret"
    [[hook]]
    on = "login"
    url = "http://127.0.0.1:2/secret?secret"
    authorization = "secret"
  `);
  const text = checkText(announced(settings));
  assertStringIncludes(text, "/srv to whom http://127.0.0.1:1 lets in\n");
  assertStringIncludes(text, "hook   login to http://127.0.0.1:2\n");
  const log = { format: "json", quiet: false } as const;
  const event = checkText(announced({ ...settings, log }));
  assertEquals(JSON.parse(event).event, "check");
  for (const said of [text, event]) assert(!said.includes("secret"), said);
});

Deno.test("withoutMissing() leaves out what the runtime does not allow", async () => {
  const { settings } = await requestWith(`
    metrics = "127.0.0.1:1"
    control = "/c"
    log-file = "/l"
    auth-url = "http://127.0.0.1:1/"
    auth-root = "/srv"
    write = true
    root = "/pub"
    [[hook]]
    on = "login"
    pipe = "/p"
    [host."a.example".account.eve]
    password = "x"
    root = "/pub"
    [host."a.example".account.eve.mount."/m"]
    root = "/m"
    write = true
  `);
  assertEquals(withoutMissing(settings, []), settings);
  const all = grantsOf(settings);
  const left = withoutMissing(settings, all);
  for (const name of ["metrics", "control", "logs", "auth", "hooks"] as const) {
    assert(settings[name] !== undefined, name);
    assertEquals(left[name], undefined, name);
  }
  assertEquals(left.data.active, "off");
  const [eve] = left.hosts?.[0]?.accounts ?? [];
  assertEquals(left.accounts.map(({ write }) => write), [false]);
  assertEquals([eve?.write, eve?.mounts?.[0]?.write], [false, false]);
});
