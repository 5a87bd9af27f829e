import { assertEquals, assertStringIncludes } from "@std/assert";
import { testCertificates } from "../tls_certificates.ts";
import { type Ftpd, startFtpd } from "./helpers.ts";
import {
  ANY,
  portOf,
  SecureControl,
  type TlsFolders,
  tlsFolders,
  tlsTest,
} from "./tls_tool.ts";

/** `pässwörd 1`, by `htpasswd -s`. */
const HASH = "{SHA}/Hrn08gEogcgvDjo5YNQSGibZVE=";

const CONFIG = `
  tls = "optional"
  banner = "The server."
  [defaults]
  root = "pub"
  [account.alice]
  hash = "${HASH}"
  tls = "required"
  [account.bob]
  hash = "${HASH}"
  [host."b.example"]
  banner = "This is B."
  [host."b.example".account.dora]
  hash = "${HASH}"
`;

/** A server with accounts and hosts, and both kinds of TLS. */
async function sceneOf(): Promise<
  AsyncDisposable & { ftpd: Ftpd; folders: TlsFolders }
> {
  const { server } = await testCertificates();
  const folders = await tlsFolders({ server });
  const config = `${folders.base}/ftpd.toml`;
  await Deno.writeTextFile(config, CONFIG);
  const ftpd = await startFtpd([
    ...["--config", config, ...ANY, ...folders.words("server")],
  ]);
  return {
    ftpd,
    folders,
    async [Symbol.asyncDispose]() {
      await ftpd[Symbol.asyncDispose]();
      await folders[Symbol.asyncDispose]();
    },
  };
}

tlsTest(
  "accounts that must use TLS are told so before a password is sent",
  async () => {
    await using scene = await sceneOf();
    const { ftpd } = scene;
    const port = portOf(ftpd.ready, "ftp");
    const plain = await ftpd.connect({ port });
    const refusal = "550 SSL/TLS required on the control channel.";
    assertEquals(await plain.say("USER alice"), refusal);
    await plain.login("bob", "pässwörd 1");
    plain.close();
    using secret = await SecureControl.explicit(port);
    await secret.say("USER alice", 331);
    await secret.say("PASS pässwörd 1", 230);
  },
);

tlsTest("the name that TLS begins with chooses the host", async () => {
  await using scene = await sceneOf();
  const { ftpd } = scene;
  const port = portOf(ftpd.ready, "ftps");
  using named = await SecureControl.implicit(port, "b.example", {
    insecure: true,
  });
  assertStringIncludes(named.greeting, "This is B.");
  await named.say("HOST b.example", 220);
  await named.say("USER bob", 331);
  await named.say("PASS pässwörd 1", 530);
  await named.say("USER dora", 331);
  await named.say("PASS pässwörd 1", 230);
  using other = await SecureControl.implicit(port, "c.example", {
    insecure: true,
  });
  assertStringIncludes(other.greeting, "The server.");
  await other.say("USER dora", 331);
  await other.say("PASS pässwörd 1", 530);
});

tlsTest("AUTH forgets the host, and HOST chooses it again", async () => {
  await using scene = await sceneOf();
  const { ftpd } = scene;
  using control = await SecureControl.explicit(portOf(ftpd.ready, "ftp"));
  await control.say("USER dora", 331);
  await control.say("PASS pässwörd 1", 530);
  await control.say("HOST b.example", 220);
  await control.say("USER dora", 331);
  await control.say("PASS pässwörd 1", 230);
});
