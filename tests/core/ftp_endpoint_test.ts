import { assert, assertEquals, assertMatch } from "@std/assert";
import { readAccount } from "../../server/ftp/config/account.ts";
import { endpoint } from "../../server/ftp/accounts/endpoint.ts";
import type {
  AuthQuestion,
  Identity,
} from "../../server/ftp/accounts/identify.ts";
import type { AuthSettings } from "../../server/ftp/settings_parts.ts";

const SETTINGS: AuthSettings = {
  url: "http://127.0.0.1:9/login",
  root: "/srv/users",
  timeout: 60_000,
  cache: 0,
};
const ALICE: AuthQuestion = {
  user: "alice",
  password: "secret",
  remote: "192.0.2.1",
  tls: true,
};
const ALLOWED = { allow: true, account: { root: "alice", write: true } };

/** Asks once, when the endpoint answers so. */
async function told(
  answer: Response | (() => Promise<Response>),
  settings: Partial<AuthSettings> = {},
): Promise<Identity> {
  const send = typeof answer === "function"
    ? answer
    : () => Promise.resolve(answer);
  const ask = endpoint({ ...SETTINGS, ...settings }, { readAccount, send });
  return await ask(ALICE);
}

Deno.test("endpoint() posts who it is as JSON, to the URL and nowhere else", async () => {
  const requests: Request[] = [];
  const ask = endpoint({ ...SETTINGS, authorization: "Bearer x" }, {
    readAccount,
    send(request) {
      requests.push(request);
      return Promise.resolve(Response.json({ allow: false }));
    },
  });
  await ask({ ...ALICE, host: "ftp.example" });
  await ask(ALICE);
  const [first, second] = requests as [Request, Request];
  assertEquals([first.method, first.url], ["POST", SETTINGS.url]);
  assertEquals(first.redirect, "manual");
  assertEquals(first.headers.get("content-type"), "application/json");
  assertEquals(first.headers.get("authorization"), "Bearer x");
  assertEquals(await first.json(), { ...ALICE, host: "ftp.example" });
  assertEquals(await second.json(), { ...ALICE, host: null });
});

Deno.test("endpoint() proves itself with what stands in the URL", async () => {
  const requests: Request[] = [];
  const url = "http://me:p%C3%A4ss@127.0.0.1:9/login";
  const ask = endpoint({ ...SETTINGS, url }, {
    readAccount,
    send(request) {
      requests.push(request);
      return Promise.resolve(Response.json({ allow: false }));
    },
  });
  await ask(ALICE);
  const [request] = requests as [Request];
  assertEquals(request.url, SETTINGS.url);
  assertEquals(request.headers.get("authorization"), "Basic bWU6cMOkc3M=");
});

Deno.test("endpoint() makes an account of a yes, with folders below the one set aside", async () => {
  const identity = await told(Response.json(ALLOWED));
  assert(identity.kind === "account");
  const { name, root, write } = identity.account;
  assertEquals([name, root, write], ["alice", "/srv/users/alice", true]);
});

Deno.test("endpoint() leaves absolute folders as they are, for others to judge", async () => {
  const account = { root: "/etc", mount: { "/m": { root: "music" } } };
  const identity = await told(Response.json({ allow: true, account }));
  assert(identity.kind === "account", JSON.stringify(identity));
  assertEquals(identity.account.root, "/etc");
  assertEquals(identity.account.mounts?.[0]?.root, "/srv/users/music");
});

for (
  const [what, response] of [
    ["allow: false", () => Response.json({ allow: false })],
    ["status 401", () => new Response("who?", { status: 401 })],
    ["status 403", () => new Response(null, { status: 403 })],
  ] as const
) {
  Deno.test(`endpoint() takes ${what} for a no`, async () => {
    assertEquals(await told(response()), { kind: "stranger" });
  });
}

/** What is no answer at all, and what is said of it. */
const NO_ANSWERS: Readonly<Record<string, [() => Response, RegExp]>> = {
  "status 500": [() => new Response("", { status: 500 }), /status 500/],
  "status 204": [() => new Response(null, { status: 204 }), /status 204/],
  "a redirection": [
    () => new Response(null, { status: 302, headers: { location: "/x" } }),
    /status 302/,
  ],
  "text": [() => new Response("yes"), /not JSON/],
  "nothing": [() => new Response(""), /not JSON/],
  "half of it": [() => new Response('{"allow": tr'), /not JSON/],
  "no object": [() => Response.json([true]), /no "allow"/],
  "null": [() => Response.json(null), /no "allow"/],
  "allow: 1": [() => Response.json({ ...ALLOWED, allow: 1 }), /no "allow"/],
  'allow: "true"': [
    () => Response.json({ ...ALLOWED, allow: "true" }),
    /no "allow"/,
  ],
  "allow without an account": [
    () => Response.json({ allow: true }),
    /no "account"/,
  ],
  "an account that is a list": [
    () => Response.json({ allow: true, account: [] }),
    /no "account"/,
  ],
  "an account without a root": [
    () => Response.json({ allow: true, account: {} }),
    /root/,
  ],
  "an unknown key": [
    () => Response.json({ allow: true, account: { root: "a", wriet: true } }),
    /wriet/,
  ],
  "too much": [() => new Response(" ".repeat(65_537)), /more than 64 KiB/],
  "bytes that are no UTF-8": [
    () => new Response(new Uint8Array([0x22, 0xff, 0x22])),
    /./,
  ],
};

for (const [what, [response, words]] of Object.entries(NO_ANSWERS)) {
  Deno.test(`endpoint() lets nobody in for ${what}`, async () => {
    const identity = await told(response());
    assert(identity.kind === "unavailable", JSON.stringify(identity));
    assertMatch(identity.reason, words);
    assert(!identity.reason.includes("\n"), identity.reason);
  });
}

Deno.test("endpoint() takes an endless answer for none", async () => {
  let isCancelled = false;
  const endless = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: (controller) => controller.enqueue(new Uint8Array(1000).fill(32)),
    cancel: () => void (isCancelled = true),
  });
  const identity = await told(new Response(endless));
  assert(identity.kind === "unavailable");
  assertMatch(identity.reason, /more than 64 KiB/);
  assert(isCancelled);
});

Deno.test("endpoint() does not wait longer than it may", async () => {
  const send = (request: Request) =>
    new Promise<Response>((_, reject) => {
      const { signal } = request;
      signal.addEventListener("abort", () => reject(signal.reason));
    });
  const ask = endpoint({ ...SETTINGS, timeout: 1 }, { readAccount, send });
  const identity = await ask(ALICE);
  assert(identity.kind === "unavailable");
  assertMatch(identity.reason, /no answer in time/);
});

Deno.test("endpoint() tells why nobody answered", async () => {
  const cause = new Error("error for url (http://x/?secret): refused");
  const errors = [
    cause,
    new TypeError("fetch failed", { cause }),
    new Error("error: refused"),
  ];
  for (const error of errors) {
    assertEquals(await told(() => Promise.reject(error)), {
      kind: "unavailable",
      reason: "--auth-url: error: refused",
    });
  }
});

/** An endpoint that counts how often it is asked, and a clock. */
function counted(answer: () => Response, cache: number) {
  let [asked, now] = [0, 0];
  const ask = endpoint({ ...SETTINGS, cache }, {
    readAccount,
    send() {
      asked++;
      return Promise.resolve(answer());
    },
    now: () => now,
  });
  return {
    async times(...questions: Partial<AuthQuestion>[]): Promise<number> {
      asked = 0;
      for (const one of questions) await ask({ ...ALICE, ...one });
      return asked;
    },
    pass: (milliseconds: number) => void (now += milliseconds),
  };
}

Deno.test("endpoint() remembers a refusal for a while, and only that one", async () => {
  const no = counted(() => Response.json({ allow: false }), 1000);
  assertEquals(await no.times({}, {}, {}), 1);
  assertEquals(await no.times({ password: "other" }, { user: "bob" }), 2);
  assertEquals(await no.times({ remote: "192.0.2.2" }, { host: "a" }), 2);
  no.pass(999);
  assertEquals(await no.times({}), 0);
  no.pass(1);
  assertEquals(await no.times({}), 1);
});

Deno.test("endpoint() remembers neither a yes nor that nobody answered", async () => {
  const yes = counted(() => Response.json(ALLOWED), 1000);
  assertEquals(await yes.times({}, {}), 2);
  const broken = counted(() => new Response("", { status: 503 }), 1000);
  assertEquals(await broken.times({}, {}), 2);
  const always = counted(() => Response.json({ allow: false }), 0);
  assertEquals(await always.times({}, {}), 2);
});
