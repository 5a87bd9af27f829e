import { join } from "node:path";
import { makeSparse } from "./files.ts";
import { python } from "./ftplib.ts";
import { interopTest, MODES } from "./interop.ts";

// Python sends all of `ABOR` as urgent data: its last byte, the LF, gets lost.
for (const mode of MODES) {
  interopTest(
    "python3",
    `ftplib aborts transfers and goes on: ${mode.name}`,
    async (scene) => {
      await makeSparse(join(scene.served, "big"), 300_000_000, "the end");
      await python(
        scene,
        `
ftp = connect()
ftp.voidcmd('TYPE I')
for round in range(5):
    data = ftp.transfercmd('RETR big')
    data.recv(1000)
    reply = ftp.abort()
    assert reply[:3] in ('426', '225', '226'), reply
    data.close()
    if reply.startswith('426'):
        assert ftp.getresp().startswith('226 ')
    assert ftp.voidcmd('NOOP').startswith('200 ')
    data = ftp.transfercmd('STOR half')
    data.sendall(bytes(100000))
    assert ftp.abort().startswith('426 ')
    data.close()
    assert ftp.getresp().startswith('226 ')
    assert ftp.nlst() == ['big'], ftp.nlst()
data = ftp.transfercmd('RETR big')
data.recv(1000)
data.close()
message = refusal(ftp.voidresp)
assert message.startswith('426 '), message
assert ftp.abort().startswith('225 ')
assert fetch(ftp, 'big', rest=299999993) == b'the end'
ftp.quit()
`,
        { mode },
      );
    },
    { missing: mode.missing },
  );
}
