import { assert, assertEquals, assertFalse } from "@std/assert";
import { join } from "node:path";
import { makeFile } from "./files.ts";
import { interopTest, placeOf, type Scene } from "./interop.ts";
import { withFtp } from "./ftp_pane.ts";

const MIB = 1 << 20;
/** How a terminal was before. */
const COOKED = "icanon echo";

/** The URL of the server, for a user. */
function urlFor({ ftpd }: Scene, user = "anonymous"): string {
  const { host, port } = placeOf(ftpd);
  return `ftp://${user}@${host}:${port}`;
}

interopTest("tmux", "ftp edits lines and goes back to them", async (scene) => {
  await withFtp([], scene, async (pane) => {
    await pane.asks("ftp>");
    await pane.type("echo helo\x1b[Dl\r"); // Left, and the missing letter.
    await pane.shows("\nhello\nftp>");
    await pane.type("echo one two\x17three\r"); // Ctrl-W cuts a word.
    await pane.shows("\none three\nftp>");
    await pane.type("\x1b[A\x1b[A\r"); // Up, up.
    await pane.shows("\none three\nftp> echo hello\nhello\nftp>");
    await pane.type("\x12one\r"); // Ctrl-R finds it.
    await pane.until(
      (screen) => screen.split("\none three\n").length === 3,
      "the line that was found",
    );
    await pane.asks("ftp>");
    await pane.type("echo never\x03"); // Ctrl-C clears the line.
    await pane.type("exit\r");
    assertEquals(await pane.ended(), `0 ${COOKED}`);
  });
});

interopTest(
  "tmux",
  "ftp goes on after mistakes and ends at Ctrl-D",
  async (scene) => {
    await withFtp([], scene, async (pane) => {
      await pane.asks("ftp>");
      await pane.type("nonsense\rget a\r");
      await pane.shows('ftp: there is no command "nonsense"');
      await pane.shows("ftp: not connected");
      await pane.asks("ftp>");
      await pane.type("\x04");
      assertEquals(await pane.ended(), `0 ${COOKED}`);
    });
  },
);

interopTest(
  "tmux",
  "ftp completes verbs, remote and local names",
  async (scene) => {
    const { served, local } = scene;
    await Deno.mkdir(join(served, "album"));
    await Deno.writeTextFile(join(served, "album", "one  two.txt"), "x");
    await Deno.writeTextFile(join(local, "upload me.txt"), "yes");
    await withFtp([urlFor(scene)], scene, async (pane) => {
      await pane.asks("ftp 127.0.0.1:~>");
      await pane.type("cd al\t");
      await pane.shows("cd album/");
      await pane.type("\r");
      await pane.asks("ftp 127.0.0.1:/album>");
      await pane.type("get o\t");
      await pane.shows("get 'one  two.txt'");
      await pane.type("\r");
      await pane.asks("ftp 127.0.0.1:/album>");
      await pane.type("put up\t");
      await pane.shows("put 'upload me.txt'");
      await pane.type("\r");
      await pane.asks("ftp 127.0.0.1:/album>");
      await pane.type("umas\t");
      await pane.shows("> umask");
      await pane.type("\x15bye\r");
      assertEquals(await pane.ended(), `0 ${COOKED}`);
    });
    assertEquals(await Deno.readTextFile(join(local, "one  two.txt")), "x");
    const sent = join(served, "album", "upload me.txt");
    assertEquals(await Deno.readTextFile(sent), "yes");
  },
);

interopTest(
  "tmux",
  "ftp cancels a transfer at Ctrl-C and stays connected",
  async (scene) => {
    const { served, local } = scene;
    await makeFile(join(served, "big"), 4 * MIB);
    await Deno.writeTextFile(join(served, "small"), "x");
    const slow = ["--limit-rate", "100k", urlFor(scene)];
    await withFtp(slow, scene, async (pane) => {
      await pane.asks("ftp 127.0.0.1:~>");
      await pane.type("reget big\r");
      await pane.until((screen) => /big .*KiB\/s/.test(screen), "progress");
      await pane.type("\x03");
      await pane.shows("cancelled");
      await pane.asks("ftp 127.0.0.1:~>");
      await pane.type("get small\r");
      await pane.asks("ftp 127.0.0.1:~>");
      await pane.type("status\r");
      await pane.shows("Connected to ftp://anonymous@127.0.0.1");
      await pane.type("bye\r");
      assertEquals(await pane.ended(), `0 ${COOKED}`);
    });
    assertEquals(await Deno.readTextFile(join(local, "small")), "x");
    const { size } = await Deno.stat(join(local, "big.part"));
    assert(size > 0 && size < 4 * MIB, `part of ${size} bytes`);
  },
);

const BOB = ["--user", "bob:hush7:rw", "--login-delay", "0"];

interopTest(
  "tmux",
  "ftp asks for a password and shows it nowhere",
  async (scene) => {
    await withFtp([urlFor(scene, "bob")], scene, async (pane) => {
      await pane.shows("Password for ftp://bob@127.0.0.1");
      await pane.type("wrong7\r");
      await pane.shows("530");
      await pane.asks("ftp>");
      await pane.type(`open ${urlFor(scene, "bob")}\r`);
      await pane.until(
        (screen) => screen.split("Password for").length === 3,
        "the second question",
      );
      await pane.type("hush7\r");
      await pane.asks("ftp bob@127.0.0.1:~>");
      await pane.type("user bob hush7\r");
      await pane.shows("user bob hush7\nConnected");
      await pane.asks("ftp bob@127.0.0.1:~>");
      await pane.type("bye\r");
      await pane.ended();
      const screen = await pane.shows("ended");
      assertEquals(screen.split("hush7").length, 2, "once, where it was typed");
      assertFalse(screen.includes("wrong7"), screen);
    });
    const kept = await Deno.readTextFile(
      join(scene.home, ".local/state/wharf/ftp_history"),
    );
    assertEquals(kept, `open ${urlFor(scene, "bob")}\nbye\n`);
  },
  { ftpd: BOB },
);

interopTest(
  "tmux",
  "ftp leaves the terminal as it was at SIGTERM",
  async (scene) => {
    const { served, local } = scene;
    await makeFile(join(served, "big"), 4 * MIB);
    await withFtp([], scene, async (pane) => {
      await pane.asks("ftp>");
      await pane.kill("SIGTERM");
      assertEquals(await pane.ended(), `130 ${COOKED}`);
    });
    const slow = ["--limit-rate", "100k", urlFor(scene)];
    await withFtp(slow, scene, async (pane) => {
      await pane.asks("ftp 127.0.0.1:~>");
      await pane.type("reget big\r");
      await pane.until((screen) => /big .*KiB\/s/.test(screen), "progress");
      await pane.kill("SIGTERM");
      assertEquals(await pane.ended(), `130 ${COOKED}`);
    });
    assert((await Deno.stat(join(local, "big.part"))).size > 0);
  },
);

interopTest(
  "tmux",
  "ftp runs jobs in the background and warns at the end",
  async (scene) => {
    await makeFile(join(scene.served, "big"), 4 * MIB);
    const slow = ["--limit-rate", "100k", urlFor(scene)];
    await withFtp(slow, scene, async (pane) => {
      await pane.asks("ftp 127.0.0.1:~>");
      await pane.type("queue get big\r");
      await pane.shows("[1] get big");
      await pane.type("bye\r");
      await pane.shows("1 job runs in the background; bye again stops it");
      await pane.type("bye\r");
      assertEquals(await pane.ended(), `0 ${COOKED}`);
    });
  },
);
