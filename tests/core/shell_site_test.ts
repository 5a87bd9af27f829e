import { assertEquals, assertRejects } from "@std/assert";
import { ShellError } from "../../client/ftp/shell/failure.ts";
import { openSite } from "../../client/ftp/shell/site.ts";
import { parseFtpUrl } from "../../client/ftp/url.ts";
import { createTerminal, type Terminal } from "../../lib/terminal/mod.ts";
import { HOME, type ShellStage, withShell } from "./shell_harness.ts";

const GOING = new AbortController().signal;
const NETRC = `${HOME}/.netrc`;

/** Logs in and leaves; gives what was said to the server. */
async function loggedIn(
  { shell, server }: ShellStage,
  url = "ftp://192.0.2.1",
): Promise<string[]> {
  const { pool } = await openSite(shell, parseFtpUrl(url), GOING);
  await pool.close();
  return server.commands.filter((line) => /^(USER|PASS)/.test(line));
}

/** Somebody who types Ctrl-D at once. */
function nobody(): Terminal {
  return createTerminal({
    keyboard: true,
    display: "plain",
    color: false,
    size: () => ({ columns: 80, rows: 24 }),
    onResize: () => () => {},
    setRaw: () => {},
    read: () => Promise.resolve(null),
    write: () => {},
  });
}

Deno.test("openSite() is cancelled where the user is not told", () => {
  const options = {
    connected: false,
    terminal: nobody(),
    access: { unasked: false },
  };
  return withShell(options, async (stage) => {
    const { kind } = await assertRejects(() => loggedIn(stage), ShellError);
    assertEquals(kind, "cancelled");
    assertEquals(stage.server.commands, []);
  });
});

const AT_HOME = { connected: false, env: { HOME } };

Deno.test("openSite() logs in as .netrc says", () =>
  withShell(AT_HOME, async (stage) => {
    stage.machine.texts.set(
      NETRC,
      "machine 192.0.2.1 login alice password secret",
    );
    assertEquals(await loggedIn(stage), ["USER alice", "PASS secret"]);
  }));

Deno.test("openSite() asks for the password that .netrc does not have", () =>
  withShell(AT_HOME, async (stage) => {
    stage.machine.texts.set(NETRC, "machine 192.0.2.1 login alice");
    const { kind } = await assertRejects(() => loggedIn(stage), ShellError);
    assertEquals(kind, "login");
    assertEquals(stage.server.commands, []);
  }));

Deno.test("openSite() demands no password of who shows a certificate", () => {
  const certificate = { cert: "", key: "" };
  const options = { ...AT_HOME, tls: { trust: { certificate } } };
  return withShell(options, async (stage) => {
    // This server wants one all the same, and says so.
    const login = () => loggedIn(stage, "ftp://alice@192.0.2.1");
    await assertRejects(login, Error, "PASS");
    assertEquals(stage.server.count("PASS"), 1);
  });
});

Deno.test("openSite() knows an empty password from none", () =>
  withShell(AT_HOME, async (stage) => {
    const empty = 'machine 192.0.2.1 login alice password ""';
    stage.machine.texts.set(NETRC, empty);
    await assertRejects(() => loggedIn(stage), Error, "PASS");
    assertEquals(stage.server.count("PASS"), 1);
  }));
