import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import {
  assertSameFile,
  makeFile,
  makeSparse,
  OLD,
  SPECIAL_NAMES,
} from "./files.ts";
import {
  interopTest,
  type Mode,
  MODES,
  placeOf,
  type Scene,
} from "./interop.ts";
import { type Ended, run, runWell } from "./program.ts";

const CURL = ["curl", "--silent", "--show-error", "--noproxy", "*"];

function url({ ftpd }: Scene, path: string, mode?: Mode): string {
  const { host, port } = placeOf(ftpd, mode);
  return `ftp://${host}:${port}/${path}`;
}

/** Runs curl in the local folder; it has to succeed. */
function curl({ local }: Scene, ...args: string[]): Promise<string> {
  return runWell([...CURL, ...args], { cwd: local });
}

/** Runs curl in the local folder, where it should fail. */
function refused({ local }: Scene, ...args: string[]): Promise<Ended> {
  return run([...CURL, ...args], { cwd: local });
}

const FLAGS = new Map([
  ["passive, IPv4", ["--disable-epsv"]],
  ["active, IPv4", ["--ftp-port", "-", "--disable-eprt"]],
  ["passive, IPv6", []],
  ["active, IPv6", ["--ftp-port", "-"]],
]);

for (const mode of MODES) {
  const flags = FLAGS.get(mode.name)!;
  interopTest(
    "curl",
    `curl stores, lists and fetches files: ${mode.name}`,
    async (scene) => {
      const { served, local } = scene;
      await makeFile(join(local, "in"), 300_000);
      await curl(scene, ...flags, "-T", "in", url(scene, "a%20b", mode));
      await assertSameFile(join(served, "a b"), join(local, "in"));
      const listing = await curl(scene, ...flags, url(scene, "", mode));
      assertMatch(listing, /^-rw-r--r-- .* 300000 .* a b\r?\n$/);
      const names = await curl(scene, ...flags, "-l", url(scene, "", mode));
      assertEquals(names.trim(), "a b");
      await curl(scene, ...flags, "-o", "out", url(scene, "a%20b", mode));
      await assertSameFile(join(local, "out"), join(served, "a b"));
    },
    { missing: mode.missing },
  );
}

interopTest("curl", "curl uses EPSV and EPRT over IPv4", async (scene) => {
  await makeFile(join(scene.served, "file"));
  for (const flags of [[], ["--ftp-port", "-"]]) {
    const verb = flags.length === 0 ? "EPSV" : "EPRT";
    const words = [...CURL, "-v", ...flags, "-o", "out", url(scene, "file")];
    const { code, report } = await run(words, { cwd: scene.local });
    assertEquals(code, 0, report);
    assertMatch(report, new RegExp(`> ${verb}[^]*< 2(29|00) [^]*< 226 `));
  }
});

interopTest(
  "curl",
  "curl continues a download and an upload",
  async (scene) => {
    const { served, local } = scene;
    await makeFile(join(local, "whole"), 100_000);
    await Deno.copyFile(join(local, "whole"), join(served, "whole"));
    const bytes = await Deno.readFile(join(local, "whole"));
    for (const path of [join(local, "part"), join(served, "part")]) {
      await Deno.writeFile(path, bytes.subarray(0, 33_333));
    }
    await curl(scene, "-C", "-", "-o", "part", url(scene, "whole"));
    await assertSameFile(join(local, "part"), join(local, "whole"));
    await curl(scene, "-C", "-", "-T", "whole", url(scene, "part"));
    await assertSameFile(join(served, "part"), join(local, "whole"));
  },
);

interopTest("curl", "curl appends to a file", async (scene) => {
  await Deno.writeTextFile(join(scene.local, "more"), "more");
  const flags = ["--append", "-T", "more", url(scene, "log")];
  await curl(scene, ...flags);
  await curl(scene, ...flags);
  const text = await Deno.readTextFile(join(scene.served, "log"));
  assertEquals(text, "moremore");
});

interopTest(
  "curl",
  "curl renames, deletes, makes and removes folders",
  async (scene) => {
    const quote = (...commands: string[]) =>
      curl(scene, ...commands.flatMap((line) => ["-Q", line]), url(scene, ""));
    await makeFile(join(scene.served, "old"));
    await quote("MKD new folder", "RNFR old", "RNTO new folder/it's new");
    await Deno.stat(join(scene.served, "new folder/it's new"));
    await quote("SITE CHMOD 600 new folder/it's new");
    const { mode } = await Deno.stat(join(scene.served, "new folder/it's new"));
    assertEquals((mode ?? 0) & 0o777, 0o600);
    await quote("DELE new folder/it's new", "RMD new folder");
    assertEquals(await Array.fromAsync(Deno.readDir(scene.served)), []);
  },
);

interopTest(
  "curl",
  "curl makes folders, and finds them by every method",
  async (scene) => {
    const { served, local } = scene;
    const path = "one/two/file";
    await makeFile(join(local, "in"));
    await curl(scene, "--ftp-create-dirs", "-T", "in", url(scene, path));
    for (const method of ["multicwd", "nocwd", "singlecwd"]) {
      const by = ["--ftp-method", method];
      await curl(scene, ...by, "-T", "in", url(scene, path));
      await curl(scene, ...by, "-o", "out", url(scene, path));
      await assertSameFile(join(served, path), join(local, "in"));
      await assertSameFile(join(local, "out"), join(local, "in"));
    }
  },
);

interopTest("curl", "curl moves files with special names", async (scene) => {
  const { served, local } = scene;
  await makeFile(join(local, "in"));
  for (const name of SPECIAL_NAMES) {
    const address = url(scene, `folder/${encodeURIComponent(name)}`);
    await curl(scene, "--ftp-create-dirs", "-T", "in", address);
    await assertSameFile(join(served, "folder", name), join(local, "in"));
    await curl(scene, "-o", "out", address);
    await assertSameFile(join(local, "out"), join(local, "in"));
  }
  const listing = await curl(scene, "-l", url(scene, "folder/"));
  const names = listing.trimEnd().split("\n").sort();
  assertEquals(names, SPECIAL_NAMES.toSorted());
});

interopTest("curl", "curl moves an empty file", async (scene) => {
  await Deno.writeTextFile(join(scene.local, "in"), "");
  await curl(scene, "-T", "in", url(scene, "empty"));
  assertEquals((await Deno.stat(join(scene.served, "empty"))).size, 0);
  await curl(scene, "-o", "out", url(scene, "empty"));
  const { size } = await Deno.stat(join(scene.local, "out"));
  assertEquals(size, 0);
});

interopTest(
  "curl",
  "curl reads size and time, and keeps the time",
  async (scene) => {
    const path = join(scene.served, "old");
    await makeFile(path, 4321);
    await Deno.utime(path, OLD, OLD);
    const head = await curl(scene, "-I", url(scene, "old"));
    assertStringIncludes(head, "Last-Modified: Thu, 04 Mar 2021 05:06:07 GMT");
    assertStringIncludes(head, "Content-Length: 4321");
    await curl(scene, "-R", "-o", "out", url(scene, "old"));
    assertEquals((await Deno.stat(join(scene.local, "out"))).mtime, OLD);
  },
);

interopTest("curl", "curl converts line ends in ASCII mode", async (scene) => {
  await Deno.writeTextFile(join(scene.served, "text"), "one\ntwo\n");
  const text = await curl(scene, "--use-ascii", url(scene, "text"));
  assertEquals(text.replaceAll("\r\n", "\n"), "one\ntwo\n");
  await Deno.writeTextFile(join(scene.local, "in"), "three\nfour\n");
  await curl(scene, "--use-ascii", "-T", "in", url(scene, "back"));
  const stored = await Deno.readTextFile(join(scene.served, "back"));
  assertEquals(stored, "three\nfour\n");
});

interopTest(
  "curl",
  "curl goes on in the same session after a range",
  async (scene) => {
    await makeSparse(join(scene.served, "big"), 300_000_000, "the end");
    await Deno.writeTextFile(join(scene.served, "small"), "small");
    const flags = ["-v", "-r", "0-3", url(scene, "big"), "--next", "-sv"];
    const words = [...CURL, "-o", "range", ...flags, "-o", "small"];
    words.push("--noproxy", "*", url(scene, "small"));
    const { code, report } = await run(words, { cwd: scene.local });
    assertEquals(code, 0, report);
    const text = await Deno.readTextFile(join(scene.local, "small"));
    assertEquals(text, "small", report);
    assertEquals((await Deno.stat(join(scene.local, "range"))).size, 4);
  },
);

interopTest("curl", "curl moves 300 MB both ways", async (scene) => {
  const { served, local } = scene;
  await makeSparse(join(local, "in"), 300_000_000, "the end");
  await curl(scene, "-T", "in", url(scene, "big"));
  await runWell(["cmp", join(local, "in"), join(served, "big")], {
    cwd: local,
  });
  await curl(scene, "-o", "out", url(scene, "big"));
  await runWell(["cmp", join(local, "in"), join(local, "out")], { cwd: local });
});

interopTest("curl", "curl reads the end of a file of 5 GiB", async (scene) => {
  const size = 5 * 2 ** 30;
  await makeSparse(join(scene.served, "huge"), size, "the very end");
  const head = await curl(scene, "-I", url(scene, "huge"));
  assertStringIncludes(head, `Content-Length: ${size}`);
  const range = ["-r", `${size - 12}-`, url(scene, "huge")];
  assertEquals(await curl(scene, ...range), "the very end");
  assertEquals(await curl(scene, "-r", "-8", url(scene, "huge")), "very end");
});

interopTest("curl", "curl is told when a password is wrong", async (scene) => {
  const login = (user: string) =>
    refused(scene, "-v", "-u", user, url(scene, ""));
  const { code, report } = await login("bob:wrong");
  assertEquals(code, 67, report);
  assertStringIncludes(report, "< 530 Authentication failed.");
  assertEquals((await login("bob:secret")).code, 0);
}, { ftpd: ["--user", "bob:secret:ro", "--login-delay", "0.01"] });

interopTest(
  "curl",
  "curl's upload to a read-only server leaves no file",
  async (scene) => {
    await makeFile(join(scene.local, "in"));
    const { code, report } = await refused(
      scene,
      "-v",
      "-T",
      "in",
      url(scene, "no"),
    );
    assertEquals(code, 25, report);
    assertStringIncludes(report, "< 550 ");
    assertEquals(await Array.fromAsync(Deno.readDir(scene.served)), []);
  },
  { ftpd: [] },
);

interopTest(
  "curl",
  "20 curls at the same time get their files",
  async (scene) => {
    await makeFile(join(scene.served, "file"), 1_000_000);
    const numbers = Array.from({ length: 20 }, (_, at) => `${at}`);
    await Promise.all(
      numbers.map((at) => curl(scene, "-o", at, url(scene, "file"))),
    );
    await Promise.all(
      numbers.map((at) => curl(scene, "-T", at, url(scene, `up${at}`))),
    );
    for (const at of numbers) {
      await assertSameFile(
        join(scene.served, `up${at}`),
        join(scene.served, "file"),
      );
    }
  },
);
