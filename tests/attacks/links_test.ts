/**
 * Class S02 of docs/security.md: links, and folders that are swapped for links
 * while `ftpd` acts.
 */
import { assert, assertEquals } from "@std/assert";
import {
  code,
  type Folders,
  type Ftpd,
  type RawControl,
  startFtpd,
} from "../ftp/helpers.ts";
import { assertUntouched, SECRET, traps, whileSwapping } from "../ftp/traps.ts";
import { many } from "./scale.ts";
import { outcomeOf } from "./session.ts";

function serve({ pub }: Folders, ...args: string[]): Promise<Ftpd> {
  return startFtpd(["--listen", "127.0.0.1:0", ...args, "--write", pub]);
}

Deno.test("Attack S02 links: renaming onto a link takes the link's place, and renames nothing behind it", async () => {
  await using folders = await traps();
  await using ftpd = await serve(folders);
  using control = await ftpd.login();
  for (const link of ["leaf", "absolute", "dangling", "inward", "middle"]) {
    await control.put("STOR new", "new");
    await control.say("RNFR new", 350);
    const reply = await control.say(`RNTO ${link}`);
    assertUntouched(folders);
    if (code(reply) !== 250) continue;
    assertEquals(await control.fetch(`RETR ${link}`), "new");
    assert(Deno.lstatSync(`${folders.pub}/${link}`).isFile, link);
  }
  assertEquals(Deno.readTextFileSync(`${folders.pub}/real/secret`), "harmless");
});

Deno.test("Attack S02 link swap race: listings and sizes show nothing from outside", async () => {
  await using folders = await traps();
  await Deno.writeTextFile(`${folders.base}/outside/only-outside`, SECRET);
  await using ftpd = await serve(folders);
  using control = await ftpd.login();
  const lines = [
    ...["MLSD swapped", "LIST swapped", "NLST swapped/*", "STAT swapped"],
    ...["XSHA256 swapped/secret", "SIZE swapped/secret", "RETR swapped/secret"],
  ];
  const outside = [SECRET, "only-outside", `213 ${SECRET.length}`, await sha()];
  await whileSwapping(folders, async (round) => {
    const line = lines[round % lines.length]!;
    const { reply, data, last } = await outcomeOf(control, line);
    for (const text of [reply, data, last]) {
      const told = outside.find((part) => text.includes(part));
      assertEquals(told, undefined, `${line}: ${text}`);
    }
  }, 490);
});

async function sha(): Promise<string> {
  const bytes = new TextEncoder().encode(SECRET);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return hash.toHex().toUpperCase();
}

Deno.test("Attack S02 link swap race: what another program's links misdirect is rare, and no contents", async () => {
  const ROUNDS = 200;
  await using folders = await traps();
  await using ftpd = await serve(folders);
  using control = await ftpd.login();
  const secret = `${folders.base}/outside/secret`;
  let removed = 0;
  await whileSwapping(folders, async (round) => {
    await outcomeOf(control, "STOR swapped/secret", "harmless");
    await outcomeOf(control, "DELE swapped/secret");
    await control.say(`RNFR swapped/secret`);
    await control.say(`RNTO swapped/secret${round}`);
    if (await Deno.lstat(secret).catch(() => null) !== null) return;
    removed++;
    await Deno.writeTextFile(secret, SECRET);
  }, ROUNDS);
  // Without a look at the real path it would be every fourth.
  assert(removed < ROUNDS / 20, `${removed} of ${ROUNDS} went outside`);
  assertEquals(Deno.readTextFileSync(secret), SECRET);
});

/**
 * A link that leads inside, and outside when its folder is renamed to where
 * there is less above it.
 */
async function bentLink({ base, pub }: Folders): Promise<void> {
  for (const path of ["one/sub", "deep/er/two", "deep/outside"]) {
    await Deno.mkdir(`${pub}/${path}`, { recursive: true });
  }
  await Deno.writeTextFile(`${pub}/one/sub/secret`, "x");
  await Deno.symlink("../../outside", `${pub}/deep/er/two/sub`);
  await Deno.chmod(`${base}/outside/secret`, 0o600);
}

const SWAPS = [
  ...["RNFR one", "RNTO swapped", "RNFR swapped", "RNTO one"],
  ...["RNFR two", "RNTO swapped", "RNFR swapped", "RNTO two"],
];

Deno.test("Attack S02 link swap race: clients alone lead no worker outside, whatever they rename meanwhile", async () => {
  const ROUNDS = many(400, 4000);
  await using folders = await traps();
  await bentLink(folders);
  await using ftpd = await serve(folders, "--workers", "2");
  // The kernel deals connections out: with 6 it is all but sure that both serve.
  const sessions = await Promise.all(
    Array.from({ length: 6 }, () => ftpd.login()),
  );
  const [swapper, ...hitters] = sessions;
  await swapper!.say("RNFR deep/er/two", 350);
  await swapper!.say("RNTO two", 250);
  const secret = `${folders.base}/outside/secret`;
  let over = false;
  const swapping = repeat(swapper!, SWAPS, ROUNDS).finally(() => over = true);
  const hits = await Promise.all(hitters.map(async (control) => {
    let worked = 0;
    while (!over) {
      worked += await repeat(
        control,
        ["SITE CHMOD 644 swapped/sub/secret"],
        50,
      );
      await repeat(
        control,
        ["MKD swapped/sub/made", "RMD swapped/sub/made"],
        5,
      );
    }
    return worked;
  }));
  assertEquals(await swapping, ROUNDS * SWAPS.length, "renamings");
  assert(hits.reduce((a, b) => a + b) > 100, `only ${hits.join()} worked`);
  assertEquals(Deno.statSync(secret).mode! & 0o777, 0o600);
  assertUntouched(folders);
  for (const control of sessions) control.close();
});

/** Says lines so many times in one go; how many were answered with 2xx or 3xx. */
async function repeat(
  control: RawControl,
  lines: readonly string[],
  times: number,
): Promise<number> {
  let worked = 0;
  for (let left = times; left > 0; left -= 10) {
    const some = Array(Math.min(left, 10)).fill(lines).flat();
    await control.send(...some);
    for (let replies = 0; replies < some.length; replies++) {
      if (code(await control.reply()) < 400) worked++;
    }
  }
  return worked;
}
