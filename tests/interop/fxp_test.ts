import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import type { Ftpd } from "../ftp/helpers.ts";
import { assertSameTree, makeFile, makeTree, SPECIAL_NAMES } from "./files.ts";
import { python } from "./ftplib.ts";
import { interopTest, placeOf, type Scene, withFtpd } from "./interop.ts";
import { tryLftp } from "./lftp.ts";

const OPTIONS = ["--write", "--foreign-data"];

/** A second server, on a folder of its own. */
async function withSecond(
  scene: Scene,
  action: (ftpd: Ftpd, served: string) => Promise<void>,
): Promise<void> {
  const served = join(scene.local, "second");
  await Deno.mkdir(served);
  await withFtpd([...OPTIONS, served], (ftpd) => action(ftpd, served));
}

for (const source of ["on", "off"]) {
  interopTest(
    "lftp",
    `lftp mirrors from server to server, passive source ${source}`,
    async (scene) => {
      await makeTree(scene.served, SPECIAL_NAMES);
      await withSecond(scene, async (second, served) => {
        const { host, port } = placeOf(second);
        const { code, report } = await tryLftp(
          scene,
          `set ftp:fxp-passive-source ${source}; set ftp:use-fxp yes;
         mirror / ftp://${host}:${port}/copy`,
        );
        assertEquals(code, 0, report);
        assertStringIncludes(report, "PORT 127,0,0,1,");
        await assertSameTree(join(served, "copy"), scene.served);
      });
    },
    { ftpd: OPTIONS },
  );
}

/** The client is 127.0.0.5: the other server's data come from elsewhere. */
const FOREIGN = `
other = ftplib.FTP(timeout=20, source_address=('127.0.0.5', 0))
here = ftplib.FTP(timeout=20, source_address=('127.0.0.5', 0))
here.connect(host, port)
other.connect(host, OTHER)
for ftp in [here, other]:
    ftp.login()
    ftp.voidcmd('TYPE I')
ftplib.ftpcp(SOURCE, 'file', TARGET, 'copy')
here.quit()
other.quit()
`;

interopTest(
  "python3",
  "ftplib copies between servers from a third host",
  async (scene) => {
    await makeFile(join(scene.served, "file"), 300_000);
    await withSecond(scene, async (second, served) => {
      const { port } = placeOf(second);
      const script = FOREIGN.replace("OTHER", `${port}`)
        .replace("SOURCE", "here").replace("TARGET", "other");
      await python(scene, script);
      const { size } = await Deno.stat(join(served, "copy"));
      assertEquals(size, 300_000);
    });
  },
  { ftpd: OPTIONS },
);

interopTest(
  "python3",
  "ftplib cannot copy between servers that were not told to",
  async (scene) => {
    await makeFile(join(scene.served, "file"));
    await python(
      scene,
      `
ftp = connect()
for port in ['127,0,0,9,200,1', '192,0,2,1,200,1']:
    message = refusal(ftp.sendcmd, 'PORT ' + port)
    assert message.startswith('501 '), message
assert refusal(ftp.voidcmd, 'RETR file').startswith('425 ')
ftp.quit()
`,
    );
  },
);
