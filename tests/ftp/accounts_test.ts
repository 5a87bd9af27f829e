import { assert, assertEquals, assertMatch } from "@std/assert";
import { fateOf, sceneOf } from "./accounts_scene.ts";
import { code } from "./helpers.ts";

const DELAY = "login-delay = 0\nlogin-attempts = 50\n";

/** The same password, hashed by other programs. */
const HASHES: Readonly<Record<string, string>> = {
  openssl:
    "$6$saltsalt$tHqym4gItwkbdcpfdysumMifrTtlK9Rlws0Pz3k/BDRvNK6AdL.hhYQat8X7nkPmPs29vcRqcTe3Nom5Hd1Ge/",
  htpasswd: "$2y$05$Obhq3BZ6FdV.xg/LdfP9puqZeVUjzyGEaTwAtNu7b9zw9nAK8Wuwu",
  apache: "$apr1$abcdefgh$e9KNZAeKRC8vWA4eypWI21",
  sha: "{SHA}/Hrn08gEogcgvDjo5YNQSGibZVE=",
  scrypt:
    "$scrypt$ln=10,r=8,p=2$AAECAwQFBgcICQoLDA0ODw$zuUbwQ6hPAXozBomeYnrnT+2uEQRLWQLgBBPPgMQyNQ",
};
const PASSWORD = "pässwörd 1";

Deno.test("ftpd lets in by hashes that other programs made", async () => {
  const accounts = Object.entries(HASHES).map(([name, hash]) =>
    `[account.${name}]\nhash = "${hash}"\nroot = "DIR/pub"\n`
  );
  await using scene = await sceneOf(DELAY + accounts.join(""));
  const { server } = scene;
  for (const name of Object.keys(HASHES)) {
    assertMatch(await fateOf(server, name, PASSWORD), /^230 /, name);
    for (const wrong of ["passwörd 1", "x", ""]) {
      const fate = await fateOf(server, name, wrong);
      assertEquals(fate, "530 Authentication failed.", `${name} ${wrong}`);
    }
  }
  for (const name of ["nobody", "__proto__", "anonymous", "sha "]) {
    const fate = await fateOf(server, name, PASSWORD);
    assertEquals(fate, "530 Authentication failed.", name);
  }
  const { log } = server;
  assert(!log.includes(PASSWORD) && !/\$6\$|\$2y\$/.test(log), log);
});

Deno.test("ftpd holds accounts to what is said of them", async () => {
  await using scene = await sceneOf(`${DELAY}
    [defaults]
    root = "DIR/pub"
    [account.alice]
    password = "secret"
    greeting = "Hello,\\nAlice!"
    start = "/sub"
    max-sessions = 1
    [account.old]
    password = "secret"
    expires = 2020-01-01
    [account.away]
    hash = "${HASHES.sha}"
    addresses = ["192.0.2.0/24", "2001:db8::/32"]
    [account.here]
    hash = "${HASHES.sha}"
    addresses = ["192.0.2.0/24", "127.0.0.0/8"]
    [account.lost]
    password = "secret"
    start = "/gone"
  `);
  const { server, base } = scene;
  await Deno.mkdir(`${base}/pub/sub`);
  const control = await server.connect();
  await control.say("USER alice", 331);
  const greeting = await control.say("PASS secret", 230);
  assertEquals(greeting, "230-Hello,\nAlice!\n230 Login successful.");
  assertMatch(await control.say("PWD", 257), /"\/sub"/);

  const full = "421 Too many connections of this user.";
  assertEquals(await fateOf(server, "alice", "secret"), full);
  assertEquals(
    await fateOf(server, "alice", "guess"),
    "530 Authentication failed.",
  );
  await control.say("REIN", 220);
  assertMatch(await fateOf(server, "alice", "secret"), /^230/);
  control.close();

  const failed = "530 Authentication failed.";
  assertEquals(await fateOf(server, "old", "secret"), failed);
  assertEquals(await fateOf(server, "away", PASSWORD), failed);
  assertMatch(await fateOf(server, "here", PASSWORD), /^230/);
  assertMatch(await fateOf(server, "lost", "secret"), /^230/);
  for (const said of ["expired", "address", "no-start-folder"]) {
    await server.said(said);
  }
});

Deno.test("an account's sessions are counted over all workers, and given back", async () => {
  await using scene = await sceneOf(
    `[account.alice]
     hash = "${HASHES.sha}"
     root = "DIR/pub"
     max-sessions = 3`,
    ["--workers", "3"],
  );
  const { server } = scene;
  for (let round = 0; round < 3; round++) {
    const all = await Promise.all(Array.from({ length: 9 }, async () => {
      const control = await server.connect();
      await control.say("USER alice", 331);
      return { control, fate: code(await control.say(`PASS ${PASSWORD}`)) };
    }));
    const fates = all.map(({ fate }) => fate).sort();
    assertEquals(fates, [230, 230, 230, 421, 421, 421, 421, 421, 421]);
    for (const { control, fate } of all) {
      if (fate === 230) await control.say("QUIT", 221);
      if (fate === 230) await control.ended();
      control.close();
    }
  }
});

Deno.test("ftpd chooses what is there by HOST", async () => {
  await using scene = await sceneOf(`
    banner = "the server"
    [defaults]
    root = "DIR/pub"
    [account.alice]
    password = "secret"
    [host."a.example"]
    banner = "this is A"
    [host."a.example".account.dora]
    hash = "${HASHES.sha}"
  `);
  const { server } = scene;
  const control = await server.connect();
  assertMatch(await control.say("FEAT", 211), /\n HOST\n/);
  assertEquals(await control.say("HOST c.example"), "504 Unknown host.");
  assertEquals(await control.say("HOST A.example"), "220 this is A");
  await control.login("dora", PASSWORD);
  await control.say("HOST a.example", 503);
  control.close();
  assertEquals(code(await fateOf(server, "dora", PASSWORD)), 530);
  assertEquals(code(await fateOf(server, "alice", "secret")), 230);
});

Deno.test("a drop box takes files from anybody, and shows and gives none", async () => {
  await using scene = await sceneOf(`
    [account.anonymous]
    root = "DIR/pub"
    permissions = ["write"]
    overwrite = false
  `);
  const { server, base } = scene;
  const control = await server.login();
  await control.put("STOR new", "from outside");
  assertEquals(await Deno.readTextFile(`${base}/pub/new`), "from outside");
  for (const line of ["RETR a", "LIST", "NLST", "MLSD", "RETR new"]) {
    await control.passivePort();
    assertEquals(code(await control.say(line)), 550, line);
  }
  for (const line of ["DELE a", "RNFR a", "MKD d", "SIZE a", "MDTM a"]) {
    assertEquals(code(await control.say(line)), 550, line);
  }
  assertEquals(await Deno.readTextFile(`${base}/pub/a`), "abc");
  control.close();
});
