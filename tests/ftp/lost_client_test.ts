import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  type Folders,
  type Ftpd,
  soon,
  startFtpd,
  tempFolders,
} from "./helpers.ts";

const ANY = ["--listen", "127.0.0.1:0", "--write"];
const BIG = new Uint8Array(16 << 20).fill(66);

/** A client that resets its connections after one of these steps. */
const RESETTER = `
import re, socket, struct, sys
port, stage = int(sys.argv[1]), sys.argv[2]
def connect(port):
    s = socket.create_connection(("127.0.0.1", port), 10)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return s
control = connect(port)
lines = control.makefile("rb")
open_now = [control]
def reset():
    lines.close()
    for s in open_now: s.close()
    sys.exit(0)
def say(line):
    control.sendall(line.encode() + b"\\r\\n")
    return lines.readline().decode()
if stage == "connect": reset()
lines.readline()
if stage == "greeting": reset()
say("USER anonymous")
if stage == "USER": reset()
say("PASS x"); say("TYPE I")
if stage == "login": reset()
told = say("EPSV")
if stage == "EPSV": reset()
data = connect(int(re.search(r"\\|(\\d+)\\|", told)[1]))
open_now.append(data)
if stage == "data": reset()
if stage == "RETR":
    say("RETR big"); data.recv(1000); reset()
if stage == "LIST":
    say("LIST"); reset()
if stage == "control of RETR":
    say("RETR big"); open_now.remove(data); reset()
if stage == "ABOR":
    say("RETR big"); control.sendall(b"ABOR\\r\\nABOR\\r\\nPWD\\r\\n"); reset()
say("STOR old"); data.sendall(b"new" * 1000)
if stage == "STOR": reset()
if stage == "data of STOR":
    data.close(); open_now.remove(data)
    assert lines.readline().startswith(b"426"); reset()
if stage == "control of STOR":
    open_now.remove(data); reset()
if stage == "before 226":
    data.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 0, 0))
    data.close(); open_now.remove(data); reset()
sys.exit("no such stage: " + stage)
`;

const STAGES = [
  ...["connect", "greeting", "USER", "login", "EPSV", "data", "LIST"],
  ...["RETR", "control of RETR", "ABOR", "STOR", "data of STOR"],
  ...["control of STOR"],
];

Deno.test("a client may reset its connections at every stage, and nothing is left", async () => {
  await using folders = await tempFolders({ big: BIG, old: "old" });
  await using ftpd = await startFtpd([...ANY, folders.pub]);
  for (const stage of STAGES) {
    for (let times = 0; times < 3; times++) await reset(ftpd, stage);
  }
  await sessionsOver(ftpd);
  assert(!ftpd.log.includes("ERROR"), ftpd.log);
  assertEquals(names(folders), ["big", "old"]);
  assertEquals(Deno.readTextFileSync(`${folders.pub}/old`), "old");
  using control = await ftpd.login();
  assertEquals((await control.fetch("RETR big")).length, BIG.length);
});

Deno.test("a reset before 226 leaves the whole old file, or the whole new one", async () => {
  await using folders = await tempFolders({ old: "old" });
  await using ftpd = await startFtpd([...ANY, folders.pub]);
  for (let times = 0; times < 10; times++) {
    await reset(ftpd, "before 226");
    await sessionsOver(ftpd);
    assertEquals(names(folders), ["old"]);
    const { size } = Deno.statSync(`${folders.pub}/old`);
    assert(size === 3 || size === 3000, `${size} bytes`);
  }
});

Deno.test("a client killed in mid-upload leaves nothing, and harms no older file", async () => {
  await using folders = await tempFolders({ old: "old", big: BIG });
  await using ftpd = await startFtpd([...ANY, folders.pub]);
  for (const name of ["old", "new"]) {
    const client = uploader(ftpd, `${folders.pub}/big`, name);
    await soon(partFile(folders), "the upload's beginning");
    client.kill("SIGKILL");
    await client.status;
    await sessionsOver(ftpd);
    assertEquals(names(folders), ["big", "old"]);
    assertEquals(Deno.readTextFileSync(`${folders.pub}/old`), "old");
  }
  assertMatch(ftpd.log, /verb=STOR path=\/new .*result=aborted/);
});

Deno.test("a server killed in mid-upload leaves nothing that a client can see", async () => {
  await using folders = await tempFolders({ old: "old", big: BIG });
  const killed = await startFtpd([...ANY, folders.pub]);
  for (const name of ["old", "new"]) {
    const control = await killed.login();
    using data = await control.passive();
    await control.say(`STOR ${name}`, 150);
    await data.write(new Uint8Array(1000));
    control.close();
  }
  using control = await killed.login();
  using data = await control.passive();
  await control.say("STOR old", 150);
  await data.write(new Uint8Array(100_000));
  killed.kill("SIGKILL");
  assertEquals((await soon(killed.status, "the end")).signal, "SIGKILL");
  await control.ended();
  await killed.stop();

  await using ftpd = await startFtpd([...ANY, folders.pub]);
  using again = await ftpd.login();
  assertEquals(await again.fetch("NLST -a"), "big\r\nold\r\n");
  assertEquals(await again.fetch("RETR old"), "old");
  assertMatch(await again.put("STOR old", "newer"), /^226 /);
  assertEquals(await again.fetch("RETR old"), "newer");
});

Deno.test("a root that is deleted and made again is served again", async () => {
  await using folders = await tempFolders({ a: "first" });
  const { pub } = folders;
  await using ftpd = await startFtpd([...ANY, pub]);
  using control = await ftpd.login();
  assertEquals(await control.fetch("RETR a"), "first");
  await Deno.remove(pub, { recursive: true });
  await control.say("SIZE a", 550);
  await control.passivePort();
  await control.say("LIST", 550);
  await control.passivePort();
  assertMatch(await control.say("STOR a"), /^5/);
  await control.say("MKD b", 550);
  await control.say("NOOP", 200);
  await Deno.mkdir(pub);
  await Deno.writeTextFile(`${pub}/a`, "second");
  assertEquals(await control.fetch("RETR a"), "second");
  assertMatch(await control.put("STOR b", "third"), /^226 /);
});

async function reset({ ports }: Ftpd, stage: string): Promise<void> {
  const { success, stderr } = await new Deno.Command("python3", {
    args: ["-c", RESETTER, String(ports[0]), stage],
    stdout: "null",
    stderr: "piped",
  }).output();
  assert(success, `${stage}: ${new TextDecoder().decode(stderr)}`);
}

/** Waits until every session has been logged out. */
async function sessionsOver(ftpd: Ftpd): Promise<void> {
  const number = /session=(\d+)/;
  using last = await ftpd.connect();
  await last.say("QUIT", 221);
  await last.ended();
  const isOver = () => {
    const lines = ftpd.log.split("\n");
    const count = (event: string) =>
      new Set(
        lines.filter((line) => line.includes(` ${event} `))
          .map((line) => number.exec(line)?.[1]),
      ).size;
    return count("connected") === count("disconnected");
  };
  await soon(until(isOver), "the end of all sessions");
}

/** Looks until it is so; {@linkcode soon} ends it. */
async function until(isSo: () => boolean): Promise<void> {
  const end = performance.now() + 10_000;
  while (!isSo() && performance.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert(isSo());
}

/** The upload is well under way: it has been running for 0.2 s and more. */
function partFile(folders: Folders): Promise<void> {
  return until(() =>
    names(folders).some((name) =>
      name.startsWith(".wharf-") &&
      Deno.statSync(`${folders.pub}/${name}`).size > 200_000
    )
  );
}

function names({ pub }: Folders): string[] {
  return Array.from(Deno.readDirSync(pub), ({ name }) => name).sort();
}

/** A child that sends 1 MB a second. */
function uploader(
  { ports }: Ftpd,
  file: string,
  name: string,
): Deno.ChildProcess {
  const url = `ftp://127.0.0.1:${ports[0]}/${name}`;
  return new Deno.Command("curl", {
    args: ["--silent", "--limit-rate", "1M", "--upload-file", file, url],
    stdout: "null",
    stderr: "null",
  }).spawn();
}
