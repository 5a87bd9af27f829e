import { assert, assertEquals, assertMatch } from "@std/assert";
import { fateOf, passwd } from "../ftp/accounts_scene.ts";
import { startFtpd, tempFolders } from "../ftp/helpers.ts";
import { isInstalled } from "./program.ts";

const PASSWORD = "pä$$wörd \"1'";
/** Debian's own, which has the modules that its packages bring. */
const PYTHON = "/usr/bin/python3";

/** A program that makes a hash of {@linkcode PASSWORD}. */
interface Maker {
  readonly program: string;
  readonly args: readonly string[];
  /** Goes to its standard input. */
  readonly input?: string;
  /** Another program that must be there, too. */
  readonly needs?: string;
}

function python(code: string): Maker {
  const quiet = "import sys, warnings; warnings.simplefilter('ignore')";
  return {
    program: PYTHON,
    args: ["-c", `${quiet}\np = sys.stdin.read()\n${code}`],
    input: PASSWORD,
  };
}

const SCRYPT = `import base64, hashlib, os
salt = os.urandom(16)
def b(raw): return base64.b64encode(raw).decode().rstrip('=')
key = hashlib.scrypt(p.encode(), salt=salt, n=2**14, r=8, p=1, dklen=32)
print('$scrypt$ln=14,r=8,p=1$' + b(salt) + '$' + b(key))`;

const MAKERS: Readonly<Record<string, Maker>> = {
  "openssl-6": { program: "openssl", args: ["passwd", "-6", PASSWORD] },
  "openssl-apr1": { program: "openssl", args: ["passwd", "-apr1", PASSWORD] },
  "htpasswd-bcrypt": htpasswd("-B"),
  "htpasswd-md5": htpasswd("-m"),
  "htpasswd-sha": htpasswd("-s"),
  "htpasswd-sha512": htpasswd("-5"),
  "mkpasswd-sha512": mkpasswd("sha512crypt", "-R", "20000"),
  "mkpasswd-bcrypt": mkpasswd("bcrypt"),
  "mkpasswd-bcrypt-a": mkpasswd("bcrypt-a"),
  "python-crypt": python(
    "import crypt; print(crypt.crypt(p, crypt.METHOD_SHA512))",
  ),
  "python-bcrypt": python(
    "import bcrypt; print(bcrypt.hashpw(p.encode(), bcrypt.gensalt(6)).decode())",
  ),
  "python-scrypt": python(SCRYPT),
};

function htpasswd(kind: string): Maker {
  return { program: "htpasswd", args: ["-n", "-b", kind, "x", PASSWORD] };
}

function mkpasswd(kind: string, ...more: string[]): Maker {
  return { program: "mkpasswd", args: ["-m", kind, ...more, PASSWORD] };
}

/** Runs a program to its end; what it printed. */
async function run(
  { program, args, input = "" }: Maker,
): Promise<{ code: number; stdout: string }> {
  const child = new Deno.Command(program, {
    args: [...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  await writer.close();
  const { code, stdout } = await child.output();
  return { code, stdout: new TextDecoder().decode(stdout) };
}

/** What a maker makes; `null` when this machine has no such program. */
async function hashBy(maker: Maker): Promise<string | null> {
  const { code, stdout } = await run(maker);
  return code === 0 ? stdout.trim().replace(/^x:/, "") : null;
}

const [made, missing] = await allHashes();

async function allHashes(): Promise<[Map<string, string>, string[]]> {
  const made = new Map<string, string>();
  const missing: string[] = [];
  for (const [name, maker] of Object.entries(MAKERS)) {
    const hash = isInstalled(maker.program) ? await hashBy(maker) : null;
    if (hash === null) missing.push(name);
    else made.set(name, hash);
  }
  return [made, missing];
}

for (const name of missing) {
  Deno.test({
    name: `${name} (SKIPPED: not installed)`,
    ignore: true,
    fn() {},
  });
}

Deno.test("ftpd lets in by a list of hashes that foreign programs made", async () => {
  await using folders = await tempFolders();
  const list = `${folders.base}/list`;
  const lines = [...made].map(([name, hash]) => `${name}:${hash}\n`);
  await Deno.writeTextFile(list, lines.join(""), { mode: 0o600 });
  const config = `${folders.base}/ftpd.toml`;
  await Deno.writeTextFile(config, '[defaults]\nroot = "pub"\n');
  await using server = await startFtpd([
    ...["--config", config, "--accounts", list, "--login-delay", "0"],
    ...["--login-attempts", "50", "--listen", "127.0.0.1:0"],
  ]);
  for (const [name, hash] of made) {
    assertMatch(await fateOf(server, name, PASSWORD), /^230/, hash);
    for (const wrong of [PASSWORD.toLowerCase() + " ", hash]) {
      assertMatch(
        await fateOf(server, name, wrong),
        /^530/,
        `${name} ${wrong}`,
      );
    }
  }
});

/** The hash that `ftpd passwd` makes. */
async function ours(how: string): Promise<string> {
  const { code, stdout } = await passwd(["--hash", how], `${PASSWORD}\n`);
  assertEquals(code, 0);
  return stdout.trim();
}

/** A test that a foreign program takes a hash of ours for a password. */
function takes(
  program: string,
  how: string,
  check: (hash: string, password: string) => Promise<boolean>,
): void {
  const ignore = !isInstalled(program);
  const skipped = ignore ? " (SKIPPED: not installed)" : "";
  Deno.test({
    name: `${program} takes what ftpd passwd makes by ${how}${skipped}`,
    ignore,
    async fn() {
      const hash = await ours(how);
      assert(await check(hash, PASSWORD), hash);
      assert(!await check(hash, "another"), hash);
    },
  });
}

for (const how of ["bcrypt", "sha512"]) {
  takes("htpasswd", how, async (hash, password) => {
    const file = await Deno.makeTempFile();
    try {
      await Deno.writeTextFile(file, `x:${hash}\n`);
      const args = ["-v", "-b", file, "x", password];
      return (await run({ program: "htpasswd", args })).code === 0;
    } finally {
      await Deno.remove(file);
    }
  });
  takes(
    PYTHON,
    how,
    (hash, password) =>
      saysYes(
        `import crypt; print(crypt.crypt(${text(password)}, ${text(hash)}) == ${
          text(hash)
        })`,
      ),
  );
}

takes(PYTHON, "scrypt", (hash, password) =>
  saysYes(`import base64, hashlib
_, kind, cost, salt, key = ${text(hash)}.split('$')
ln, r, n = (int(part.split('=')[1]) for part in cost.split(','))
def raw(text): return base64.b64decode(text + '=' * (-len(text) % 4))
made = hashlib.scrypt(${
    text(password)
  }.encode(), salt=raw(salt), n=2**ln, r=r, p=n,
    maxmem=2**26, dklen=len(raw(key)))
print(kind == 'scrypt' and made == raw(key))`));

async function saysYes(code: string): Promise<boolean> {
  const { stdout } = await run(python(code));
  assertMatch(stdout, /^(True|False)\n$/, stdout);
  return stdout === "True\n";
}

function text(text: string): string {
  return JSON.stringify(text);
}
