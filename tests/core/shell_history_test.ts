import { assert, assertEquals, assertFalse } from "@std/assert";
import {
  hasSecret,
  isUnderstood,
  openHistory,
} from "../../client/ftp/shell/history_file.ts";
import { userFile } from "../../lib/user_files.ts";
import { VERBS } from "../../client/ftp/shell/verbs.ts";
import { type FakeMachine, fakeMachine, HOME } from "./shell_machine.ts";

const ALIASES = new Map([["me", "user bob"], ["raw", "quote"], [
  "again",
  "me",
]]);
/** A shell with {@linkcode ALIASES}. */
function shellOn(machine: FakeMachine) {
  return { machine, verbs: VERBS, state: { aliases: ALIASES } };
}

const FILE = `${HOME}/.local/state/wharf/ftp_history`;

const SECRETS = [
  "user bob hush",
  "us bob hush",
  "login bob hush",
  "lo bob hush",
  "cd pub; user bob hush",
  "queue user bob hush",
  "me hush",
  "again hush",
  "quote PASS hush",
  "raw pass hush",
  "quote acct hush",
  "quote 'PASS hush'",
  "open ftp://bob:hush@example.org/",
  "get ftp://bob:hush@example.org/a ftp://example.org/b",
  "open bob:hush@example.org",
  "open --password=hush example.org",
  "open --pass hush example.org",
];

const HARMLESS = [
  "user bob",
  "open ftp://bob@example.org/pub",
  "open ftp://example.org:2121/pub",
  "get users.txt here",
  "quote NOOP",
  "put passwords.txt",
  "chmod 600 a:b",
];

Deno.test("hasSecret() is true for every way to type a password", () => {
  for (const line of SECRETS) assert(hasSecret(line, ALIASES), line);
});

Deno.test("hasSecret() is false for lines without a password", () => {
  for (const line of HARMLESS) assertFalse(hasSecret(line, ALIASES), line);
});

Deno.test("openHistory() keeps lines for the next time, but no passwords", async () => {
  const machine = fakeMachine("", { HOME });
  machine.texts.set(FILE, "ls\nuser bob hush\n");
  const history = await openHistory(shellOn(machine));
  assertEquals(history.lines, ["ls"]);
  for (const line of ["cd pub", "me hush", " pwd"]) history.add(line);
  await history.save();
  assertEquals(machine.texts.get(FILE), "ls\ncd pub\n");
});

Deno.test("isUnderstood() knows verbs, their beginnings, aliases, and what queue runs", () => {
  const known = [
    "ls -l; cd pub && pwd",
    "queue get a.iso &",
    "queue",
    "alias u user",
    "me hush",
    "hist 20",
    "!usr bin",
    "# usr",
    "",
  ];
  const unknown = [
    "usr bob hush",
    "ls; usr bob hush",
    "queue usr bob hush",
    "ls | usr",
    "get 'a b",
  ];
  const shell = shellOn(fakeMachine());
  for (const line of known) assert(isUnderstood(shell, line), line);
  for (const line of unknown) assertFalse(isUnderstood(shell, line), line);
});

Deno.test("openHistory() leaves mistyped lines out of the file", async () => {
  const machine = fakeMachine("", { HOME });
  const history = await openHistory(shellOn(machine));
  for (const line of ["ls", "usr bob hush", "queue usr bob hush", "pwd"]) {
    history.add(line);
  }
  await history.save();
  assertEquals(machine.texts.get(FILE), "ls\npwd\n");
  assertEquals(history.lines[1], "usr bob hush", "it can be mended");
  history.add("cd pub");
  await history.save();
  assertEquals(machine.texts.get(FILE), "ls\npwd\ncd pub\n");
});

Deno.test("openHistory() works without a file that can be read", async () => {
  const machine = fakeMachine("", { HOME });
  machine.readText = () => Promise.reject(new Error("a folder"));
  const history = await openHistory(shellOn(machine));
  history.add("ls");
  assertEquals(history.lines, ["ls"]);
});

Deno.test("openHistory() works without a home", async () => {
  const history = await openHistory(shellOn(fakeMachine()));
  history.add("user bob hush");
  history.add("ls");
  await history.save();
  assertEquals(history.lines, ["ls"]);
});

Deno.test("userFile() follows the environment, but to no relative folder", () => {
  const cases = [
    [{ HOME }, `${HOME}/.config/wharf/x`],
    [{ HOME, XDG_CONFIG_HOME: "/c" }, "/c/wharf/x"],
    [{ HOME, XDG_CONFIG_HOME: "c" }, `${HOME}/.config/wharf/x`],
    [{ USERPROFILE: "C:\\Users\\ann" }, "C:\\Users\\ann/.config/wharf/x"],
    [{}, null],
  ] as const;
  for (const [set, path] of cases) {
    const env = new Map(Object.entries(set));
    assertEquals(userFile((name) => env.get(name), "config", "x"), path);
  }
});
