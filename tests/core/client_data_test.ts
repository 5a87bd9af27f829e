import { assertEquals, assertRejects } from "@std/assert";
import {
  FtpError,
  NetworkError,
  ProtocolError,
} from "../../client/ftp/errors.ts";
import type { Answer } from "./client_peer.ts";
import { SERVER } from "./client_peer.ts";
import { play } from "./client_harness.ts";
import { textOf } from "./byte_cases.ts";

const RETR: Answer = (_, peer) => peer.sends("hello");

Deno.test("FtpClient asks for EPSV only, and connects to the server itself", () =>
  play({ RETR }, async ({ client, peer }) => {
    assertEquals(textOf(await client.downloadBytes("a")), "hello");
    assertEquals(peer.dialled.at(-1), { ...SERVER, port: 40_000 });
    assertEquals(peer.commands.includes("PASV"), false);
  }));

Deno.test("FtpClient remembers that EPSV is refused", () =>
  play({ RETR, EPSV: "500 What?" }, async ({ client, peer }) => {
    await client.downloadBytes("a");
    await client.downloadBytes("a");
    const asked = peer.commands.filter((line) => /^(EPSV|PASV)$/.test(line));
    assertEquals(asked, ["EPSV", "PASV", "PASV"]);
  }));

Deno.test("FtpClient asks for PASV when EPSV is not wanted, from then on", () =>
  play({ RETR }, async ({ client, peer }) => {
    await client.downloadBytes("a");
    client.data = { extended: false };
    await client.downloadBytes("a");
    await client.downloadBytes("a");
    const asked = peer.commands.filter((line) => /^(EPSV|PASV)$/.test(line));
    assertEquals(asked, ["EPSV", "PASV", "PASV"]);
  }));

Deno.test("FtpClient takes a 227 for an answer to EPSV", () =>
  play(
    { RETR, EPSV: "227 Passive (192,0,2,1,156,65)" },
    async ({ client, peer }) => {
      await client.downloadBytes("a");
      assertEquals(peer.dialled.at(-1), { ...SERVER, port: 40_001 });
      assertEquals(peer.commands.includes("PASV"), false);
    },
  ));

Deno.test("FtpClient tries PASV when the port of EPSV does not open", () =>
  play({ RETR }, async ({ client, peer }) => {
    peer.refusals = [new Error("filtered")];
    assertEquals(textOf(await client.downloadBytes("a")), "hello");
    await client.downloadBytes("a");
    const asked = peer.commands.filter((line) => /^(EPSV|PASV)$/.test(line));
    assertEquals(asked, ["EPSV", "PASV", "PASV"]);
  }));

Deno.test("FtpClient says why when no port opens, and goes on", () =>
  play({ RETR }, async ({ client, peer }) => {
    const refused = new Error("refused");
    refused.name = "ConnectionRefused";
    peer.refusals = [refused, refused];
    await assertRejects(
      () => client.downloadBytes("a"),
      NetworkError,
      "Cannot open a data connection to 192.0.2.1:40000: connection refused",
    );
    assertEquals(textOf(await client.downloadBytes("a")), "hello");
  }));

const FOREIGN = ["10,0,0,1", "127,0,0,1", "169,254,1,1", "8,8,8,8", "0,0,0,0"];

for (const host of FOREIGN) {
  Deno.test(`FtpClient ignores the address of a 227 with ${host}`, () =>
    play(
      { RETR, EPSV: "502 No", PASV: `227 Passive (${host},156,64)` },
      async ({ client, peer }) => {
        assertEquals(textOf(await client.downloadBytes("a")), "hello");
        assertEquals(peer.dialled.at(-1), { ...SERVER, port: 40_000 });
      },
    ));
}

Deno.test("FtpClient follows the address of a 227 when told to", () =>
  play(
    { RETR, EPSV: "502 No", PASV: "227 Passive (10,0,0,1,156,64)" },
    async ({ client, peer }) => {
      await client.downloadBytes("a");
      assertEquals(peer.dialled.at(-1), { hostname: "10.0.0.1", port: 40_000 });
    },
    { trustPasvAddress: true },
  ));

const SERVICES = [
  ["EPSV", "229 (|||25|)"],
  ["PASV", "227 (192,0,2,1,0,21)"],
] as const;

for (const [verb, said] of SERVICES) {
  Deno.test(`FtpClient refuses a port of another service from ${verb}`, () =>
    play(
      { RETR, EPSV: "502 No", [verb]: said },
      async ({ client, peer }) => {
        await assertRejects(
          () => client.downloadBytes("a"),
          ProtocolError,
          "which is a service's",
        );
        assertEquals(peer.dialled.length, 1);
        assertEquals(await client.workingDirectory(), "/");
      },
    ));
}

for (const said of ["227 (1,2,3)", "227 (192,0,2,1,256,1)", "227 OK"]) {
  Deno.test(`FtpClient rejects ${said}`, () =>
    play(
      { RETR, EPSV: "502 No", PASV: said },
      async ({ client }) => {
        await assertRejects(() => client.downloadBytes("a"), ProtocolError);
      },
    ));
}

Deno.test("FtpClient gives the refusal of PASV when there is no way", () =>
  play({ EPSV: "502 No", PASV: "425 Full" }, async ({ client }) => {
    const error = await assertRejects(
      () => client.downloadBytes("a"),
      FtpError,
    );
    assertEquals([error.command, error.code], ["PASV", 425]);
  }));

const arriving: Answer = (_, peer) => {
  peer.say("150 Here");
  peer.arrive();
  peer.data.send("hello");
  peer.data.end();
  return "226 Done";
};

Deno.test("FtpClient listens in active mode and tells the server by PORT", () =>
  play({ RETR: arriving }, async ({ client, peer }) => {
    assertEquals(textOf(await client.downloadBytes("a")), "hello");
    assertEquals(peer.listening[0]?.hostname, "192.0.2.9");
    assertEquals(peer.commands.includes("PORT 192,0,2,9,195,80"), true);
  }, { mode: "active" }));

Deno.test("FtpClient remembers that PORT is not known and sends EPRT", () =>
  play({ RETR: arriving, PORT: "502 No" }, async ({ client, peer }) => {
    await client.downloadBytes("a");
    await client.downloadBytes("a");
    const asked = peer.commands.filter((line) => /^(EPRT|PORT)/.test(line));
    assertEquals(asked, [
      "PORT 192,0,2,9,195,80",
      "EPRT |1|192.0.2.9|50000|",
      "EPRT |1|192.0.2.9|50001|",
    ]);
  }, { mode: "active" }));

Deno.test("FtpClient announces the address it was told to", () =>
  play({ RETR: arriving }, async ({ client, peer }) => {
    await client.downloadBytes("a");
    assertEquals(peer.listening[0]?.hostname, "192.0.2.9");
    assertEquals(peer.commands.includes("PORT 198,51,100,7,195,80"), true);
  }, { mode: "active", activeAddress: "198.51.100.7" }));

Deno.test("FtpClient turns strangers away in active mode", () =>
  play({
    RETR: (_, peer) => {
      const stranger = peer.arrive({ hostname: "203.0.113.1", port: 20 });
      stranger.send("evil");
      return arriving("", peer);
    },
  }, async ({ client }) => {
    assertEquals(textOf(await client.downloadBytes("a")), "hello");
  }, { mode: "active" }));

Deno.test("FtpClient gives up waiting for a connection in active mode", () =>
  play({
    RETR: "150 Here",
    ABOR: "226 Closed",
  }, async ({ client, peer, clock }) => {
    const failed = assertRejects(
      () => client.downloadBytes("a"),
      NetworkError,
      "made no data connection within 30 s",
    );
    await peer.heard("RETR");
    await clock.advance(30_000);
    await failed;
    assertEquals(await client.workingDirectory(), "/");
  }, { mode: "active" }));

Deno.test("FtpClient believes the server that refuses PORT", () =>
  play({ PORT: "425 Not to you" }, async ({ client }) => {
    await assertRejects(() => client.downloadBytes("a"), FtpError, "425");
  }, { mode: "active" }));
