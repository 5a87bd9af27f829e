import { assertEquals, assertRejects } from "@std/assert";
import { forWorkers } from "../../server/warden/permissions.ts";
import { grantsOf, type Needs } from "../../server/ftp/warden/grants.ts";
import { heraldGrants } from "../../server/ftp/operations/grants.ts";
import { placedOperations } from "../../server/ftp/operations/paths.ts";
import { readRequest } from "../../server/ftp/options.ts";
import type { HookSettings } from "../../server/ftp/settings_parts.ts";

const TRY = { timeout: 1, retries: 1 };
const HOOKS: HookSettings[] = [
  { on: ["login"], url: "http://[::1]:8080/x", ...TRY },
  { on: ["login"], url: "https://user.example/x", ...TRY },
  { on: ["login"], url: "https://user.example/y", ...TRY },
  { on: ["login"], pipe: "/run/pipe", ...TRY },
];
const NEEDS: Needs = {
  listen: [{ hostname: "127.0.0.1", port: 2121 }],
  accounts: [{ name: "a", password: null, write: false, root: "/srv" }],
  data: { active: "off" },
  logs: { file: "/log/f", rotate: "daily", keep: 2, xferlog: "/log/x" },
  metrics: { hostname: "127.0.0.1", port: 9121 },
  hooks: HOOKS,
};

Deno.test("no worker gets what logs, metrics and hooks need", () => {
  const { logs: _, metrics: __, hooks: ___, ...plain } = NEEDS;
  assertEquals(forWorkers(grantsOf(NEEDS)), forWorkers(grantsOf(plain)));
});

Deno.test("grantsOf() has every file of rotated logs, both ways", () => {
  const files = grantsOf(NEEDS).filter(({ feature }) => feature === "logs")
    .map(({ name, scope }) => `${name} ${scope}`);
  const names = ["f", "f.1", "f.2", "x", "x.1", "x.2"];
  assertEquals(
    files,
    names.flatMap((name) => [`read /log/${name}`, `write /log/${name}`]),
  );
});

Deno.test("heraldGrants() has each place once, and no log", () => {
  const scopes = heraldGrants(NEEDS).map(({ name, scope }) =>
    `${name} ${scope}`
  );
  assertEquals(scopes, [
    ...["net 127.0.0.1:9121", "net [::1]:8080", "net user.example:443"],
    ...["read /run/pipe", "write /run/pipe"],
  ]);
});

Deno.test("placedOperations() refuses served folders, wherever links lead", async () => {
  const { settings } = readRequest(
    ["--log-file", "/logs/f.log", "/srv"],
    { lack: null },
  );
  const placed = await placedOperations(
    settings,
    (path) => Promise.resolve(`/real${path}`),
  );
  assertEquals(placed.logs?.file, "/real/logs/f.log");
  await assertRejects(
    () => placedOperations(settings, () => Promise.resolve("/srv/in/f.log")),
    Error,
    "/srv/in/f.log is in /srv, which is served",
  );
  await placedOperations(settings, () => Promise.resolve("/srv2/f.log"));
});

Deno.test("placedOperations() refuses metrics where FTP is served", async () => {
  const place = (listen: string, metrics: string) =>
    placedOperations(
      readRequest(
        ["--listen", listen, "--metrics", metrics, "/srv"],
        { lack: null },
      ).settings,
      (path) => Promise.resolve(path),
    );
  const words = "FTP is served there";
  await assertRejects(
    () => place("127.0.0.1:21", "127.0.0.1:21"),
    Error,
    words,
  );
  await assertRejects(() => place("0.0.0.0:21", "127.0.0.1:21"), Error, words);
  await assertRejects(() => place("127.0.0.1:21", "0.0.0.0:21"), Error, words);
  await place("127.0.0.1:21", "127.0.0.1:22");
  await place("127.0.0.1:21", "127.0.0.2:21");
});
