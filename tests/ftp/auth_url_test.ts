import { assert, assertEquals, assertMatch } from "@std/assert";
import { fateOf, type Scene, sceneOf } from "./accounts_scene.ts";
import { code } from "./helpers.ts";

const NOT_NOW = "421 Login is not possible now, please try again later.";
const FAILED = "530 Authentication failed.";

/** What an endpoint was asked, without its headers. */
interface Asked {
  user: string;
  password: string;
  [key: string]: unknown;
}

/** A user database with a web server. */
interface Endpoint extends AsyncDisposable {
  /** Where it is asked. */
  readonly url: string;
  /** Everything that it was asked. */
  readonly asked: Asked[];
  /** Authorization headers that came with it. */
  readonly authorizations: (string | null)[];
}

/** Answers as `answer` says; `undefined` never answers. */
function endpointOf(
  answer: (asked: Asked) => Response | undefined,
): Endpoint {
  const asked: Asked[] = [];
  const authorizations: (string | null)[] = [];
  const over = new AbortController();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const question = await request.json() as Asked;
      asked.push(question);
      authorizations.push(request.headers.get("authorization"));
      return answer(question) ??
        await new Promise<Response>((resolve) =>
          over.signal.addEventListener("abort", () => resolve(new Response()))
        );
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}/login`,
    asked,
    authorizations,
    async [Symbol.asyncDispose]() {
      over.abort();
      await server.shutdown();
    },
  };
}

/** Starts `ftpd` that asks an endpoint, with folders for its users. */
async function asking(
  { url }: Endpoint,
  more: string = "",
): Promise<Scene> {
  const scene = await sceneOf(`
    login-delay = 0
    login-attempts = 50
    auth-url = "${url}"
    auth-root = "DIR/pub"
    auth-timeout = "2s"
    ${more}
  `);
  for (const name of ["zoe", "yan"]) {
    await Deno.mkdir(`${scene.base}/pub/${name}`);
    await Deno.writeTextFile(`${scene.base}/pub/${name}/own`, name);
  }
  await Deno.symlink(scene.base, `${scene.base}/pub/out`);
  return scene;
}

function allow(account: unknown): Response {
  return Response.json({ allow: true, account });
}

Deno.test("ftpd asks --auth-url who somebody is, and holds them to it", async () => {
  await using endpoint = endpointOf(({ user, password }) => {
    if (password !== "secret") return Response.json({ allow: false });
    return allow({
      root: user,
      permissions: ["list", "read"],
      greeting: `Hello ${user}.`,
      "max-sessions": 1,
    });
  });
  await using scene = await asking(endpoint, 'auth-authorization = "Bearer x"');
  const { server, base } = scene;
  assertEquals(await fateOf(server, "zoe", "guess"), FAILED);
  const control = await server.connect();
  await control.say("USER zoe", 331);
  assertEquals(
    await control.say("PASS secret", 230),
    "230-Hello zoe.\n230 Login successful.",
  );
  assertEquals(await control.fetch("RETR own"), "zoe");
  assertEquals(code(await control.say("DELE own")), 550);
  assertEquals(code(await control.say("CWD ../yan")), 550);
  const full = "421 Too many connections of this user.";
  assertEquals(await fateOf(server, "zoe", "secret"), full);
  control.close();
  const [first] = endpoint.asked;
  assertEquals(first, {
    ...{ user: "zoe", password: "guess", remote: "127.0.0.1" },
    ...{ host: null, tls: false },
  });
  assertEquals(new Set(endpoint.authorizations), new Set(["Bearer x"]));
  assert(!/secret|guess|Bearer/.test(server.log), server.log);
  assertEquals(await Deno.readTextFile(`${base}/pub/zoe/own`), "zoe");
});

Deno.test("accounts of the settings come before --auth-url, which never hears their passwords", async () => {
  await using endpoint = endpointOf(() => allow({ root: "zoe" }));
  await using scene = await asking(
    endpoint,
    '[account.alice]\npassword = "right"\nroot = "DIR/pub"',
  );
  const { server } = scene;
  assertMatch(await fateOf(server, "alice", "right"), /^230/);
  assertEquals(await fateOf(server, "alice", "wrong"), FAILED);
  assertEquals(endpoint.asked, []);
  assertMatch(await fateOf(server, "zoe", "any"), /^230/);
});

Deno.test("no account of --auth-url sees anything outside --auth-root", async () => {
  const roots: Record<string, string> = {
    inside: "zoe",
    above: "..",
    around: "zoe/../..",
    absolute: "/etc",
    link: "out",
    missing: "nobody",
    file: "a",
    empty: "",
  };
  await using endpoint = endpointOf(({ user }) => allow({ root: roots[user] }));
  await using scene = await asking(endpoint);
  const { server } = scene;
  for (const user of Object.keys(roots)) {
    const fate = await fateOf(server, user, "x");
    if (user === "inside") assertMatch(fate, /^230/);
    else assertEquals(fate, NOT_NOW, user);
  }
});

/** Answers that are none, by user. */
const NO_ANSWERS: Readonly<Record<string, () => Response | undefined>> = {
  error: () => new Response("broken", { status: 500 }),
  redirected: () =>
    new Response(null, { status: 307, headers: { location: "/other" } }),
  text: () => new Response("yes"),
  long: () => new Response(" ".repeat(70_000)),
  silent: () => undefined,
  unknown: () => allow({ root: "zoe", colour: "red" }),
};

Deno.test("ftpd lets nobody in when --auth-url gives no answer, and says why in the log", async () => {
  await using endpoint = endpointOf(({ user }) =>
    user === "zoe" ? allow({ root: "zoe" }) : NO_ANSWERS[user]!()
  );
  await using scene = await asking(endpoint);
  const { server } = scene;
  for (const user of Object.keys(NO_ANSWERS)) {
    assertEquals(await fateOf(server, user, "x"), NOT_NOW, user);
    assertMatch(await fateOf(server, "zoe", "x"), /^230/);
  }
  for (
    const reason of [
      "status 500",
      "status 307",
      "not JSON",
      "more than 64 KiB",
      "no answer in time",
      "colour",
    ]
  ) await server.said(reason);
});

Deno.test("ftpd asks --auth-url again about a refusal only after --auth-cache", async () => {
  await using endpoint = endpointOf(() => new Response(null, { status: 403 }));
  await using scene = await asking(endpoint, 'auth-cache = "1h"');
  const { server } = scene;
  for (const password of ["a", "a", "b", "a", "b"]) {
    assertEquals(await fateOf(server, "zoe", password), FAILED);
  }
  assertEquals(endpoint.asked.map(({ password }) => password), ["a", "b"]);
});

Deno.test("ftpd goes on when --auth-url is not there, and when it comes back", async () => {
  let isBack = false;
  await using endpoint = endpointOf(() =>
    isBack ? allow({ root: "yan" }) : new Response(null, { status: 503 })
  );
  await using scene = await asking(
    endpoint,
    '[account.anonymous]\nroot = "DIR/pub"',
  );
  const { server } = scene;
  assertEquals(await fateOf(server, "yan", "x"), NOT_NOW);
  assertMatch(await fateOf(server, "anonymous", "x"), /^230/);
  isBack = true;
  assertMatch(await fateOf(server, "yan", "x"), /^230/);
});
