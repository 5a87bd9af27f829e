/**
 * The servers of the benchmark with an account in the place of anonymous
 * users, who are given less by most of them. The account is one of the server
 * alone: the users of the system stay as they are.
 *
 * @module
 */

import { dirname, join } from "node:path";
import { which } from "../bench/programs.ts";
import {
  type Candidate,
  findServers,
  isFound,
  type Missing,
  type Place,
  PYFTPDLIB_MAIN,
  type Recipe,
} from "../bench/servers.ts";

/** Who may log in; the password has what is special in URLs. */
export const ACCOUNT = { user: "bob", password: "s3cr@t/word" } as const;

/** The password, as crypt(3) writes it. */
const HASH =
  "$6$wharf$Di6N8ExPc5LRYMt4dSuw2yGpnEIuSi25xSmv9hz6QA6jhGbAzr2AFU2sO0/k9NHvhfHhx796EGYsJAJNU6YyN.";

/** The system's user and group without any rights. */
const NOBODY = 65534;

/** How each server is given the account. */
const RECIPES: ReadonlyMap<
  string,
  (program: string, place: Required<Place>) => Promise<Recipe>
> = new Map([
  ["vsftpd", vsftpd],
  ["ProFTPD", proftpd],
  ["Pure-FTPd", pureFtpd],
  ["pyftpdlib", pyftpdlib],
]);

/**
 * Every server of others that can be given an account. Its root is the served
 * folder, which has to be writable for everybody.
 */
export async function findAccountServers(): Promise<(Candidate | Missing)[]> {
  const servers = await Promise.all((await findServers()).map(withAccount));
  return servers.flat();
}

async function withAccount(
  server: Candidate | Missing,
): Promise<(Candidate | Missing)[]> {
  const recipe = RECIPES.get(server.name);
  if (recipe === undefined) return [];
  if (!isFound(server)) return [server];
  const { name, program } = server;
  if (Deno.uid() !== 0) return [{ name, reason: "it must be started by root" }];
  if (name === "Pure-FTPd" && await purePw(program) === undefined) {
    return [{ name, reason: "its program pure-pw is not there" }];
  }
  const prepare = (place: Place) =>
    recipe(program, { hostname: "127.0.0.1", ...place });
  return [{ ...server, account: ACCOUNT, prepare }];
}

const VSFTPD_PAM =
  "auth required pam_unix.so\naccount required pam_permit.so\n";

const VSFTPD_MOUNTS = `mount --bind "$1" /etc/pam.d &&
mount --bind "$2" /etc/passwd && mount --bind "$3" /etc/shadow &&
shift 3 && exec "$@"`;

/**
 * Its accounts are those of the system, so it runs in a mount name space of
 * its own, where the system has our account and no other.
 */
async function vsftpd(
  program: string,
  { folder, scratch, port, hostname }: Required<Place>,
): Promise<Recipe> {
  const at = (name: string) => join(scratch, name);
  const [pam, config] = [at("pam.d"), at("vsftpd.conf")];
  const [users, shadow] = [at("passwd"), at("shadow")];
  for (const path of [pam, at("empty")]) await Deno.mkdir(path);
  await Deno.writeTextFile(join(pam, "wharf"), VSFTPD_PAM);
  const system = `root:x:0:0::/:/bin/false\nnobody:${passwd("x", "/")}`;
  const account = `${ACCOUNT.user}:${passwd("x", folder)}`;
  await Deno.writeTextFile(users, system + account);
  await writeSecret(shadow, `${ACCOUNT.user}:${HASH}:19000:0:99999:7:::\n`);
  const listen = hostname.includes(":")
    ? `listen=NO\nlisten_ipv6=YES\nlisten_address6=${hostname}`
    : `listen=YES\nlisten_address=${hostname}`;
  await Deno.writeTextFile(
    config,
    `${listen}
listen_port=${port}
background=NO
secure_chroot_dir=${at("empty")}
anonymous_enable=NO
local_enable=YES
pam_service_name=wharf
session_support=NO
check_shell=NO
chroot_local_user=YES
allow_writeable_chroot=YES
write_enable=YES
local_umask=022
force_dot_files=YES
xferlog_enable=NO
max_clients=200
max_per_ip=200
`,
  );
  const words = ["unshare", "--mount", "sh", "-c", VSFTPD_MOUNTS, "sh"];
  return { words: [...words, pam, users, shadow, program, config] };
}

/** With MFMT, which is built in, and with HASH and its kin, where they are. */
async function proftpd(
  program: string,
  { folder, scratch, port, hostname }: Required<Place>,
): Promise<Recipe> {
  const [config, users] = [join(scratch, "proftpd.conf"), join(scratch, "pw")];
  await writeSecret(users, `${ACCOUNT.user}:${passwd(HASH, folder)}`);
  await Deno.writeTextFile(
    config,
    `${await digests(program)}
ServerType standalone
DefaultAddress ${hostname}
SocketBindTight on
Port ${port}
UseIPv6 ${hostname.includes(":") ? "on" : "off"}
UseReverseDNS off
User nobody
Group nogroup
MaxInstances 200
PidFile ${scratch}/pid
ScoreboardFile none
SystemLog none
TransferLog none
WtmpLog off
AuthUserFile ${users}
AuthOrder mod_auth_file.c
RequireValidShell off
DefaultRoot ~
AllowOverwrite on
AllowStoreRestart on
AllowRetrieveRestart on
`,
  );
  return { words: [program, "--nodaemon", "--config", config] };
}

/** Modules are beside the program when it is unpacked, else installed. */
async function digests(program: string): Promise<string> {
  const unpacked = join(dirname(program), "usr/lib/proftpd");
  for (const folder of [unpacked, "/usr/lib/proftpd"]) {
    if (!await isThere(join(folder, "mod_digest.so"))) continue;
    return `ModulePath ${folder}\nLoadModule mod_digest.c\nDigestEngine on`;
  }
  return "";
}

/** A virtual user in a file of its own. */
async function pureFtpd(
  program: string,
  { folder, scratch, port, hostname }: Required<Place>,
): Promise<Recipe> {
  const [users, database] = [join(scratch, "pw"), join(scratch, "pw.pdb")];
  const home = `${HASH}:${NOBODY}:${NOBODY}::${folder}/./::::::::::::\n`;
  await writeSecret(users, `${ACCOUNT.user}:${home}`);
  const { success } = await new Deno.Command((await purePw(program))!, {
    args: ["mkdb", database, "-f", users],
    // Its libraries may be unpacked beside it, too.
    env: {
      LD_LIBRARY_PATH: join(
        dirname(program),
        `usr/lib/${Deno.build.arch}-linux-gnu`,
      ),
    },
    stdin: "null",
  }).output();
  if (!success) throw new Error("pure-pw made no file of users");
  const family = hostname.includes(":") ? "--ipv6only" : "--ipv4only";
  const words = [program, family, "--bind", `${hostname},${port}`];
  words.push("--login", `puredb:${database}`, "--noanonymous", "--minuid", "1");
  words.push("--chrooteveryone", "--dontresolve", "--syslogfacility", "none");
  words.push("--maxclientsnumber", "200", "--maxclientsperip", "200");
  words.push("--limitrecursion", "20000:100");
  return { words };
}

/** Beside the program when it is unpacked, else installed. */
async function purePw(program: string): Promise<string | undefined> {
  const unpacked = join(dirname(program), "usr/bin/pure-pw");
  return await isThere(unpacked) ? unpacked : await which("pure-pw");
}

/** As the user without rights: it knows no other. */
function pyftpdlib(
  program: string,
  { folder, port, hostname }: Required<Place>,
): Promise<Recipe> {
  const { user, password } = ACCOUNT;
  const words = ["setpriv", "--reuid", `${NOBODY}`, "--regid", `${NOBODY}`];
  words.push("--clear-groups", program, "-W", "ignore", "-c", PYFTPDLIB_MAIN);
  words.push("--write", "-u", user, "-P", password);
  words.push("-i", hostname, "-p", `${port}`, "-d", folder);
  return Promise.resolve({ words });
}

/** What stands behind a user's name in a file of users. */
function passwd(password: string, home: string): string {
  return `${password}:${NOBODY}:${NOBODY}::${home}:/bin/false\n`;
}

/** Servers refuse files of passwords that others may read. */
async function writeSecret(path: string, text: string): Promise<void> {
  await Deno.writeTextFile(path, text, { mode: 0o600 });
}

async function isThere(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
