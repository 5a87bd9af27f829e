import { assert, assertEquals, assertLess } from "@std/assert";
import { configFolders } from "./reload_tool.ts";
import { soon, tempFolders } from "./helpers.ts";
import {
  linesOf,
  metricsUrl,
  page,
  retrieve,
  sampleOf,
  start,
  store,
  textOf,
  until,
} from "./operations_tool.ts";

/** An event, as a hook gets it. */
type Event = Record<string, unknown>;

/** What a hook's endpoint got, and with which status it answers. */
interface Endpoint extends AsyncDisposable {
  readonly url: string;
  readonly events: Event[];
  readonly headers: Headers[];
  /** What the next requests are answered; `hang` never is. @default 204 */
  readonly answers: (number | "hang")[];
}

function endpoint(): Endpoint {
  const events: Event[] = [];
  const headers: Headers[] = [];
  const answers: (number | "hang")[] = [];
  const over = Promise.withResolvers<void>();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      headers.push(request.headers);
      events.push(await request.json());
      const answer = answers.shift() ?? 204;
      if (answer === "hang") await over.promise;
      return new Response(null, { status: answer === "hang" ? 503 : answer });
    },
  );
  return {
    ...{ events, headers, answers },
    url: `http://127.0.0.1:${server.addr.port}/hook`,
    async [Symbol.asyncDispose]() {
      over.resolve();
      await server.shutdown();
    },
  };
}

async function makeFifo(path: string): Promise<void> {
  const { success } = await new Deno.Command("mkfifo", { args: [path] })
    .output();
  assert(success, "mkfifo");
}

const UPLOADER = ["--user", "ann:pw-of-ann:rw"];

Deno.test("an HTTP hook is told of complete uploads only, in order", async () => {
  await using folders = await tempFolders();
  await using hook = endpoint();
  await using ftpd = await start([
    ...["--hook", `upload=${hook.url}`, ...UPLOADER, folders.pub],
  ]);
  using control = await ftpd.login("ann", "pw-of-ann");
  hook.answers.push(500);
  await store(control, "first", "abc");
  // What a hook hears of is there under its name.
  await until(() => hook.events.length > 0 || undefined, "the first event");
  assertEquals(await textOf(`${folders.pub}/first`), "abc");
  const data = await control.passive();
  await control.say("STOR cut", 150);
  await data.write(new Uint8Array(10));
  await control.send("ABOR");
  await control.expect(426);
  await control.expect(226);
  data.close();
  await store(control, "second", "12345");
  await until(() => hook.events.length === 3 || undefined, "three requests");
  const [tried, first, second] = hook.events;
  assertEquals(tried, first, "the same event again, with the same id");
  assert(first?.id !== second?.id);
  assertEquals(
    [first, second].map((event) => [event?.event, event?.path, event?.bytes]),
    [["upload", "/first", 3], ["upload", "/second", 5]],
  );
  assertEquals(first?.file, `${folders.pub}/first`);
  assertEquals([first?.account, first?.address], ["ann", "127.0.0.1"]);
  assertEquals([first?.result, first?.verb], ["complete", "STOR"]);
  assertEquals(hook.headers[0]?.get("content-type"), "application/json");
  assert(!JSON.stringify(hook.events).includes("pw-of-ann"));
});

Deno.test("a hook that hangs keeps nobody waiting, and is tried again", async () => {
  await using folders = await configFolders({ a: "abc" });
  await using hook = endpoint();
  hook.answers.push("hang", "hang");
  await folders.write(`
metrics = "127.0.0.1:0"
[account.ann]
password = "x"
root = ${JSON.stringify(folders.pub)}
[account.bob]
password = "x"
root = ${JSON.stringify(folders.pub)}
[[hook]]
on = ["login", "download"]
accounts = ["a*"]
url = "${hook.url}"
authorization = "Bearer of-news"
timeout = 0.3
`);
  await using ftpd = await start(["--config", folders.config]);
  using bob = await ftpd.login("bob");
  using control = await ftpd.login("ann");
  const began = performance.now();
  for (let at = 0; at < 5; at++) await retrieve(control, "a");
  await retrieve(bob, "a");
  assertLess(performance.now() - began, 10_000);
  await until(() => hook.events.length === 8 || undefined, "eight requests");
  assertEquals(hook.events.map(({ event }) => event), [
    ...Array(3).fill("login"),
    ...Array(5).fill("download"),
  ]);
  assert(hook.events.every(({ account }) => account === "ann"));
  assertEquals(hook.headers.at(-1)?.get("authorization"), "Bearer of-news");
  const url = await metricsUrl(() => ftpd.log);
  const text = await until(async () => {
    const text = await page(`${url}/metrics`);
    const name = 'wharf_ftpd_hook_events_total{hook="1",result="delivered"}';
    return sampleOf(text, name) === 6 ? text : undefined;
  }, "six delivered events");
  assertEquals(
    sampleOf(text, 'wharf_ftpd_hook_failures_total{hook="1"}'),
    2,
  );
  assert(!text.includes("of-news") && !ftpd.log.includes("of-news"));
  assertEquals(ftpd.log.match(/hook-failed/g)?.length, 1);
});

Deno.test("an HTTP hook's secret goes nowhere else, and into no log", async () => {
  await using folders = await configFolders();
  await using elsewhere = endpoint();
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => Response.redirect(elsewhere.url, 307),
  );
  await folders.write(`
[account.ann]
password = "x"
root = ${JSON.stringify(folders.pub)}
[[hook]]
on = "login"
url = "http://127.0.0.1:${server.addr.port}/of-news?token=of-news"
authorization = "Bearer of-news"
`);
  await using ftpd = await start(["--config", folders.config]);
  using _control = await ftpd.login("ann");
  await ftpd.said("the answer was 307");
  assertEquals(elsewhere.events, []);
  assert(
    ftpd.log.includes(`to=http://127.0.0.1:${server.addr.port} `) &&
      !ftpd.log.includes("of-news"),
  );
});

Deno.test("a file gets a line for every event of all workers", async () => {
  await using folders = await tempFolders({ a: "abc" });
  const file = `${folders.base}/events`;
  await Deno.writeTextFile(file, "");
  const events = "login,login-failed,upload,delete,rename,mkdir,rmdir";
  await using ftpd = await start([
    ...["--workers", "2", "--login-delay", "0"],
    ...["--hook", `${events}=${file}`, ...UPLOADER, folders.pub],
  ]);
  const clients = 12;
  await Promise.all(Array.from({ length: clients }, async (_, at) => {
    using control = await ftpd.connect();
    await control.say("USER ann", 331);
    await control.say("PASS wrong", 530);
    await control.login("ann", "pw-of-ann");
    await store(control, `f${at}`, "x");
    await control.say(`MKD d${at}`, 257);
    await control.say(`RNFR f${at}`, 350);
    await control.say(`RNTO d${at}/g`, 250);
    await control.say(`DELE d${at}/g`, 250);
    await control.say(`RMD d${at}`, 250);
    await control.say("QUIT", 221);
  }));
  const told = (await linesOf(file, 7 * clients))
    .map((line) => JSON.parse(line) as Event);
  assertEquals(told.length, 7 * clients);
  assertEquals(new Set(told.map(({ id }) => id)).size, told.length);
  for (let session = 1; session <= clients; session++) {
    const own = told.filter((event) => event.session === session);
    assertEquals(own.map(({ event }) => event), [
      ...["login-failed", "login", "upload", "mkdir", "rename", "delete"],
      "rmdir",
    ]);
    const [rename] = own.filter(({ event }) => event === "rename");
    assertEquals(rename?.file, `${folders.pub}${rename?.path}`);
    assertEquals(rename?.toFile, `${folders.pub}${rename?.to}`);
  }
});

Deno.test("a pipe that nobody reads stops neither the server nor its end", {
  ignore: Deno.build.os === "windows",
}, async () => {
  await using folders = await tempFolders({ a: "abc" });
  const pipe = `${folders.base}/pipe`;
  await makeFifo(pipe);
  const ftpd = await start([
    ...["--hook", `login,download=${pipe}`, folders.pub],
  ]);
  using control = await ftpd.login();
  // More than a pipe holds (64 KiB).
  for (let at = 0; at < 400; at++) await retrieve(control, "a");
  await control.say("QUIT", 221);
  const reader = await Deno.open(pipe);
  const text = await soon(firstLines(reader, 100), "lines out of the pipe");
  reader.close();
  const events = text.map((line) => JSON.parse(line) as Event);
  assertEquals(events[0]?.event, "login");
  assert(events.slice(1).every(({ event }) => event === "download"));
  assertEquals(await ftpd.stop(), 0);
});

/** The first lines that come out of a pipe. */
async function firstLines(
  pipe: Deno.FsFile,
  count: number,
): Promise<string[]> {
  const decoder = new TextDecoder();
  let text = "";
  const buffer = new Uint8Array(4096);
  while (text.split("\n").length <= count) {
    const length = await pipe.read(buffer);
    if (length === null) break;
    text += decoder.decode(buffer.subarray(0, length), { stream: true });
  }
  return text.split("\n").slice(0, count);
}

Deno.test("a server that stops delivers what waits first", async () => {
  await using folders = await tempFolders({ a: "abc" });
  await using hook = endpoint();
  hook.answers.push(503, 503, 503);
  const ftpd = await start(["--hook", `download=${hook.url}`, folders.pub]);
  using control = await ftpd.login();
  for (let at = 0; at < 10; at++) await retrieve(control, "a");
  await control.say("QUIT", 221);
  assertEquals(await ftpd.stop(), 0);
  const ids = new Set(hook.events.map(({ id }) => id));
  assertEquals(ids.size, 10);
});

Deno.test("a server that stops gives up a hook that does not answer", async () => {
  await using folders = await tempFolders({ a: "abc" });
  await using hook = endpoint();
  hook.answers.push(...Array(100).fill("hang"));
  const ftpd = await start(["--hook", `download=${hook.url}`, folders.pub]);
  using control = await ftpd.login();
  for (let at = 0; at < 3; at++) await retrieve(control, "a");
  await control.say("QUIT", 221);
  assertEquals(await ftpd.stop(), 0);
  assert(ftpd.log.includes("hook-events-lost"), ftpd.log);
});

Deno.test("a reload brings hooks, and takes them away", async () => {
  await using folders = await configFolders({ a: "abc" });
  await using hook = endpoint();
  const account = `[account.ann]
password = "x"
root = ${JSON.stringify(folders.pub)}
`;
  const text = `${account}[[hook]]\non = "download"\nurl = "${hook.url}"\n`;
  await folders.write(account);
  await using ftpd = await start(["--config", folders.config]);
  using control = await ftpd.login("ann");
  await retrieve(control, "a");
  await folders.write(text);
  ftpd.kill("SIGHUP");
  await until(async () => {
    await retrieve(control, "a");
    return hook.events.length > 0 || undefined;
  }, "an event after the reload");
  // Taken away at one place and put up at another, where the next event goes.
  await using other = endpoint();
  await folders.write(text.replace(hook.url, other.url));
  ftpd.kill("SIGHUP");
  await until(async () => {
    await retrieve(control, "a");
    return other.events.length > 0 || undefined;
  }, "an event at the other place");
  const before = hook.events.length;
  await retrieve(control, "a");
  const last = other.events.length;
  await until(() => other.events.length > last || undefined, "one more");
  assertEquals(hook.events.length, before);
});
