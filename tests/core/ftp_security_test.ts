import { assertEquals } from "@std/assert";
import { dialogue, speak } from "./ftp_dialogue.ts";
import { startAlice, startSession } from "./ftp_harness.ts";
import { AUTH, LOGIN, PRIVATE, TLS } from "./ftp_tls_lines.ts";

const REQUIRED = { tls: { policy: "required" } } as const;

const NO_CONTROL = "550 SSL/TLS required on the control channel.";

const NO_DATA = "550 SSL/TLS required on the data channel.";

Deno.test("PBSZ and PROT need TLS, PROT needs PBSZ", async () => {
  const pbsz = "503 PBSZ not allowed on insecure control connection.";
  const prot = "503 PROT not allowed on insecure control connection.";
  await dialogue([
    ...["PBSZ 0", pbsz, "PROT P", prot, ...AUTH, "PROT P"],
    ...["503 Use PBSZ before PROT.", ...PRIVATE, "PROT C", "200"],
  ], TLS);
});

const SIZES: [string, string][] = [
  ["0", "200 PBSZ=0 successful."],
  ["16384", "200 PBSZ=0 successful."],
  ["4294967295", "200 PBSZ=0 successful."],
  ["4294967296", "501 Invalid parameter."],
  ["-1", "501 Invalid parameter."],
  ["0x10", "501 Invalid parameter."],
  ["much", "501 Invalid parameter."],
];

const LEVELS: [string, string][] = [
  ["P", "200 Protection set to Private."],
  ["p", "200 Protection set to Private."],
  ["C", "200 Protection set to Clear."],
  ["S", "536 PROT S unsupported; use C or P."],
  ["E", "536 PROT E unsupported; use C or P."],
  ["X", "504 Unrecognized PROT type; use C or P."],
  ["PP", "504 Unrecognized PROT type; use C or P."],
];

const PARAMETERS = [
  ...SIZES.map(([size, reply]) => [`PBSZ ${size}`, reply]),
  ...LEVELS.map(([level, reply]) => [`PROT ${level}`, reply]),
] as [string, string][];

for (const [line, reply] of PARAMETERS) {
  Deno.test(`${line} is answered with ${reply.slice(0, 3)}`, async () => {
    await dialogue([...AUTH, "PBSZ 0", "200", line, reply], TLS);
  });
}

Deno.test("TLS required: no login, and no data, without it", async () => {
  await dialogue([
    ...["FEAT", "211", "USER alice", NO_CONTROL, "PASS secret", "503"],
    ...[...AUTH, ...LOGIN, "PWD", "257", "EPSV", NO_DATA, "PASV", NO_DATA],
    ...["PORT 192,0,2,1,200,1", NO_DATA, "EPRT |1|192.0.2.1|51201|", NO_DATA],
    ...[...PRIVATE, "PROT C", "534", "EPSV", "229", "CCC", "534"],
  ], REQUIRED);
});

Deno.test("users may be asked for TLS where others are not, and the other way", async () => {
  const demands = { alice: "required" } as const;
  await dialogue([
    ...["USER alice", NO_CONTROL, "USER nobody", "331", "USER bob", "331"],
    ...["PASS hidden", "230", "EPSV", "229"],
  ], { ...TLS, demands });
  await dialogue([
    ...[...AUTH, ...LOGIN, "EPSV", NO_DATA, ...PRIVATE, "EPSV", "229"],
  ], { ...TLS, demands });
  await dialogue([
    ...["USER bob", NO_CONTROL, "USER anonymous", "331", "PASS x", "230"],
    ...["EPSV", "229"],
  ], { ...REQUIRED, demands: { anonymous: "optional" } });
});

Deno.test("a user who must use TLS can't come in where nobody speaks it", async () => {
  await dialogue(["USER alice", NO_CONTROL, "USER bob", "331"], {
    demands: { alice: "required" },
  });
});

Deno.test("accounts that demand TLS are refused even when nobody foresaw it", async () => {
  const account = await startAlice();
  const { fs } = account;
  await account.finish();
  await dialogue(
    ["USER alice", "331", "PASS secret", NO_CONTROL, "PWD", "530"],
    {
      ...TLS,
      policy: {
        authenticate: () => ({ name: "a", fs, write: false, tls: "required" }),
      },
    },
  );
});

Deno.test("USER lets in who has the user's certificate, where that counts", async () => {
  const start = async (certificate: string, loginByCertificate = true) => {
    const client = await startSession({ tls: { loginByCertificate } });
    await client.ask("AUTH TLS");
    client.startTls({ certificate });
    return client;
  };
  const client = await start("alice");
  await speak(client, [
    ...["USER bob", "331", "USER alice", "232 User logged in", "PWD", "257"],
    ...["PASS secret", "503 User already authenticated."],
  ]);
  assertEquals(client.logged("login")[0]?.by, "certificate");
  assertEquals(client.logged("secured")[0]?.certificate, "alice");
  await speak(await start("bob"), ["USER alice", "331", "PASS x", "530"]);
  await speak(await start("nobody"), ["USER nobody", "331", "PASS", "530"]);
  await speak(await start("alice", false), ["USER alice", "331"]);
});

Deno.test("STAT tells what is protected", async () => {
  await dialogue([
    ...["STAT", "211 … Control connection: plain text; data: clear"],
    ...[...AUTH, ...LOGIN, ...PRIVATE],
    ...["STAT", "211 … Control connection: TLS 1.3; data: private"],
  ], TLS);
});

Deno.test("without TLS its verbs are not there, and FEAT tells nothing of it", async () => {
  const client = await startSession();
  for (const verb of ["AUTH TLS", "PBSZ 0", "PROT P", "CCC", "AUTH", "CCC x"]) {
    const word = verb.split(" ")[0];
    assertEquals(
      await client.ask(verb),
      `502 Command "${word}" not implemented. This server has no certificate.`,
    );
    assertEquals((await client.ask(`HELP ${word}`)).slice(0, 3), "501");
  }
  for (const verb of ["FEAT", "HELP", "STAT"]) {
    const said = await client.ask(verb);
    assertEquals(/AUTH|PBSZ|PROT|CCC|TLS/.test(said), false, said);
  }
  await client.finish();
});

Deno.test("with TLS, FEAT tells what clients look for", async () => {
  const lines = ["AUTH TLS", "AUTH SSL", "PBSZ", "PROT", "CCC"];
  await dialogue(
    lines.flatMap((line) => ["FEAT", `211 …  ${line}\n`]),
    TLS,
  );
});
