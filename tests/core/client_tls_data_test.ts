import { assert, assertEquals, assertRejects } from "@std/assert";
import { FtpError, NetworkError } from "../../client/ftp/errors.ts";
import { bytesOf, textOf } from "./byte_cases.ts";
import { fakeTls } from "./client_fake_tls.ts";
import type { EndOptions } from "./client_fake_tls_end.ts";
import { names, play } from "./client_harness.ts";
import type { Answer, Peer } from "./client_peer.ts";
import { explicit, RETRIES } from "./client_tls_harness.ts";

const NO_SIZE = { SIZE: "550 No", MDTM: "550 No" };
const TLS = { tls: explicit() };

interface Sending extends EndOptions {
  /** The reply in front. */
  before?: string;
  /** The last reply. */
  after?: string;
  /** Whether it goes away without a word. */
  isCut?: boolean;
}

/** An answer that sends `text` over TLS. */
function sends(text: string, sending: Sending = {}): Answer {
  return async (_, peer) => {
    const { before = "150 Here", after = "226 Done", isCut = false } = sending;
    peer.say(before);
    const data = await peer.secureData(sending);
    data.send(text);
    if (!isCut) data.closeNotify();
    peer.data.end();
    return after;
  };
}

Deno.test("FtpClient downloads over TLS and says the last words, too", () =>
  play({ ...NO_SIZE, RETR: sends("hello") }, async ({ client, peer }) => {
    assertEquals(textOf(await client.downloadBytes("a")), "hello");
    assertEquals(peer.data.received.length, 2, "hello and close_notify");
    assertEquals(await client.workingDirectory(), "/");
  }, TLS));

Deno.test("FtpClient begins with TLS on data only once the command is sent", () =>
  play({
    ...NO_SIZE,
    RETR: async (argument, peer) => {
      peer.say("150 Here");
      const data = await peer.secureData();
      assertEquals(peer.commands.at(-1), `RETR ${argument}`);
      assertEquals(data.hello, { kind: "data", name: "192.0.2.1" });
      data.closeNotify();
      peer.data.end();
      return "226 Done";
    },
    EPSV: (_, peer) => {
      assert(peer.dataConns.every(({ isClosed }) => isClosed));
      return "229 Extended (|||40000|)";
    },
  }, async ({ client }) => {
    assertEquals(await client.downloadBytes("a"), new Uint8Array());
    assertEquals(await client.downloadBytes("b"), new Uint8Array());
  }, TLS));

Deno.test("FtpClient does the handshake before the 150, where servers wait for it", () =>
  play({
    ...NO_SIZE,
    RETR: async (_, peer) => {
      const data = await peer.secureData();
      peer.say("150 Here");
      data.send("hello");
      data.closeNotify();
      peer.data.end();
      return "226 Done";
    },
  }, async ({ client }) => {
    assertEquals(textOf(await client.downloadBytes("a")), "hello");
  }, TLS));

Deno.test("FtpClient gives the handshake up when the transfer is refused", () =>
  play({ ...NO_SIZE, RETR: "550 No such file" }, async ({ client, peer }) => {
    const failed = () => client.downloadBytes("a");
    await assertRejects(failed, FtpError, "550 No such file");
    assertEquals(await client.workingDirectory(), "/");
    peer.on("RETR", sends("hello"));
    assertEquals(textOf(await client.downloadBytes("a")), "hello");
    assertEquals(peer.commands.includes("ABOR"), false);
  }, TLS));

Deno.test("FtpClient can be cancelled in a handshake on data", () =>
  play({
    ...NO_SIZE,
    RETR: "150 Here",
    ABOR: "426 Aborted\r\n226 Done",
  }, async ({ client, peer }) => {
    const enough = new AbortController();
    const { signal } = enough;
    const failed = assertRejects(
      () => client.downloadBytes("a", { signal }),
      DOMException,
    );
    await peer.heard("RETR");
    enough.abort();
    await failed;
    assertEquals(await client.workingDirectory(), "/");
  }, TLS));

Deno.test("FtpClient waits for a handshake on data as long as for everything else", () =>
  play({
    ...NO_SIZE,
    RETR: "150 Here",
    ABOR: "426 Aborted\r\n226 Done",
  }, async ({ client, peer, clock }) => {
    const failed = assertRejects(
      () => client.downloadBytes("a"),
      NetworkError,
      "No TLS for the data of RETR a: no end of the handshake in 30 seconds",
    );
    await peer.heard("RETR");
    while (peer.data.received.length === 0) {
      await new Promise<void>((resolve) => peer.data.onChange = resolve);
    }
    await clock.advance(31_000);
    assertEquals((await failed).kind, "timeout");
    assertEquals(await client.workingDirectory(), "/");
  }, TLS));

Deno.test("FtpClient takes no bytes from whoever shows another certificate", () =>
  play({
    ...NO_SIZE,
    RETR: sends("evil", { certificate: "evil", after: "226 Done" }),
    ABOR: "226 Nothing to abort",
  }, async ({ client, peer }) => {
    const failed = () => client.downloadBytes("a");
    const error = await assertRejects(
      failed,
      NetworkError,
      "No TLS for the data of RETR a: it shows another certificate",
    );
    assertEquals([error.kind, error.transient], ["tls", false]);
    assertEquals(peer.commands.filter((line) => line === "RETR a").length, 1);
  }, { tls: explicit(), ...RETRIES }));

Deno.test("FtpClient sends no bytes to whoever shows another certificate", () =>
  play({
    STOR: async (_, peer) => {
      peer.say("150 Send");
      await peer.secureData({ certificate: "evil" });
      await peer.data.closed;
      return "426 Broken";
    },
    ABOR: "226 Nothing to abort",
  }, async ({ client, peer }) => {
    const failed = () => client.upload(bytesOf("secret"), "a");
    const error = await assertRejects(failed, NetworkError);
    assertEquals(error.kind, "tls");
    assertEquals(peer.data.received.length, 1, "nothing but the hello");
  }, TLS));

Deno.test("FtpClient takes nothing in clear where data shall be protected", () =>
  play({
    ...NO_SIZE,
    RETR: (_, peer) => peer.sends("in clear"),
  }, async ({ client }) => {
    const failed = () => client.downloadBytes("a");
    const error = await assertRejects(failed, NetworkError, "this is no TLS");
    assertEquals(error.kind, "tls");
  }, TLS));

Deno.test("FtpClient leaves data in clear when it is told to", () =>
  play({
    ...NO_SIZE,
    RETR: (_, peer) => peer.sends("hello"),
  }, async ({ client }) => {
    assertEquals(textOf(await client.downloadBytes("a")), "hello");
  }, { tls: explicit(fakeTls(), { data: "clear" }) }));

Deno.test("FtpClient protects data connections that the server makes", () =>
  play({
    ...NO_SIZE,
    RETR: async (_, peer) => {
      peer.say("150 Here");
      peer.arrive();
      const data = await peer.secureData();
      data.send("hello");
      data.closeNotify();
      peer.data.end();
      return "226 Done";
    },
  }, async ({ client }) => {
    assertEquals(textOf(await client.downloadBytes("a")), "hello");
  }, { tls: explicit(), mode: "active" }));

const WHOLE: readonly [what: string, answers: Record<string, Answer>][] = [
  ["SIZE", { SIZE: "213 5", RETR: sends("hello", { isCut: true }) }],
  ["the 150", {
    ...NO_SIZE,
    RETR: sends("hello", { isCut: true, before: "150 Open a (5 bytes)" }),
  }],
];

for (const [what, answers] of WHOLE) {
  Deno.test(`FtpClient downloads a file that is cut off when ${what} has told its size`, () =>
    play(answers, async ({ client }) => {
      assertEquals(textOf(await client.downloadBytes("a")), "hello");
    }, TLS));
}

const CUT: readonly [what: string, answers: Record<string, Answer>][] = [
  ["has no known size", {
    ...NO_SIZE,
    RETR: sends("hello", { isCut: true }),
  }],
  ["may go on, as the 150 says", {
    ...NO_SIZE,
    RETR: sends("hello", { isCut: true, before: "150 Open a (6 bytes)" }),
  }],
  ["is empty", { ...NO_SIZE, RETR: sends("", { isCut: true }) }],
];

for (const [what, answers] of CUT) {
  Deno.test(`FtpClient never takes a file for complete that is cut off and ${what}`, () =>
    play(answers, async ({ client, peer }) => {
      const failed = () => client.downloadBytes("a");
      const error = await assertRejects(
        failed,
        NetworkError,
        "The data of RETR a was cut",
      );
      assertEquals(error.kind, "closed");
      assertEquals(await client.workingDirectory(), "/");
      assertEquals(peer.controls.length, 1);
    }, TLS));
}

Deno.test("FtpClient never takes a text for complete that is cut off", () =>
  play({
    SIZE: "213 5",
    RETR: sends("hello", { isCut: true, before: "150 Open a (5 bytes)" }),
  }, async ({ client }) => {
    const failed = () => client.downloadBytes("a", { type: "ascii" });
    await assertRejects(failed, NetworkError, "was cut");
  }, TLS));

Deno.test("FtpClient does not believe a size that was told in clear", () =>
  play({
    SIZE: "213 5",
    RETR: sends("hello", { isCut: true }),
    CCC: (_, peer) => {
      peer.say("200 In clear");
      return peer.leaveTls();
    },
  }, async ({ client }) => {
    const failed = () => client.downloadBytes("a");
    await assertRejects(failed, NetworkError, "was cut");
  }, { tls: explicit(fakeTls(), { clearCommands: true }) }));

Deno.test("FtpClient never takes a listing for complete that is cut off", () =>
  play({
    MLSD: sends("type=file; a\r\n", { isCut: true }),
  }, async ({ client }) => {
    const listing = client.list("/");
    assertEquals((await listing.next()).value?.name, "a");
    const failed = () => listing.next();
    await assertRejects(failed, NetworkError, "The data of MLSD / was cut");
  }, TLS));

Deno.test("FtpClient lists over TLS", () =>
  play({
    MLSD: sends("type=file; a\r\ntype=file; b\r\n"),
  }, async ({ client }) => {
    assertEquals(await names(client.list()), ["a", "b"]);
  }, TLS));

/** An upload that the server takes, and what it does when that has ended. */
function takes(end: (peer: Peer) => void): Answer {
  return async (_, peer) => {
    peer.say("150 Send");
    const data = await peer.secureData();
    await data.until(() => data.hasEnded);
    assertEquals(data.text, "hello");
    assertEquals(peer.data.isClosed, false, "closed before it was answered");
    end(peer);
    return "226 Done";
  };
}

Deno.test("FtpClient says that an upload is complete, and waits for the answer", () =>
  play({
    STOR: takes((peer) => peer.data.end()),
  }, async ({ client, peer }) => {
    await client.upload(bytesOf("hello"), "a");
    assertEquals(peer.data.isClosed, true);
  }, TLS));

Deno.test("FtpClient waits two seconds for the end of an upload, and only once", () =>
  play({
    STOR: takes(() => {}),
  }, async ({ client, peer, clock }) => {
    const first = client.upload(bytesOf("hello"), "a");
    await peer.heard("STOR");
    while (clock.sleeping === 0 || peer.data.received.length < 3) {
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    await clock.advance(1999);
    assertEquals(peer.data.isClosed, false);
    await clock.advance(1);
    await first;
    await client.upload(bytesOf("hello"), "b");
    assertEquals(peer.data.isClosed, true);
  }, TLS));

Deno.test("FtpClient fails with an upload that the server does not confirm", () =>
  play({
    STOR: async (_, peer) => {
      peer.say("150 Send");
      const data = await peer.secureData();
      await data.until(() => data.hasEnded);
      peer.data.end();
      return "452 Full";
    },
  }, async ({ client }) => {
    const failed = () => client.upload(bytesOf("hello"), "a");
    await assertRejects(failed, FtpError, "452 Full");
    assertEquals(await client.workingDirectory(), "/");
  }, TLS));

Deno.test("FtpClient resumes a download over TLS", () => {
  let attempts = 0;
  return play({
    SIZE: "213 5",
    MDTM: "550 No",
    RETR: (argument, peer) => {
      const isFirst = attempts++ === 0;
      const sending = isFirst ? { isCut: true, after: "426 Broken" } : {};
      const text = isFirst ? "hel" : "lo";
      return (sends(text, sending) as (a: string, p: Peer) => string)(
        argument,
        peer,
      );
    },
  }, async ({ client, disk, peer }) => {
    await client.download("a", "b");
    assertEquals([...disk.files], [["b", "hello"]]);
    assert(peer.commands.includes("REST 3"));
  }, { tls: explicit(), ...RETRIES });
});
