import { assertEquals, assertRejects } from "@std/assert";
import { FtpError, ProtocolError } from "../../client/ftp/errors.ts";
import { isPlainName } from "../../client/ftp/listing.ts";
import type { Answer } from "./client_peer.ts";
import { names, play } from "./client_harness.ts";

const MLSD: Answer = (_, peer) =>
  peer.sends(
    "type=cdir; /pub\r\ntype=pdir; /\r\n" +
      "type=file;size=5;modify=20240229123456; a b\r\n" +
      "type=dir; d\r\nnonsense\r\ntype=file;size=-1; last",
  );

Deno.test("FtpClient.list() gives the entries of MLSD with their paths", () =>
  play({ MLSD }, async ({ client, peer }) => {
    const entries = await Array.fromAsync(client.list("/pub"));
    assertEquals(entries, [
      {
        name: "a b",
        path: "/pub/a b",
        type: "file",
        size: 5,
        modified: new Date("2024-02-29T12:34:56Z"),
      },
      {
        name: "d",
        path: "/pub/d",
        type: "directory",
        size: null,
        modified: null,
      },
      {
        name: "",
        path: "/pub",
        type: "other",
        size: null,
        modified: null,
        unparsed: "nonsense",
      },
      {
        name: "last",
        path: "/pub/last",
        type: "file",
        size: null,
        modified: null,
      },
    ]);
    assertEquals(peer.commands.at(-1), "MLSD /pub");
  }));

Deno.test("FtpClient.list() without a path gives paths in the current folder", () =>
  play({ MLSD }, async ({ client, peer }) => {
    const entries = await Array.fromAsync(client.list());
    assertEquals(entries[0]?.path, "a b");
    assertEquals(peer.commands.at(-1), "MLSD");
  }));

const LIST: Answer = (_, peer) =>
  peer.sends(
    "total 2\r\n-rw-r--r-- 1 me us 5 Jan  1  2020 a b\r\n?!\r\n" +
      "drwxr-xr-x 2 me us 0 Jan  1  2020 .\n" +
      "lrwxrwxrwx 1 me us 5 Jan  1  2020 l -> a b",
  );

Deno.test("FtpClient.list() reads LIST where MLSD is not offered", () =>
  play({ FEAT: "502 No", LIST }, async ({ client, peer }) => {
    const entries = await Array.fromAsync(client.list("-pub"));
    assertEquals(entries.map(({ path, type }) => [path, type]), [
      ["-pub/a b", "file"],
      ["-pub", "other"],
      ["-pub/l", "link"],
    ]);
    assertEquals(entries[1]?.unparsed, "?!");
    assertEquals(entries[2]?.target, "a b");
    assertEquals(peer.commands.at(-1), "LIST ./-pub");
  }));

Deno.test("FtpClient.list() reads LIST where MLSD was promised only", () =>
  play({ MLSD: "502 No", LIST }, async ({ client, peer }) => {
    assertEquals(await names(client.list()), ["a b", "", "l"]);
    assertEquals(await names(client.list()), ["a b", "", "l"]);
    assertEquals(peer.commands.filter((line) => line === "MLSD").length, 1);
  }));

for (const said of ["550 No files found", "450 No files in folder"]) {
  Deno.test(`FtpClient.list() takes ${said} for an empty folder`, () =>
    play({ FEAT: "502 No", LIST: said }, async ({ client }) => {
      assertEquals(await names(client.list()), []);
    }));
}

Deno.test("FtpClient.list() gives the server's refusal", () =>
  play({ MLSD: "550 No such folder" }, async ({ client }) => {
    await assertRejects(() => names(client.list("x")), FtpError, "MLSD x");
  }));

Deno.test("FtpClient.list() tells when a listing was cut", () =>
  play({
    MLSD: (_, peer) => peer.sends("type=file; a\r\n", "150", "426 Broken"),
  }, async ({ client }) => {
    const seen: string[] = [];
    await assertRejects(async () => {
      for await (const { name } of client.list()) seen.push(name);
    }, FtpError);
    assertEquals(seen, ["a"]);
  }));

Deno.test("FtpClient.list() reports a line that is too long", () =>
  play({
    MLSD: (_, peer) =>
      peer.sends(`type=file; ${"x".repeat(9000)}\r\ntype=file; b\r\n`),
  }, async ({ client }) => {
    const entries = await Array.fromAsync(client.list());
    assertEquals(entries.map(({ name }) => name), ["", "b"]);
    assertEquals(entries[0]?.unparsed, "(a line of more than 8192 bytes)");
  }));

/** A listing without end: `line` over and over. */
function endless(line: string): Answer {
  return async (_, peer) => {
    peer.say("150 Here");
    const text = line.repeat(2000);
    while (!peer.data.isClosed) {
      peer.data.send(text);
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  };
}
const ABOR = "426 Stopped\r\n226 Aborted";

Deno.test("FtpClient.list() stops an endless listing", () =>
  play({ MLSD: endless("type=file; a\r\n"), ABOR }, async ({ client }) => {
    await assertRejects(
      () => names(client.list("", { maxEntries: 5000 })),
      ProtocolError,
      "more than 5000 entries",
    );
    assertEquals(await client.workingDirectory(), "/");
  }));

Deno.test("FtpClient.list() stops an endless line", () =>
  play({ MLSD: endless("x".repeat(10)), ABOR }, async ({ client }) => {
    await assertRejects(
      () => names(client.list()),
      ProtocolError,
      "a line without end",
    );
    assertEquals(await client.workingDirectory(), "/");
  }));

Deno.test("FtpClient.list() keeps no endless listing for a command that waits", () =>
  play({
    MLSD: endless(`type=file; ${"x".repeat(4000)}\r\n`),
    ABOR,
    DELE: "250 OK",
  }, async ({ client }) => {
    await assertRejects(
      async () => {
        for await (const { path } of client.list()) {
          await client.remove(path);
        }
      },
      ProtocolError,
      "too long to keep",
    );
    assertEquals(await client.workingDirectory(), "/");
  }));

Deno.test("FtpClient.list() that is left early cancels the transfer", () =>
  play(
    { MLSD: endless("type=file; a\r\n"), ABOR },
    async ({ client, peer }) => {
      for await (const { name } of client.list()) {
        assertEquals(name, "a");
        break;
      }
      assertEquals(peer.commands.slice(-2), ["ABOR", "PWD"]);
      assertEquals(await client.workingDirectory(), "/");
    },
  ));

Deno.test("FtpClient.list() takes as many entries as there are", () =>
  play({
    MLSD: async (_, peer) => {
      peer.say("150 Here");
      for (let block = 0; block < 200; block++) {
        peer.data.send("type=file;size=1; some name\r\n".repeat(1000));
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
      peer.data.end();
      return "226 Done";
    },
  }, async ({ client }) => {
    let count = 0;
    for await (const { size } of client.list()) count += size ?? 0;
    assertEquals(count, 200_000);
  }));

Deno.test("FtpClient.stat() asks by MLST", () =>
  play({
    MLST: (path) =>
      path === "/d/a"
        ? "250-Listing\r\n type=file;size=5; /d/a\r\n250 End"
        : "550 No",
  }, async ({ client }) => {
    assertEquals(await client.stat("/d/a"), {
      name: "a",
      path: "/d/a",
      type: "file",
      size: 5,
      modified: null,
    });
    assertEquals(await client.stat("/d/b"), null);
  }));

Deno.test("FtpClient.stat() looks into the folder without MLST", () =>
  play({ FEAT: "502 No", LIST }, async ({ client, peer }) => {
    assertEquals((await client.stat("/d/a b"))?.size, 5);
    assertEquals(peer.commands.at(-1), "LIST /d");
    assertEquals((await client.stat("l"))?.type, "link");
    assertEquals(peer.commands.at(-1), "LIST");
    assertEquals(await client.stat("/d/.x"), null);
    assertEquals(peer.commands.at(-1), "LIST -a /d");
    assertEquals((await client.stat("/"))?.type, "directory");
  }));

/** A folder on the server whose only entry is `line`. */
function folderWith(line: string): Record<string, Answer> {
  return {
    RMD: "550 Not empty",
    DELE: "550 A folder",
    MLSD: (_, peer) => peer.sends(`${line}\r\n`),
  };
}

const HOSTILE = [
  "type=dir; ..",
  "type=dir; .",
  "type=dir; ../x",
  "type=file; /etc/passwd",
  "type=file; a/../../b",
  "type=file; a\0b",
  "type=file; a\rDELE b",
  "nothing",
];

for (const line of HOSTILE) {
  Deno.test(`FtpClient.removeDirectory() never removes ${JSON.stringify(line)}`, () =>
    play(folderWith(line), async ({ client, peer }) => {
      await assertRejects(
        () => client.removeDirectory("/d", { recursive: true }),
        ProtocolError,
        "which is no name",
      );
      const removals = peer.commands.filter((one) => /^(DELE|RMD)/.test(one));
      assertEquals(removals, ["RMD /d", "DELE /d"]);
    }));
}

Deno.test("FtpClient.removeDirectory() takes names for names", () => {
  const odd = ["-rf", "|touch x", "$(x)", "CON", "C:x", "..\\x", "~", "*"];
  const gone = new Set<string>();
  const remove = (path: string) => {
    if (path === "/d" && gone.size < odd.length) return "550 No";
    gone.add(path);
    return "250 OK";
  };
  return play({
    RMD: remove,
    DELE: remove,
    MLSD: (_, peer) =>
      peer.sends(odd.map((name) => `type=file; ${name}\r\n`).join("")),
  }, async ({ client }) => {
    await client.removeDirectory("/d", { recursive: true });
    assertEquals([...gone], [...odd.map((name) => `/d/${name}`), "/d"]);
  });
});

Deno.test("FtpClient.removeDirectory() removes a link that looks like a folder", () =>
  play({
    RMD: (path, peer) =>
      path === "/d" && peer.commands.includes("DELE /d/l")
        ? "250 OK"
        : "550 No",
    DELE: (path) => path === "/d/l" ? "250 OK" : "550 No",
    MLSD: (_, peer) => peer.sends("type=dir; l\r\n"),
  }, async ({ client, peer }) => {
    await client.removeDirectory("/d", { recursive: true });
    const listed = peer.commands.filter((one) => one.startsWith("MLSD"));
    assertEquals(listed, ["MLSD /d"]);
  }));

Deno.test("FtpClient.removeDirectory() gives up folders without end", () =>
  play(folderWith("type=dir; d"), async ({ client, peer }) => {
    await assertRejects(
      () => client.removeDirectory("/d", { recursive: true, maxDepth: 5 }),
      ProtocolError,
      "5 deep",
    );
    const listed = peer.commands.filter((one) => one.startsWith("MLSD"));
    assertEquals(listed.length, 5);
  }));

Deno.test("FtpClient.makeDirectory() makes those above only where it must", () => {
  const there = new Set(["/"]);
  return play({
    MKD: (path) => {
      const above = path.slice(0, path.lastIndexOf("/")) || "/";
      if (there.has(path) || !there.has(above)) return "550 No";
      there.add(path);
      return `257 "${path}"`;
    },
    MLST: (path) =>
      there.has(path) ? "250-\r\n type=dir; x\r\n250 End" : "550 No",
  }, async ({ client, peer }) => {
    await assertRejects(() => client.makeDirectory("/a/b/c"), FtpError, "550");
    await client.makeDirectory("/a/b/c", { parents: true });
    assertEquals([...there], ["/", "/a", "/a/b", "/a/b/c"]);
    const asked = peer.commands.length;
    await client.makeDirectory("/a/b/d", { parents: true });
    assertEquals(peer.commands.slice(asked), ["MKD /a/b/d"]);
  });
});

Deno.test("isPlainName() knows what is none", () => {
  const bad = ["", ".", "..", "a/b", "/", "a\0", "\n", "a\x1b", "\x7f"];
  assertEquals(bad.filter(isPlainName), []);
  const good = ["a", "...", "-rf", "|x", "C:", "a\\b", "ä", " ", "*"];
  assertEquals(good.filter(isPlainName), good);
});

for (
  const [server, greeting, closes] of [
    ["any server", "220 Ready", false],
    ["Pure-FTPd", "220-- Welcome to Pure-FTPd --\r\n220 Hello", true],
  ] as const
) {
  const what = closes ? "ends" : "leaves";
  Deno.test(`a listing that is left ${what} the connection to ${server}`, () =>
    play(
      {
        LIST: (_, peer) => {
          peer.say("150 Here");
          peer.data.send("-rw-r--r-- 1 a b 1 Jan  1  2020 one\r\n");
        },
        ABOR: "426 Cut\r\n226 Done",
      },
      async ({ client }) => {
        for await (const { name } of client.list()) {
          assertEquals(name, "one");
          break;
        }
        assertEquals(client.closed !== null, closes);
      },
      {},
      greeting,
    ));
}
