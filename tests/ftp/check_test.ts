/** What `ftpd --check` finds before a start would. */
import { assertEquals, assertMatch } from "@std/assert";
import { IS_ROOT, runFtpd, tempFolders } from "./helpers.ts";

Deno.test("ftpd --check refuses a log file that can't be written, and makes none", async () => {
  await using folders = await tempFolders();
  const { base, pub } = folders;
  const check = (file: string) =>
    runFtpd(["--check", "--log-file", `${base}/${file}`, pub]);
  assertEquals((await check("new.log")).code, 0);
  await Deno.writeTextFile(`${base}/old.log`, "as it was\n");
  assertEquals((await check("old.log")).code, 0);
  assertEquals(await Deno.readTextFile(`${base}/old.log`), "as it was\n");
  if (!IS_ROOT) {
    await Deno.chmod(`${base}/old.log`, 0o400);
    const { code, stderr } = await check("old.log");
    assertEquals(code, 1);
    assertMatch(stderr, /cannot write the log .*old\.log: permission denied/i);
  }
  const left = Array.from(Deno.readDirSync(base), ({ name }) => name);
  assertEquals(left.sort(), ["old.log", "pub"]);
});
