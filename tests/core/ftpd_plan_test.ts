import { assertEquals } from "@std/assert";
import { readRequest } from "../../server/ftp/options.ts";
import type { Settings } from "../../server/ftp/settings.ts";
import {
  asFarAsAllowed,
  canGoOn,
  keepPlaces,
  newPlaces,
} from "../../server/ftp/warden/plan.ts";

function settingsOf(...args: string[]): Settings {
  return readRequest([...args, "/srv"], { lack: null }).settings;
}

function plan(...args: string[]) {
  const permissions = { read: ["/srv"], net: ["127.0.0.1:2121"] };
  return { settings: settingsOf(...args), permissions };
}

Deno.test("canGoOn() is true for what workers can take while they serve", () => {
  const changes = [
    ["--banner", "Hello"],
    ["--max-sessions", "5"],
    ["--idle-timeout", "5"],
    ["--user", "bob:secret"],
    ["--login-delay", "3"],
    ["--passive-address", "192.0.2.7"],
    ["--control", "/run/x"],
    ["--log", "json"],
  ];
  for (const change of changes) {
    assertEquals([canGoOn(plan(), plan(...change)), change], [true, change]);
  }
});

Deno.test("canGoOn() is false for what takes new workers", () => {
  const changes = [
    ["--workers", "2"],
    ["--grace", "1"],
    ["--listen", "127.0.0.1:2122"],
    ["--passive-ports", "5000-5001"],
    ["--active", "off"],
    ["--tls-self-signed"],
  ];
  for (const change of changes) {
    assertEquals([canGoOn(plan(), plan(...change)), change], [false, change]);
  }
  const wider = { ...plan(), permissions: { read: ["/srv", "/other"] } };
  assertEquals(canGoOn(plan(), wider), false);
});

Deno.test("keepPlaces() keeps ports that were chosen, each for one place", () => {
  const any = { hostname: "127.0.0.1", port: 0 };
  const fixed = { hostname: "127.0.0.1", port: 2121 };
  const at = (port: number) => ({ hostname: "127.0.0.1", port });
  const settings = { ...settingsOf(), listen: [fixed, any, any, any] };
  const { listen } = keepPlaces(settings, [any, any], [at(4000), at(5000)]);
  assertEquals(listen, [fixed, at(4000), at(5000), any]);
});

Deno.test("newPlaces() leaves out what is held already", () => {
  const at = (port: number) => ({ hostname: "127.0.0.1", port });
  assertEquals(newPlaces([at(1), at(2)], [at(2), at(3)]), [at(1)]);
});

Deno.test("asFarAsAllowed() leaves out accounts whose folders are out of reach", () => {
  const account = (name: string, root: string, write = false) => ({
    ...{ name, root, write, password: "x" },
  });
  const mounts = [{ at: "/m", root: "/new", write: false }];
  const settings: Settings = {
    ...settingsOf(),
    accounts: [
      account("reads", "/a"),
      account("writes", "/b", true),
      account("newly-writes", "/a", true),
      account("new", "/new"),
      { ...account("mounts", "/a"), mounts },
    ],
    hosts: [{
      names: ["h"],
      accounts: [account("x", "/a"), account("y", "/y")],
    }],
  };
  const permissions = { read: ["/a", "/b"], write: ["/b"] };
  const { accounts, hosts } = asFarAsAllowed(settings, permissions);
  assertEquals(accounts.map(({ name }) => name), ["reads", "writes"]);
  assertEquals(hosts?.[0]?.accounts?.map(({ name }) => name), ["x"]);
  assertEquals(asFarAsAllowed(settings, null), settings);
});
