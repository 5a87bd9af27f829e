import { assert, assertEquals, assertRejects } from "@std/assert";
import { memoryFileSystem } from "../../server/fs/memory.ts";
import {
  type Admittance,
  type Credentials,
  isLetIn,
} from "../../server/ftp/accounts.ts";
import type { Identity } from "../../server/ftp/accounts/identify.ts";
import type { Admitted } from "../../server/ftp/limits/ledger.ts";
import {
  reception,
  type ReceptionOptions,
} from "../../server/ftp/accounts/reception.ts";
import type { AccountSettings } from "../../server/ftp/settings.ts";

const NOW = Date.UTC(2026, 5, 15);
const fs = memoryFileSystem({ "/a": "abc" });

function account(
  name: string,
  more: Partial<AccountSettings> = {},
): AccountSettings {
  return { name, password: "secret", write: true, root: `/${name}`, ...more };
}

const ALICE = account("alice");

/** Somebody at the desk, and what was asked and given back. */
function scene(options: Partial<ReceptionOptions> = {}) {
  const calls: string[] = [];
  let answer: Admitted = { seat: 7 };
  const authenticate = reception({
    accounts: [ALICE, account("anonymous", { password: null })],
    treeOf(account, seat) {
      calls.push(`tree ${account.root} ${seat}`);
      return fs;
    },
    gate: {
      admit(key, address, max) {
        calls.push(`admit ${JSON.stringify(key)} ${address} ${max ?? "-"}`);
        return answer;
      },
      release: (key, address) => void calls.push(`release ${key} ${address}`),
    },
    now: () => NOW,
    ...options,
  });
  return {
    authenticate,
    calls,
    answers: (next: Admitted) => void (answer = next),
    /** Asks as alice, if nothing else is said. */
    async ask(more: Partial<Credentials> = {}): Promise<Admittance> {
      const given = { user: "alice", password: "secret", remote: "192.0.2.1" };
      return await authenticate({ ...given, ...more });
    },
    async fate(more: Partial<Credentials> = {}): Promise<string> {
      const admittance = await this.ask(more);
      if (admittance === null) return "stranger";
      if (isLetIn(admittance)) return `in as ${admittance.name}`;
      return `${admittance.reason} ${admittance.reply?.code ?? "530"}`;
    },
  };
}

Deno.test("reception() lets in who has the right password", async () => {
  const { fate, ...rest } = scene();
  const desk = { fate, ...rest };
  assertEquals(await desk.fate(), "in as alice");
  assertEquals(await desk.fate({ password: "guess" }), "stranger");
  assertEquals(await desk.fate({ user: "nobody" }), "stranger");
  assertEquals(await desk.fate({ user: "__proto__" }), "stranger");
  assertEquals(await desk.fate({ user: "ftp", password: "" }), "in as ftp");
});

Deno.test("reception() never takes an empty password, or a hash that it can't check", async () => {
  const desk = scene({
    accounts: [
      account("empty", { password: "" }),
      account("hashed", { password: null, hash: "" }),
    ],
  });
  for (const user of ["empty", "hashed", "nobody"]) {
    assertEquals(await desk.fate({ user, password: "" }), "stranger", user);
  }
});

Deno.test("reception() counts a session and gives it back once", async () => {
  const desk = scene({ accounts: [account("alice", { maxSessions: 2 })] });
  const admittance = await desk.ask();
  assert(isLetIn(admittance));
  const begun = ['admit "alice" 192.0.2.1 2', "tree /alice 7"];
  assertEquals(desk.calls, begun);
  admittance.release?.();
  admittance.release?.();
  assertEquals(desk.calls, [...begun, "release alice 192.0.2.1"]);
});

Deno.test("reception() counts anonymous and ftp as one", async () => {
  const desk = scene();
  await desk.ask({ user: "ftp" });
  assertEquals(desk.calls[0], 'admit "anonymous" 192.0.2.1 -');
});

Deno.test("reception() says that there are too many, and not who is banned", async () => {
  const desk = scene();
  desk.answers({ refusal: "too-many-sessions" });
  const full = await desk.ask();
  assert(full !== null && !isLetIn(full));
  assertEquals(full.reply, {
    code: 421,
    lines: ["Too many connections of this user."],
    close: true,
  });
  desk.answers({ refusal: "banned" });
  const banned = await desk.ask();
  assert(banned !== null && !isLetIn(banned));
  assertEquals(banned.reply?.lines, [
    "Too many failed logins, try again later.",
  ]);
});

Deno.test("reception() gives a session back when its tree can't be made", async () => {
  const desk = scene({
    treeOf() {
      throw new Error("no tree");
    },
  });
  await assertRejects(() => desk.ask(), Error, "no tree");
  assertEquals(desk.calls.at(-1), "release alice 192.0.2.1");
});

/** What an account demands, who comes, and what becomes of them. */
const RULES: readonly [
  what: string,
  demands: Partial<AccountSettings>,
  visit: Partial<Credentials>,
  fate: string,
][] = [
  ["not expired yet", { expires: NOW + 1 }, {}, "in as alice"],
  ["expired now", { expires: NOW }, {}, "expired 530"],
  [
    "from one of its addresses",
    {
      addresses: ["10.0.0.0/8", "192.0.2.0/24"],
    },
    {},
    "in as alice",
  ],
  ["from elsewhere", { addresses: ["10.0.0.0/8"] }, {}, "address 530"],
  ["from nowhere at all", { addresses: [] }, {}, "address 530"],
  ["by IPv4 inside IPv6", { addresses: ["192.0.2.1"] }, {
    remote: "::ffff:192.0.2.1",
  }, "in as alice"],
  [
    "by a block that nobody can read",
    { addresses: ["all"] },
    {},
    "address 530",
  ],
  [
    "without the TLS that it must use",
    { tls: "required" },
    {},
    "tls-required 550",
  ],
  [
    "with the TLS that it must use",
    { tls: "required" },
    { tls: true },
    "in as alice",
  ],
];

for (const [what, demands, visit, fate] of RULES) {
  Deno.test(`reception() answers "${fate}" to an account that comes ${what}`, async () => {
    const desk = scene({ accounts: [account("alice", demands)] });
    assertEquals(await desk.fate(visit), fate);
    const isIn = fate.startsWith("in");
    assertEquals(desk.calls.length > 0, isIn, "counted before it was let in");
    const wrong = { ...visit, password: "guess" };
    assertEquals(await desk.fate(wrong), "stranger");
  });
}

Deno.test("reception() lets nobody in anew who has expired, and throws nobody out", async () => {
  let now = NOW;
  const desk = scene({
    accounts: [account("alice", { expires: NOW + 1 })],
    now: () => now,
  });
  const admittance = await desk.ask();
  assert(isLetIn(admittance));
  now++;
  assertEquals(await desk.fate(), "expired 530");
  assertEquals((await admittance.fs.stat("/a")).size, 3);
});

Deno.test("reception() holds certificates to the same rules, and asks for no password", async () => {
  const expired = account("bob", { expires: NOW });
  const desk = scene({ accounts: [ALICE, expired] });
  const certified = { password: "", isCertified: true };
  assertEquals(await desk.fate(certified), "in as alice");
  assertEquals(await desk.fate({ ...certified, user: "bob" }), "expired 530");
  assertEquals(await desk.fate({ ...certified, user: "eve" }), "stranger");
});

Deno.test("reception() hands on what an account is told and where it starts", async () => {
  const desk = scene({
    accounts: [
      account("alice", { start: "/in", greeting: "Hello!", admin: true }),
    ],
  });
  const admittance = await desk.ask();
  assert(isLetIn(admittance));
  const { start, greeting, profile } = admittance;
  assertEquals([start, greeting, profile?.admin], ["/in", "Hello!", true]);
});

/** A desk whose registrar answers so. */
function asking(identity: Identity, options: Partial<ReceptionOptions> = {}) {
  return scene({ identify: () => Promise.resolve(identity), ...options });
}

Deno.test("reception() believes the registrar about accounts that it has itself, and no others", async () => {
  const desk = asking({ kind: "known" });
  assertEquals(await desk.fate({ password: "whatever" }), "in as alice");
  assertEquals(await desk.fate({ user: "nobody" }), "stranger");
  assertEquals(await asking({ kind: "stranger" }).fate(), "stranger");
});

Deno.test("reception() asks the registrar nothing about who needs no password", async () => {
  const desk = scene({ identify: () => Promise.reject(new Error("asked")) });
  assertEquals(await desk.fate({ user: "anonymous" }), "in as anonymous");
});

Deno.test("reception() says so when nobody can check passwords now", async () => {
  const desk = asking({ kind: "unavailable", reason: "too late" });
  const admittance = await desk.ask();
  assert(admittance !== null && !isLetIn(admittance));
  assertEquals(admittance.reason, "too late");
  assertEquals(admittance.reply, {
    code: 421,
    lines: ["Login is not possible now, please try again later."],
    close: true,
  });
});

Deno.test("reception() lets in an account from elsewhere only with folders that are settled", async () => {
  const zoe = account("zoe", { root: "/srv/zoe", maxSessions: 3 });
  const identity: Identity = { kind: "account", account: zoe };
  const visit = { user: "zoe" };
  const refusing = asking(identity);
  assertEquals(
    await refusing.fate(visit),
    "no folder is set aside for it 421",
  );
  const desk = asking(identity, {
    settle(account) {
      if (account.root !== "/srv/zoe") throw new Error("it is elsewhere");
      return { ...account, root: "/real/zoe" };
    },
  });
  assertEquals(await desk.fate(visit), "in as zoe");
  assertEquals(desk.calls, ['admit "zoe" 192.0.2.1 3', "tree /real/zoe 7"]);
  const elsewhere = asking(
    { kind: "account", account: { ...zoe, root: "/etc" } },
    {
      settle: () => {
        throw new Error("it is elsewhere");
      },
    },
  );
  assertEquals(await elsewhere.fate(visit), "it is elsewhere 421");
});

Deno.test("reception() holds accounts from elsewhere to their rules, too", async () => {
  const zoe = account("zoe", { expires: NOW, root: "/z" });
  const desk = asking({ kind: "account", account: zoe }, {
    settle: (account) => account,
  });
  assertEquals(await desk.fate({ user: "zoe" }), "expired 530");
});

Deno.test("reception() keeps hosts apart", async () => {
  const dora = account("dora", { tls: "required" });
  const other = account("alice", { root: "/other" });
  const hosts = [
    { names: ["a.example"], accounts: [dora, other] },
    { names: ["b.example"], accounts: [{ ...ALICE }] },
  ];
  const desk = scene({ hosts });
  const at = { host: "a.example", tls: true };
  assertEquals(await desk.fate({ ...at, user: "dora" }), "in as dora");
  assertEquals(await desk.fate({ user: "dora", tls: true }), "stranger");
  assertEquals(await desk.fate({ ...at, user: "anonymous" }), "stranger");
  const { demand } = desk.authenticate;
  assertEquals(demand?.("dora", "a.example"), "required");
  assertEquals(demand?.("dora"), undefined);
  desk.calls.length = 0;
  for (const host of ["a.example", "b.example", undefined]) {
    await desk.ask({ host });
  }
  const [own, shared, server] = desk.calls.filter((call) =>
    call.startsWith("admit")
  );
  assert(own !== server, "two accounts of one name are counted as one");
  assertEquals(shared, server, "one account is counted as two");
});
