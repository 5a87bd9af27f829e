import { assertEquals, assertMatch } from "@std/assert";
import { heraldGrants } from "../../server/ftp/operations/grants.ts";
import { registrarGrants } from "../../server/ftp/warden/registrar_clerk.ts";
import {
  type Grant,
  workerPermissions,
} from "../../server/warden/permissions.ts";
import { type Folders, tempFolders } from "./helpers.ts";

/** How Deno says no. */
const REFUSAL = /^NotCapable: |^TypeError: Requires (?:import|read) access/;
const AUTH = { root: "/", timeout: 1, cache: 0 };
const HOOK = { on: ["login"], timeout: 1, retries: 0 } as const;

interface Scene extends AsyncDisposable {
  readonly folders: Folders;
  /** A port that answers. */
  readonly port: number;
}

/** A served folder, a file of accounts, a log, and somebody who listens. */
async function scene(): Promise<Scene> {
  const folders = await tempFolders({ inside: "inside" });
  for (const outside of [`${folders.base}/outside`, `${folders.pub}ber`]) {
    await Deno.mkdir(outside);
    await Deno.writeTextFile(`${outside}/secret`, "secret");
  }
  for (const name of ["accounts", "log", "events"]) {
    await Deno.writeTextFile(`${folders.base}/${name}`, "secret");
  }
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return {
    folders,
    port: listener.addr.port,
    async [Symbol.asyncDispose]() {
      listener.close();
      await folders[Symbol.asyncDispose]();
    },
  };
}

/** What a thread with these permissions can do, of all that is tried. */
async function deedsOf(
  { folders: { base, pub }, port }: Scene,
  grants: readonly Grant[],
): Promise<string[]> {
  const kept = grants.map(({ name, scope, feature }) => (
    { name, scope, feature }
  ));
  const worker = new Worker(new URL("./probe_worker.ts", import.meta.url), {
    type: "module",
    deno: { permissions: await workerPermissions(kept) },
  });
  const { promise, resolve, reject } = Promise.withResolvers<
    Record<string, string>
  >();
  worker.onmessage = ({ data }) => resolve(data);
  worker.onerror = ({ message }) => reject(new Error(message));
  const files = ["accounts", "log", "events"].map((name) => `${base}/${name}`);
  worker.postMessage({ root: pub, outside: `${base}/outside`, port, files });
  const results = await promise.finally(() => worker.terminate());
  const others = Object.entries(results)
    .filter(([, result]) => !REFUSAL.test(result));
  for (const [name, result] of others) assertMatch(result, /done|Error/, name);
  return others.map(([name]) => name.replace(base, "…"));
}

Deno.test("the registrar's thread can reach its endpoint, and nothing else", async () => {
  await using place = await scene();
  const url = (port: number) => `http://127.0.0.1:${port}/auth`;
  const own = { ...AUTH, url: url(place.port) };
  const deeds = await deedsOf(place, registrarGrants({ auth: own }));
  assertEquals(deeds, ["connect to a client"]);
  const other = { ...AUTH, url: url(place.port === 9 ? 10 : 9) };
  assertEquals(await deedsOf(place, registrarGrants({ auth: other })), []);
  assertEquals(await deedsOf(place, registrarGrants({})), []);
});

Deno.test("the herald's thread can reach its hooks and its own port, and nothing else", async () => {
  await using place = await scene();
  const metrics = { hostname: "127.0.0.1", port: 9 };
  const grants = heraldGrants({
    metrics,
    hooks: [
      { ...HOOK, url: `http://127.0.0.1:${place.port}/x` },
      { ...HOOK, pipe: `${place.folders.base}/events` },
    ],
  });
  assertEquals(await deedsOf(place, grants), [
    "connect to a client",
    "read …/events",
    "write …/events",
    "remove …/events",
  ]);
  assertEquals(await deedsOf(place, heraldGrants({ metrics })), []);
});
