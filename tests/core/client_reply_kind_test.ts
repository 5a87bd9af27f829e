import { assertEquals } from "@std/assert";
import { FtpError } from "../../client/ftp/errors.ts";
import {
  EXIT_CODES,
  type FailureKind,
  failureOf,
  lookCloser,
} from "../../client/ftp/shell/failure.ts";

const REPLIES: readonly [command: string, reply: string, kind: FailureKind][] =
  [
    ["Connecting", "421 Too many users.", "connect"],
    ["Connecting", "530 Not today.", "connect"],
    ["USER ada", "530 No.", "login"],
    ["USER ada", "550 Permission denied.", "login"],
    ["PASS ****", "530 Login incorrect.", "login"],
    ["PASS ****", "500 OOPS: cannot change directory", "login"],
    ["PASS ****", "421 Too many connections.", "connect"],
    ["ACCT", "332 Need account.", "login"],
    ["LIST", "530 Please log in.", "login"],
    ["STOR a", "532 Need account for storing.", "login"],
    ["LIST", "430 Invalid.", "login"],
    ["NOOP", "421 Idle too long.", "connect"],
    ["AUTH TLS", "502 What?", "tls"],
    ["PROT P", "550 Permission denied.", "tls"],
    ["RETR a", "534 No.", "tls"],
    // What servers say of files that are not there.
    ["RETR a.txt", "550 a.txt: No such file or directory", "missing"],
    ["RETR a", "550 No such file.", "missing"],
    ["RETR a", "550 File not found", "missing"],
    ["RETR a", "550 The system cannot find the file specified.", "missing"],
    ["RETR a", "550 Can't open a: No such file or directory", "missing"],
    ["RETR a", "550 Could not access file: No such file", "missing"],
    ["CWD a", "550 a: The directory does not exist.", "missing"],
    ["CWD a", "550 Directory doesn't exist", "missing"],
    ["DELE a", "450 No such file", "missing"],
    ["RNFR a", "550 Couldn't find a", "missing"],
    ["LIST *", "550 No files found", "missing"],
    ["STOR a/b", "553 Can't open that file: No such file", "missing"],
    // And of those that it keeps to itself.
    ["DELE a", "550 Permission denied.", "permission"],
    ["DELE a", "550 Access is denied.", "permission"],
    ["STOR a", "553 Permission denied on server. (Upload)", "permission"],
    ["STOR a", "550 Not enough privileges.", "permission"],
    ["STOR a", "550 This server is read-only.", "permission"],
    ["STOR a", "550 a: Read-only file system", "permission"],
    ["STOR a", "553 Prohibited file name: a", "permission"],
    ["STOR a", "553 Could not create file.", "permission"],
    ["APPE a", "553 Can't open that file", "permission"],
    ["DELE a", "550 a: Operation not permitted", "permission"],
    ["SITE CHMOD 600 a", "501 Command not allowed", "permission"],
    ["MKD a", "550 Access to this folder is restricted", "permission"],
    ["CWD a", "550 Forbidden", "permission"],
    ["DELE a", "450 Permission denied", "permission"],
    // Unclear, or neither.
    ["RETR a", "550 Failed to open file.", "failed"],
    ["RETR a", "550 Not found, or access denied.", "failed"],
    ["RMD a", "550 Directory not empty", "failed"],
    ["MKD a", "550 a: File exists", "failed"],
    ["RETR a", "550 Not a plain file.", "failed"],
    ["STOR a", "450 File busy", "failed"],
    ["STOR a", "553 Can't open that file: Is a directory", "failed"],
    ["STOR a", "553 Cannot create file: disk full", "failed"],
    ["MKD a", "550 Create directory operation failed.", "failed"],
    ["STOR a", "452 No space left, permission denied", "failed"],
    ["STOR a", "552 Quota exceeded", "failed"],
    ["FOO", "500 Unknown command.", "failed"],
    ["FOO", "502 Not allowed.", "failed"],
    // A file's name says nothing.
    ["RETR Permission", "550 Permission: failed", "failed"],
    ["RETR /x/no such", "550 /x/no such is broken", "failed"],
    ["RETR x/denied", "550 denied: No such file", "missing"],
    [
      "RETR x/not found",
      '550 "/home/not found": Permission denied',
      "permission",
    ],
    ["RETR access.log", "550 access.log: No such file", "missing"],
    ["LIST", "550 Could not LIST: no such folder", "missing"],
    // Transfers.
    ["RETR a", "425 Cannot connect.", "incomplete"],
    ["RETR a", "426 Broken.", "incomplete"],
    ["RETR a", "451 Permission denied while reading.", "incomplete"],
  ];

function ftpError(command: string, reply: string): FtpError {
  const [code, text] = [Number(reply.slice(0, 3)), reply.slice(4)];
  return new FtpError(command, { code, lines: [text] });
}

for (const [command, reply, kind] of REPLIES) {
  Deno.test(`failureOf() calls ${reply} to ${command} ${kind}`, () => {
    const failure = failureOf(ftpError(command, reply));
    assertEquals(failure, {
      kind,
      exitCode: EXIT_CODES[kind].code,
      code: Number(reply.slice(0, 3)),
      message: `${command}: the server said ${reply}`,
    });
  });
}

const FILE = { type: "file" };
const FOLDER = { type: "directory" };
const UNMADE = "550 Create directory operation failed.";

const LOOKS: readonly [
  command: string,
  reply: string,
  entry: unknown,
  kind: FailureKind,
  above?: unknown,
][] = [
  ["RETR a", "550 Failed to open file.", null, "missing"],
  ["RETR a", "550 Failed to open file.", FILE, "permission"],
  ["RETR a", "550 Failed to open file.", { type: "link" }, "permission"],
  ["RETR a", "550 Failed to open file.", {}, "permission"],
  ["RETR a", "550 Failed to open file.", FOLDER, "failed"],
  ["CWD a", "550 Failed to change directory.", null, "missing"],
  ["CWD a", "550 Failed to change directory.", FOLDER, "permission"],
  ["CWD a", "550 Failed to change directory.", FILE, "failed"],
  ["DELE a", "550 Delete operation failed.", null, "missing"],
  ["DELE a", "550 Delete operation failed.", FILE, "permission"],
  ["DELE a", "550 Delete operation failed.", FOLDER, "failed"],
  ["RMD a", "550 Remove directory operation failed.", null, "missing"],
  ["RMD a", "550 Remove directory operation failed.", FOLDER, "failed"],
  ["RNFR a", "550 RNFR command failed.", FOLDER, "permission"],
  // What is to be made is not missing: the folder above it tells.
  ["MKD a", UNMADE, null, "failed"],
  ["MKD a", UNMADE, FOLDER, "failed"],
  ["MKD a", UNMADE, FILE, "failed", FOLDER],
  ["MKD a", UNMADE, null, "missing", null],
  ["MKD a", UNMADE, null, "permission", FOLDER],
  ["MKD a", UNMADE, null, "failed", FILE],
  ["MKD a", "550 Quota exceeded.", null, "failed", FOLDER],
  ["STOR a", "550 Failed.", null, "failed"],
  ["STOR a", "550 Failed.", null, "failed", FOLDER],
  ["STOR a", "550 Failed to open file.", null, "permission", FOLDER],
  ["STOR a", "553 Could not create file.", null, "permission"],
  ["STOR a", "553 Could not create file.", null, "permission", FOLDER],
  ["STOR a", "553 Could not create file.", null, "missing", null],
  ["STOR a", "553 Could not create file.", FILE, "permission"],
  ["STOR a", "553 Could not create file.", FOLDER, "failed"],
  ["STOR a", "550 Quota exceeded.", FILE, "failed"],
  // Nothing to look at.
  ["RETR a", "550 Permission denied.", null, "permission"],
  ["RETR a", "553 Failed.", null, "failed"],
  ["RETR a", "451 Failed.", null, "incomplete"],
];

for (const [command, reply, entry, kind, above] of LOOKS) {
  const there = JSON.stringify([entry, above]);
  Deno.test(`lookCloser() calls ${reply} to ${command} ${kind}, with ${there} there`, async () => {
    const error = ftpError(command, reply);
    const look = (found: unknown) =>
      found === undefined ? undefined : () => Promise.resolve(found);
    const stat = look(entry)!;
    assertEquals((await lookCloser(error, stat, look(above))).kind, kind);
  });
}

Deno.test("lookCloser() looks only when it must, and never rejects", async () => {
  const unclear = ftpError("RETR a", "550 Failed to open file.");
  const kindOf = async (error: unknown, stat: () => Promise<unknown>) =>
    (await lookCloser(error, stat)).kind;
  const broken = () => Promise.reject(new Error("gone"));
  assertEquals(await kindOf(unclear, broken), "failed");
  const thrown = () => {
    throw new Error("gone");
  };
  assertEquals(await kindOf(unclear, thrown), "failed");
  let looks = 0;
  const stat = () => Promise.resolve(looks++);
  const clear = ftpError("RETR a", "550 No such file.");
  assertEquals(await kindOf(clear, stat), "missing");
  assertEquals(await kindOf(new Error("x"), stat), "failed");
  assertEquals(looks, 0);
});

Deno.test("lookCloser() looks above only what is not there", async () => {
  const error = ftpError("MKD a", UNMADE);
  const above = () => Promise.reject(new Error("looked above"));
  const there = () => Promise.resolve(FOLDER);
  assertEquals(await lookCloser(error, there, above), {
    kind: "failed",
    reason: "it is there already",
  });
});
