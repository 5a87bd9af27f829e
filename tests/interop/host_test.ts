import { assertEquals, assertStringIncludes } from "@std/assert";
import { sceneOf } from "../ftp/accounts_scene.ts";
import { isInstalled, run } from "./program.ts";

const HAS_LFTP = isInstalled("lftp");
const SKIPPED = HAS_LFTP ? "" : " (SKIPPED: lftp is not installed)";

/** Two servers at one address; `dora` is at one of them. */
const CONFIG = `
  [defaults]
  root = "DIR/pub"
  [account.alice]
  password = "secret"
  [host.localhost]
  banner = "The local host."
  [host.localhost.account.dora]
  password = "secret"
`;

Deno.test({
  name: `lftp says the name that it connects to by HOST${SKIPPED}`,
  ignore: !HAS_LFTP,
  async fn() {
    await using scene = await sceneOf(CONFIG);
    const { server: { ports: [port] }, base } = scene;
    const open = async (host: string, user: string) => {
      const script = "set net:max-retries 1; set net:timeout 10; " +
        `open -u ${user},secret -p ${port} ${host}; cat a`;
      return await run(["lftp", "-d", "-c", script], { cwd: base });
    };
    const dora = await open("localhost", "dora");
    assertStringIncludes(dora.stderr, "220 The local host.", dora.report);
    assertEquals(dora.stdout, "abc", dora.report);
    const alice = await open("127.0.0.1", "alice");
    assertStringIncludes(alice.stderr, "HOST 127.0.0.1", alice.report);
    assertEquals(alice.stdout, "abc", alice.report);
    for (
      const [host, user] of [["localhost", "alice"], ["127.0.0.1", "dora"]]
    ) {
      const { stdout, stderr, report } = await open(host!, user!);
      assertEquals(stdout, "", report);
      assertStringIncludes(stderr, "530 Authentication failed.", report);
    }
  },
});
