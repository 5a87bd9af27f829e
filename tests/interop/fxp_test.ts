import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import type { Ftpd } from "../ftp/helpers.ts";
import { assertSameTree, makeFile, SPECIAL_NAMES } from "./files.ts";
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
      // Of an empty file lftp makes no transfer here, and waits for ever.
      for (const [at, name] of SPECIAL_NAMES.entries()) {
        await makeFile(join(scene.served, name), 1000 + at);
      }
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

interopTest("python3", "ftplib sends a file to a third host", async (scene) => {
  await makeFile(join(scene.served, "file"), 300_000);
  await python(
    scene,
    `
ftp = ftplib.FTP(timeout=20, source_address=('127.0.0.5', 0))
ftp.connect(host, port)
ftp.login()
ftp.voidcmd('TYPE I')
third = socket.create_server(('127.0.0.9', 0))
number = third.getsockname()[1]
ftp.voidcmd('PORT 127,0,0,9,%d,%d' % (number >> 8, number & 255))
ftp.sendcmd('RETR file')
data = third.accept()[0].makefile('rb').read()
assert ftp.voidresp().startswith('226 ')
assert len(data) == 300000, len(data)
ftp.quit()
`,
  );
}, { ftpd: OPTIONS });

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
