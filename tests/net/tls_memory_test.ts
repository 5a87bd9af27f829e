/** What failed handshakes leave in memory that no garbage collector sees. */
import { assert, assertEquals } from "@std/assert";
import { noTls } from "../../lib/net/tls/ability.ts";

const SCRIPT = new URL("./tls_failures_child.ts", import.meta.url).pathname;
const FAILURES = 6000;
/** Little room for what waits to be collected. */
const V8 = "--v8-flags=--expose-gc,--max-semi-space-size=1";
/** Bytes; the runtime kept 43,000 where a callback chose the certificate. */
const MOST_KEPT = 25_000;
const NO_TLS = noTls();

for (const certificates of [1, 2]) {
  const name =
    `failed handshakes leave no memory behind, certificates: ${certificates}`;
  Deno.test({
    name: NO_TLS === null ? name : `${name} (skipped: ${NO_TLS})`,
    ignore: NO_TLS !== null,
    fn: async () => {
      const flags = ["--quiet", "--no-prompt", V8];
      const words = [SCRIPT, certificates, FAILURES].map(String);
      const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", ...flags, ...words],
        env: { NO_COLOR: "1" },
      }).output();
      assertEquals(code, 0, new TextDecoder().decode(stderr));
      const kept = Number(new TextDecoder().decode(stdout)) / FAILURES;
      assert(kept < MOST_KEPT, `${kept.toFixed(0)} bytes for each`);
    },
  });
}
