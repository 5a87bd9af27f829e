import { assertEquals } from "@std/assert";
import { grantsOf, type Needs } from "../../server/ftp/warden/grants.ts";
import type { AccountSettings } from "../../server/ftp/settings.ts";

const BOB: AccountSettings = {
  name: "bob",
  password: "x",
  write: false,
  root: "/home/bob",
};

function shown(needs: Partial<Needs>, feature: string): string[] {
  const grants = grantsOf({
    listen: [{ hostname: "127.0.0.1", port: 21 }],
    accounts: [BOB],
    data: { active: "off" },
    ...needs,
  });
  return grants.filter((grant) => grant.feature === feature)
    .map(({ name, scope, keeper }) => `${name} ${scope}${keeper ? "!" : ""}`);
}

const MOUNTS = [
  { at: "/music", root: "/srv/music", write: false },
  { at: "/in", root: "/srv/in", write: true },
];

Deno.test("grantsOf() asks for mounts, and for writing in those that may be changed", () => {
  const accounts = [{ ...BOB, write: true, mounts: MOUNTS }];
  assertEquals(shown({ accounts }, "serving").slice(0, 3), [
    "read /home/bob",
    "read /srv/music",
    "read /srv/in",
  ]);
  assertEquals(shown({ accounts }, "uploads"), [
    "write /home/bob",
    "write /srv/in",
  ]);
});

Deno.test("grantsOf() asks for writing in a mount alone when nothing else may be changed", () => {
  const all = ["list", "read", "write"] as const;
  const accounts: AccountSettings[] = [{
    ...BOB,
    write: true,
    permissions: ["list", "read"],
    rules: [{ path: "/in/new", permissions: all }],
    mounts: MOUNTS,
  }];
  assertEquals(shown({ accounts }, "uploads"), ["write /srv/in"]);
});

Deno.test("grantsOf() asks for writing in a root of which a folder may be changed", () => {
  const accounts: AccountSettings[] = [{
    ...BOB,
    write: true,
    permissions: ["list"],
    rules: [{ path: "/incoming", permissions: ["write"] }],
  }];
  assertEquals(shown({ accounts }, "uploads"), ["write /home/bob"]);
});

Deno.test("grantsOf() asks for the folders of hosts' accounts", () => {
  const eve = { ...BOB, name: "eve", root: "/home/eve", write: true };
  const hosts = [{ names: ["a.example"], accounts: [eve] }];
  assertEquals(shown({ hosts }, "uploads"), ["write /home/eve"]);
  assertEquals(shown({ hosts }, "serving")[1], "read /home/eve");
});

Deno.test("grantsOf() asks for the folder of accounts that somebody else knows, and for whom to ask", () => {
  const auth = {
    url: "https://id.example/a",
    root: "/srv/ftp",
    timeout: 1,
    cache: 0,
  };
  assertEquals(shown({ auth }, "uploads"), ["write /srv/ftp"]);
  assertEquals(shown({ auth }, "serving")[1], "read /srv/ftp");
  assertEquals(shown({ auth }, "authentication"), ["net id.example:443!"]);
});

Deno.test("grantsOf() keeps files, sockets and what is told elsewhere from every worker", () => {
  const needs: Partial<Needs> = {
    reload: { files: ["/etc/ftpd.toml"], watch: false },
    control: "/run/ftpd.sock",
    logs: { file: "/var/log/ftpd.log", keep: 2, rotate: "daily" },
    metrics: { hostname: "127.0.0.1", port: 9121 },
    hooks: [
      { on: ["ban"], url: "http://[::1]:8080/x", timeout: 1, retries: 0 },
      { on: ["login"], pipe: "/run/pipe", timeout: 1, retries: 0 },
    ],
  };
  assertEquals(shown(needs, "configuration"), ["read /etc/ftpd.toml!"]);
  assertEquals(shown(needs, "control"), [
    "read /run/ftpd.sock!",
    "write /run/ftpd.sock!",
  ]);
  assertEquals(shown(needs, "metrics"), ["net 127.0.0.1:9121!"]);
  assertEquals(shown(needs, "hooks"), [
    "net [::1]:8080!",
    "read /run/pipe!",
    "write /run/pipe!",
  ]);
  assertEquals(shown(needs, "logs").length, 6);
});

Deno.test("grantsOf() tells of free space only where uploads must leave some", () => {
  const spare = (needs: Partial<Needs>) =>
    grantsOf({
      listen: [],
      accounts: [BOB],
      data: { active: "off" },
      ...needs,
    }).find(({ name }) => name === "sys")?.isSpare ?? false;
  assertEquals(spare({}), true);
  assertEquals(spare({ limits: { keepFree: 1 } }), false);
});
