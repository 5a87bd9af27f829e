import { assert, assertEquals, assertFalse } from "@std/assert";
import {
  type NetrcEntry,
  netrcLogin,
  parseNetrc,
} from "../../client/ftp/netrc.ts";
import { randomOf } from "./random.ts";

type Row = [
  machine: string | null,
  login: string | null,
  password: string | null,
  account?: string,
];

function entries(...rows: Row[]): NetrcEntry[] {
  return rows.map(([machine, login, password, account = null]) => (
    { machine, login, password, account }
  ));
}

const FILES: readonly [text: string, ...rows: Row[]][] = [
  [""],
  ["\n \n\t\n"],
  ["# only this"],
  ["machine a login b password c", ["a", "b", "c"]],
  ["machine a\n\tlogin b\n\tpassword c\n", ["a", "b", "c"]],
  ["machine\na\nlogin\nb\npassword\nc", ["a", "b", "c"]],
  ["machine a\r\nlogin b\r\npassword c\r\n", ["a", "b", "c"]],
  ["\ufeffmachine a login b", ["a", "b", null]],
  ["MACHINE a Login b PassWord C", ["a", "b", "C"]],
  ["machine a password c login b account d", ["a", "b", "c", "d"]],
  ["machine a login b machine c login d", ["a", "b", null], ["c", "d", null]],
  ["machine a login b machine a login c", ["a", "b", null], ["a", "c", null]],
  ["default login b password c", [null, "b", "c"]],
  ["machine a login b default login c", ["a", "b", null], [null, "c", null]],
  ["machine a", ["a", null, null]],
  ["machine a login b login c", ["a", "c", null]],
  // Values that look like something else.
  ["machine a login login password password", ["a", "login", "password"]],
  ["machine a login machine password default", ["a", "machine", "default"]],
  ["machine a login b password #c", ["a", "b", "#c"]],
  ["machine a login b password c#d", ["a", "b", "c#d"]],
  ["machine a login ä password 月😀", ["a", "ä", "月😀"]],
  ["machine a login b password c\\d", ["a", "b", "c\\d"]],
  ['machine a login b password c"d"', ["a", "b", 'c"d"']],
  // Quotes, as curl reads them.
  ['machine a login b password "c d"', ["a", "b", "c d"]],
  ['machine a login b password "# c"', ["a", "b", "# c"]],
  ['machine a login b password ""', ["a", "b", ""]],
  ['machine a login b password "\\"\\\\\\c"', ["a", "b", '"\\c']],
  ['machine a login b password "\\n\\r\\t"', ["a", "b", "\n\r\t"]],
  ['machine "a b" login "machine"', ["a b", "machine", null]],
  ['machine a login "b"password c', ["a", "b", "c"]],
  // Comments.
  ["# machine x\nmachine a login b # c\n  # d\npassword e", ["a", "b", "e"]],
  ["machine a login b #password c", ["a", "b", null]],
  ["machine a login b\n#password c\npassword d", ["a", "b", "d"]],
  // Macros end at an empty line.
  ["macdef x\nmachine a\n\nmachine b login c", ["b", "c", null]],
  ["macdef init machine a\nput x\n \t\r\nmachine b login c", ["b", "c", null]],
  ["machine a login b\nmacdef init\n!rm *\n\npassword c", ["a", "b", "c"]],
  ["macdef init\nmachine a login b"],
  ["default login b\nmacdef init\nlogin c\n", [null, "b", null]],
];

for (const [text, ...rows] of FILES) {
  Deno.test(`parseNetrc() reads ${JSON.stringify(text)}`, () => {
    assertEquals(parseNetrc(text), {
      entries: entries(...rows),
      problems: [],
    });
  });
}

const WORDS =
  "expected default, machine, login, password, account, macdef" as const;

const BAD: readonly [text: string, problems: string[], ...rows: Row[]][] = [
  ["S3CRET", [`line 1: ${WORDS}`]],
  ["machine a login b\npassword x S3CRET y\nlogin c", [
    `line 2: ${WORDS}`,
  ], ["a", "c", "x"]],
  ["login S3CRET", ["line 1: login stands before the first machine"]],
  ["\npassword S3CRET machine a", [
    "line 2: password stands before the first machine",
  ], ["a", null, null]],
  ["machine a login b password", [
    "line 1: password has no value",
  ], ["a", "b", null]],
  ["machine", ["line 1: machine has no value"]],
  ["macdef", ["line 1: macdef has no value"]],
  ["machine a login\npassword S3CRET", [
    "line 1: login has no value",
  ], ["a", null, "S3CRET"]],
  // What belongs to no machine must not go to the one before.
  ["machine a login b\nmachine\nlogin c password S3CRET", [
    "line 2: machine has no value",
  ], ["a", "b", null]],
  ['machine a login b\nmachine "c\nlogin d password S3CRET', [
    "line 2: the value of machine lacks its last quote",
  ], ["a", "b", null]],
  ['machine a login b password "S3CRET\nlogin c', [
    "line 1: the value of password lacks its last quote",
  ], ["a", "c", null]],
  ['machine a login "b\\', [
    "line 1: the value of login lacks its last quote",
  ], ["a", null, null]],
  ['"machine" a', [`line 1: ${WORDS}`]],
  ["a\nb c\nd", [1, 2, 3].map((line) => `line ${line}: ${WORDS}`)],
];

for (const [text, problems, ...rows] of BAD) {
  Deno.test(`parseNetrc() tells what is wrong with ${JSON.stringify(text)}`, () => {
    assertEquals(parseNetrc(text), { entries: entries(...rows), problems });
  });
}

const HOME = entries(
  [null, "anybody", "0"],
  ["Host", "ada", "1", "one"],
  ["host", "bob", "2"],
  ["other", null, "3"],
  ["other", "ada", null],
  [null, "ada", "4"],
);

const LOGINS: readonly [
  host: string,
  user: string | undefined,
  found: string | null,
][] = [
  ["host", undefined, "ada 1 one"],
  ["HOST", undefined, "ada 1 one"],
  ["host", "ada", "ada 1 one"],
  ["host", "bob", "bob 2 null"],
  ["host", "Bob", null],
  ["host", "anybody", "anybody 0 null"],
  ["host", "", null],
  // The entry without a user is of no use.
  ["other", undefined, "ada null null"],
  ["host.example.org", undefined, "anybody 0 null"],
  ["hos", undefined, "anybody 0 null"],
  ["", "ada", "ada 4 null"],
  ["xhost", "ada", "ada 4 null"],
];

for (const [host, user, expected] of LOGINS) {
  Deno.test(`netrcLogin() finds ${expected} for ${user} at ${host}`, () => {
    const found = netrcLogin(HOME, host, user);
    const text = found && `${found.user} ${found.password} ${found.account}`;
    assertEquals(text, expected);
  });
}

Deno.test("netrcLogin() finds nobody without a default", () => {
  const { entries } = parseNetrc("machine a login b");
  assertEquals(netrcLogin(entries, "c"), null);
  assertEquals(netrcLogin(entries, ""), null);
  assertEquals(netrcLogin([], "a"), null);
});

const PIECES = [
  ...' \t\n\r"\\#aäZ0\0',
  ..." machine , login , password , account , macdef , default ".split(","),
];

for (let seed = 1; seed <= 4; seed++) {
  Deno.test(`parseNetrc() never throws and never tells a secret (seed ${seed})`, () => {
    const random = randomOf(seed);
    for (let round = 0; round < 4000; round++) {
      const [text] = random.pick([...FILES, ...BAD]);
      const at = random.below(text.length + 1);
      let mutant = text.slice(0, at);
      for (let more = random.below(5); more > 0; more--) {
        mutant += random.pick([...PIECES, "S3CRET"]);
      }
      mutant += text.slice(at + random.below(3));
      const { entries, problems } = parseNetrc(mutant);
      assertFalse(problems.join().includes("S3"), mutant);
      const lines = mutant.split(/\r\n|\r|\n/).length;
      assert(problems.length <= lines, mutant);
      assertEquals(
        new Set(problems.map((p) => p.split(":")[0])).size,
        problems.length,
      );
      for (const { machine, login } of entries) {
        const found = netrcLogin(entries, machine ?? "nobody");
        assert(login === null || found !== null, mutant);
      }
    }
  });

  Deno.test(`parseNetrc() gives quoted values back (seed ${seed})`, () => {
    const random = randomOf(seed);
    for (let round = 0; round < 2000; round++) {
      let value = "";
      for (let more = random.below(9); more > 0; more--) {
        value += random.pick([...PIECES, "n", "r", "t"]);
      }
      const quoted = value.replace(/["\\]/g, "\\$&").replace(/\n/g, "\\n")
        .replace(/\r/g, "\\r");
      const text = `machine a password "${quoted}" login b`;
      const expected = { entries: entries(["a", "b", value]), problems: [] };
      assertEquals(parseNetrc(text), expected);
    }
  });
}

Deno.test("parseNetrc() ends on long files", () => {
  for (const part of [...PIECES, "\\\\", '" ', "a\n", "machine a\n"]) {
    parseNetrc(`machine a password "${part.repeat(30_000)}`);
    parseNetrc(part.repeat(30_000));
  }
});
