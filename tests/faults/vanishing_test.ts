import { assert, assertEquals } from "@std/assert";
import {
  type Ftpd,
  type RawControl,
  soon,
  startFtpd,
  tempFolders,
} from "../ftp/helpers.ts";

/** How long a server waits for clients that say nothing, in seconds. */
function patience(seconds: number): string[] {
  const kinds = ["idle", "login", "data", "passive"];
  return kinds.flatMap((kind) => [`--${kind}-timeout`, String(seconds)]);
}

const ARGS = ["--listen", "127.0.0.1:0", "--write", "--workers", "2"];
/** Far more than sockets take while nobody reads. */
const BIG = 24 << 20;
/** Bytes that arrive before an uploader vanishes. */
const UPLOAD = 100_000;
const OLD = "as it was";

/** Sockets of a client that will vanish. */
type Left = (Deno.Conn | Deno.Listener)[];

/** How far clients get before they vanish; what else they have open then. */
const PHASES: Readonly<
  Record<string, (control: RawControl) => Promise<Left>>
> = {
  "before the greeting": () => Promise.resolve([]),
  "behind the greeting": async (control) => {
    await control.expect(220);
    return [];
  },
  "in the middle of a line": async (control) => {
    await control.expect(220);
    await control.write("USER anony");
    return [];
  },
  "behind USER": async (control) => {
    await control.expect(220);
    await control.say("USER anonymous", 331);
    return [];
  },
  "logged in": logIn,
  "behind RNFR": async (control) => {
    await logIn(control);
    await control.say("RNFR small", 350);
    return [];
  },
  "behind EPSV": async (control) => {
    await logIn(control);
    await control.passivePort();
    return [];
  },
  "with a data connection": async (control) => {
    await logIn(control);
    return [await control.passive()];
  },
  "behind RETR, without a data connection": async (control) => {
    await logIn(control);
    await control.passivePort();
    await control.say("RETR small", 150);
    return [];
  },
  "in mid-download": async (control) => {
    await logIn(control);
    const data = await control.passive();
    await control.say("RETR big", 150);
    return [data];
  },
  "in mid-download, active": async (control) => {
    await logIn(control);
    const listener = await control.active();
    await control.say("RETR big", 150);
    return [listener, await listener.accept()];
  },
  "in mid-listing": async (control) => {
    await logIn(control);
    const data = await control.passive();
    await control.say("LIST -R", 150);
    return [data];
  },
  "in mid-upload": async (control) => {
    await logIn(control);
    const data = await control.passive();
    await control.say("STOR new", 150);
    await data.write(new Uint8Array(UPLOAD));
    return [data];
  },
  "in mid-upload over an old file": async (control) => {
    await logIn(control);
    const data = await control.passive();
    await control.say("STOR small", 150);
    await data.write(new Uint8Array(UPLOAD));
    return [data];
  },
  "in mid-HASH": async (control) => {
    await logIn(control);
    await control.send("HASH big");
    return [];
  },
  "behind many commands, without reading": async (control) => {
    await logIn(control);
    await control.send(...Array<string>(200).fill("FEAT"));
    return [];
  },
};

async function logIn(control: RawControl): Promise<Left> {
  await control.expect(220);
  await control.login();
  return [];
}

/** How clients vanish. What stays open is closed when the server has done. */
const WAYS: Readonly<
  Record<string, (control: RawControl, left: Left) => Promise<void>>
> = {
  "fall silent": () => Promise.resolve(),
  "end their sending halves (FIN)": async (control, left) => {
    const conns = [control.conn, ...left.filter(isConn)];
    for (const conn of conns) await conn.closeWrite();
  },
  "close their connections": (control, left) => {
    closeAll(control, left);
    return Promise.resolve();
  },
  "close the control connection only": (control) => {
    control.close();
    return Promise.resolve();
  },
};

for (const [way, vanish] of Object.entries(WAYS)) {
  Deno.test(`clients that ${way} in any phase leave nothing in the server`, async () => {
    await using folders = await tempFolders({ small: OLD });
    const { pub } = folders;
    await Deno.truncate(await emptyFile(`${pub}/big`), BIG);
    // Whoever says goodbye is known to be gone, whatever the time-outs are.
    const seconds = way === "fall silent" ? 4 : 60;
    const args = [...ARGS, ...patience(seconds), pub];
    await using ftpd = await startFtpd(args);
    const before = await descriptors(ftpd);
    const clients = await Promise.all(
      Object.values(PHASES).map(async (reach) => {
        const control = await ftpd.connect({ greeting: false });
        const left = await reach(control);
        await vanish(control, left);
        return { control, left };
      }),
    );
    await soon(allGone(ftpd, clients.length), "the end of all sessions");
    await soon(until(async () => await descriptors(ftpd) <= before), "it");
    for (const { control, left } of clients) closeAll(control, left);
    assert(!ftpd.log.includes("ERROR"), ftpd.log);
    assertEquals(wrongIn(pub, MAY_BE_WHOLE.has(way)), []);
    using control = await ftpd.login();
    assertEquals((await control.fetch("RETR big")).length, BIG);
  });
}

/** Ways in which an upload may have been complete a moment before. */
const MAY_BE_WHOLE = new Set([
  "end their sending halves (FIN)",
  "close their connections",
]);

/** What clients left besides what was there, and whole uploads. */
function wrongIn(folder: string, mayBeWhole: boolean): string[] {
  const wrong: string[] = [];
  for (const { name } of Deno.readDirSync(folder)) {
    const { size } = Deno.statSync(`${folder}/${name}`);
    const isOld = name === "big" || name === "small" && size === OLD.length;
    const isWhole = ["new", "small"].includes(name) && size === UPLOAD;
    if (!isOld && !(isWhole && mayBeWhole)) wrong.push(`${name}: ${size}`);
  }
  return wrong;
}

function isConn(one: Deno.Conn | Deno.Listener): one is Deno.Conn {
  return "closeWrite" in one;
}

/** Closes what is open; what was closed before is as well. */
function closeAll(control: RawControl, left: Left): void {
  control.close();
  for (const one of left) {
    try {
      one.close();
    } catch { /* It was closed before. */ }
  }
}

async function emptyFile(path: string): Promise<string> {
  await Deno.writeFile(path, new Uint8Array());
  return path;
}

/** Waits until so many sessions, and all that there are, have ended. */
async function allGone(ftpd: Ftpd, count: number): Promise<void> {
  const ended = () => ftpd.log.match(/ disconnected /g)?.length ?? 0;
  await until(() => Promise.resolve(ended() >= count));
}

/** Looks until it is so; `soon` ends it. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 20_000;
  while (!await isSo() && performance.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert(await isSo());
}

/** Open descriptors of the server; none where nobody tells. */
async function descriptors({ pid }: Ftpd): Promise<number> {
  if (Deno.build.os !== "linux") return 0;
  const { stdout } = await new Deno.Command("ls", {
    args: [`/proc/${pid}/fd`],
  }).output();
  return new TextDecoder().decode(stdout).trim().split("\n").length;
}
