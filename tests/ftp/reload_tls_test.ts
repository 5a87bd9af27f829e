import { assertEquals, assertStringIncludes } from "@std/assert";
import { createCertificate } from "../../lib/x509.ts";
import { testCertificates } from "../tls_certificates.ts";
import { startFtpd } from "./helpers.ts";
import { reload } from "./reload_tool.ts";
import {
  ANY,
  pinOf,
  portOf,
  SecureControl,
  tlsFolders,
  tlsTest,
} from "./tls_tool.ts";

tlsTest(
  "ftpd takes other certificate files by a reload, and follows those from then on",
  async () => {
    const { server, selfSigned } = await testCertificates();
    await using folders = await tlsFolders({ server, selfSigned });
    const config = `${folders.base}/ftpd.toml`;
    const write = (name: string, banner: string) =>
      Deno.writeTextFile(
        config,
        [
          ["banner", banner],
          ["tls-cert", `${folders.tls}/${name}.pem`],
          ["tls-key", `${folders.tls}/${name}.key`],
        ].map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`).join(""),
        { mode: 0o600 },
      );
    await write("server", "First.");
    const args = [...ANY, "--config", config, "--anonymous", "ro", folders.pub];
    await using ftpd = await startFtpd(args);
    const port = portOf(ftpd.ready, "ftps");
    using old = await SecureControl.implicit(port);
    assertEquals(old.pin, await pinOf(server));
    await write("selfSigned", "Second.");
    await reload(ftpd);
    assertStringIncludes(ftpd.log, "reloaded how=anew");
    {
      using fresh = await SecureControl.implicit(port);
      assertEquals(fresh.pin, await pinOf(selfSigned));
    }
    // The same files, with others in them: nobody has to be replaced.
    const third = await createCertificate({
      names: ["localhost", "127.0.0.1"],
    });
    await folders.put("selfSigned", third);
    await write("selfSigned", "Third.");
    await reload(ftpd);
    await ftpd.said(await pinOf(third));
    for (;;) {
      using fresh = await SecureControl.implicit(port);
      if (fresh.pin === await pinOf(third)) break;
    }
    await old.say("USER anonymous", 331);
    await old.say("PASS x", 230);
  },
);
