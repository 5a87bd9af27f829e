import { assert, assertEquals, assertMatch } from "@std/assert";
import { createLog } from "../../lib/log.ts";
import type {
  AuthQuestion,
  Identity,
} from "../../server/ftp/accounts/identify.ts";
import type {
  RegistrarOrder,
  RegistrarReport,
} from "../../server/ftp/accounts/registrar.ts";
import { readRequest } from "../../server/ftp/options.ts";
import type { Settings } from "../../server/ftp/settings.ts";
import type { Clerk, Office } from "../../server/ftp/warden/clerk.ts";
import {
  registrarClerk,
  registrarGrants,
} from "../../server/ftp/warden/registrar_clerk.ts";
import { workerPermissions } from "../../server/warden/permissions.ts";
import { soon } from "./helpers.ts";

const RIGHT = "pässwörd 1";
const FAST = "{SHA}/Hrn08gEogcgvDjo5YNQSGibZVE=";
/** About a tenth of a second. */
const SLOW =
  "$scrypt$ln=15,r=8,p=1$0OmTYy8YBSjJ+TQ/K894Ow$wDi8QGOwurrGsoh2riDGkofXfvGzPVk0Jyaz3fo7mhw";

/** Settings in which these have accounts. */
function settingsOf(
  hashes: Readonly<Record<string, string>>,
  url?: string,
): Settings {
  const { settings } = readRequest(["--user", "x:y"], { lack: null });
  const accounts = Object.entries(hashes).map(([name, hash]) => ({
    ...{ name, hash, password: "", write: false, root: "/" },
  }));
  const auth = { root: "/srv", timeout: 5000, cache: 0 };
  return { ...settings, accounts, ...url && { auth: { ...auth, url } } };
}

/** A clerk with a real thread. */
async function hired(
  settings: Settings,
  apart = true,
): Promise<
  Required<Pick<Clerk, "change" | "close">> & {
    ask(user: string, password?: string): Promise<Identity>;
  }
> {
  const over = new AbortController();
  const office = {
    settings,
    log: createLog({ format: "text", write: () => {} }),
    signal: over.signal,
  } as unknown as Office;
  const clerk = await registrarClerk({ apart })(office);
  return {
    change: (settings) => clerk.change!(settings),
    close: () => clerk.close!(),
    async ask(user, password = RIGHT) {
      const question = { user, password, remote: "192.0.2.1", tls: false };
      const from = { worker: 1 };
      return await clerk.answers!.authenticate!(question, from);
    },
  };
}

for (const apart of [true, false]) {
  const where = apart ? "in a thread of its own" : "in the warden's thread";
  Deno.test(`registrarClerk() has passwords checked ${where}, by the newest settings`, async () => {
    const clerk = await hired(settingsOf({ alice: FAST }), apart);
    assertEquals(await clerk.ask("alice"), { kind: "known" });
    assertEquals(await clerk.ask("alice", "guess"), { kind: "stranger" });
    assertEquals(await clerk.ask("bob"), { kind: "stranger" });
    await clerk.change(settingsOf({ bob: FAST }));
    assertEquals(await clerk.ask("bob"), { kind: "known" });
    assertEquals(await clerk.ask("alice"), { kind: "stranger" });
    await clerk.close();
  });
}

Deno.test("registrarClerk() has no thread when there is nothing to check", async () => {
  const clerk = await hired(settingsOf({}));
  const { kind } = await clerk.ask("alice");
  assertEquals(kind, "unavailable");
  await clerk.change(settingsOf({ alice: FAST }));
  assertEquals(await clerk.ask("alice"), { kind: "known" });
  await clerk.change(settingsOf({}));
  assertEquals((await clerk.ask("alice")).kind, "unavailable");
  await clerk.close();
});

Deno.test("registrarClerk() answers every question, also those that its end finds", async () => {
  const clerk = await hired(settingsOf({ alice: SLOW }));
  const first = clerk.ask("alice", "guess");
  const asked = Array.from({ length: 50 }, () => clerk.ask("alice", "guess"));
  assertEquals(await first, { kind: "stranger" });
  await clerk.close();
  const answers = await soon(Promise.all(asked), "the last answer");
  assert(answers.some(({ kind }) => kind === "unavailable"));
});

Deno.test("registrarClerk() ends what it has begun when another thread takes over", async () => {
  await using one = userBase("one");
  await using other = userBase("other");
  const clerk = await hired(settingsOf({ alice: SLOW }, one.url));
  const early = clerk.ask("alice", "guess");
  await clerk.change(settingsOf({}, other.url));
  assertEquals(await early, { kind: "stranger" });
  const late = await clerk.ask("zoe");
  assert(late.kind === "account");
  assertEquals(late.account.root, "/srv/other");
  await clerk.close();
});

/** Lets everybody in, to a folder of this name. */
function userBase(root: string): AsyncDisposable & { readonly url: string } {
  const options = { hostname: "127.0.0.1", port: 0, onListen: () => {} };
  const server = Deno.serve(
    options,
    () => Response.json({ allow: true, account: { root } }),
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}/`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

Deno.test("a registrar reaches its endpoint, and nothing else", async () => {
  await using mine = userBase("mine");
  await using others = userBase("others");
  const settings = settingsOf({}, mine.url);
  const permissions = await workerPermissions(registrarGrants(settings));
  const { read, write, run, env } = permissions;
  assertEquals([read, write, run, env], [[], [], false, false]);
  const module = new URL(
    "../../server/ftp/accounts/registrar.ts",
    import.meta.url,
  );
  const worker = new Worker(module, { type: "module", deno: { permissions } });
  const reports = new ReadableStream<RegistrarReport>({
    start: (controller) => {
      worker.onmessage = ({ data }) => controller.enqueue(data);
    },
  }).getReader();
  const tell = (order: RegistrarOrder) => worker.postMessage(order);
  async function ask(id: number): Promise<Identity> {
    const question: AuthQuestion = {
      ...{ user: "zoe", password: "x", remote: "192.0.2.1", tls: false },
    };
    tell({ kind: "identify", id, question });
    const { value } = await soon(reports.read(), "an answer");
    assert(value?.kind === "identity" && value.id === id);
    return value.identity;
  }
  tell({ kind: "start", settings });
  await soon(reports.read(), "its start");
  assertEquals((await ask(1)).kind, "account");
  tell({ kind: "settings", settings: settingsOf({}, others.url) });
  const refused = await ask(2);
  assert(refused.kind === "unavailable");
  assertMatch(refused.reason, /net access/i);
  worker.terminate();
});

Deno.test("nobody waits for a registrar that has died, and the next one answers", async () => {
  const real = globalThis.Worker;
  const threads: Worker[] = [];
  globalThis.Worker = class extends real {
    constructor(...args: ConstructorParameters<typeof Worker>) {
      super(...args);
      threads.push(this);
    }
  };
  const clerk = await hired(settingsOf({ ann: FAST }));
  try {
    const event = { message: "out of memory", cancelable: true };
    threads[0]!.onerror!(new ErrorEvent("error", event));
    const identity = await soon(clerk.ask("ann"), "an answer");
    assertEquals(identity.kind, "unavailable");
    let answer: Identity;
    do {
      await new Promise((resolve) => setTimeout(resolve, 10));
      answer = await soon(clerk.ask("ann"), "an answer");
    } while (answer.kind === "unavailable" && threads.length <= 2);
    assertEquals([answer.kind, threads.length], ["known", 2]);
  } finally {
    globalThis.Worker = real;
    await clerk.close();
  }
});
