import { assert, assertEquals } from "@std/assert";
import { type Ftpd, startFtpd } from "./helpers.ts";
import { configFolders, reload } from "./reload_tool.ts";
import { CLOSED_PORT } from "../net/ports.ts";

const SPY = [
  ...[Deno.execPath(), "run", "--quiet", "--no-prompt", "-P=ftpd"],
  "tests/ftp/orders_spy.ts",
];

/** What each thread was told, by the file of its module. */
function ordersTo(file: string, { log }: Ftpd): string[] {
  return log.split("\n").filter((line) => line.startsWith(`order ${file} `));
}

/** The log without what the spy wrote. */
function ownLines({ log }: Ftpd): string {
  return log.split("\n").filter((line) => !line.startsWith("order "))
    .join("\n");
}

Deno.test("no secret of the configuration is told to a worker or in a log, also after reloads", async () => {
  await using folders = await configFolders();
  const { pub } = folders;
  const other = await folders.folder("other");
  const hash = "{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=";
  const port = CLOSED_PORT;
  const config = (banner: string, root: string) => `
    banner = "${banner}"
    auth-url = "http://auth:hush1@127.0.0.1:${port}/hush2"
    auth-root = ${JSON.stringify(pub)}
    auth-authorization = "Bearer hush3"
    [account.ann]
    password = "hush4"
    root = ${JSON.stringify(root)}
    [account.bob]
    hash = "${hash}"
    root = ${JSON.stringify(pub)}
    [host."h.example".account.zoe]
    password = "hush5"
    root = ${JSON.stringify(pub)}
    [[hook]]
    on = ["login", "login-failed"]
    url = "http://hook:hush6@127.0.0.1:${port}/hush7?hush8"
    authorization = "Bearer hush9"
  `;
  const secrets = [
    hash,
    ...Array.from({ length: 9 }, (_, at) => `hush${at + 1}`),
  ];
  const secretsIn = (text: string) =>
    secrets.filter((secret) => text.includes(secret));

  await folders.write(config("One.", pub));
  const args = ["--config", folders.config, "--listen", "127.0.0.1:0"];
  await using ftpd = await startFtpd([...args, "--login-delay", "0"], {
    program: SPY,
  });
  const visit = async (user: string, password: string, code: number) => {
    using control = await ftpd.connect();
    await control.say(`USER ${user}`, 331);
    await control.say(`PASS ${password}`, code);
  };
  await visit("ann", "hush4", 230);
  await visit("bob", "wrong", 530);
  await visit("nobody", "x", 421);
  await ftpd.said("hook-failed");
  await folders.write(config("Two.", pub));
  await reload(ftpd);
  await visit("ann", "hush4", 230);
  await folders.write(config("Three.", other));
  await reload(ftpd);
  await visit("ann", "hush4", 230);

  const worker = ordersTo("worker.ts", ftpd);
  const kinds = ["start", "settings"].map((kind) =>
    worker.filter((line) => line.includes(`{"kind":"${kind}"`)).length
  );
  assertEquals(kinds[0], 2, "one worker, and one for the new folder");
  assert(kinds[1]! >= 1, "a reload in place");
  assertEquals(secretsIn(worker.join("\n")), []);
  assertEquals(secretsIn(ownLines(ftpd)), []);
  // They went where they belong.
  const registrar = secretsIn(ordersTo("registrar.ts", ftpd).join("\n"));
  assert(registrar.includes(hash) && registrar.includes("hush3"));
  assert(!registrar.includes("hush9"));
  const herald = secretsIn(ordersTo("herald.ts", ftpd).join("\n"));
  assertEquals(herald, ["hush6", "hush7", "hush8", "hush9"]);
});
