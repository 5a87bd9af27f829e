import { assertEquals } from "@std/assert";
import { asAlice } from "./ftp_dialogue.ts";
import { contentOf } from "./ftp_harness.ts";

Deno.test("RETR sends a file", async () => {
  await asAlice([
    "EPSV",
    "229 Entering Extended Passive Mode (|||40000|).",
    "RETR a.txt",
    "150 Opening BINARY mode data connection for a.txt (6 bytes).",
    "226 Transfer complete.",
    "< hello\n",
  ], { files: { "/a.txt": "hello\n" } });
});

Deno.test("STOR stores a file", async () => {
  const { fs } = await asAlice([
    "EPSV",
    "229",
    "STOR a.txt",
    "150",
    "> hello\n",
    "226 Transfer complete.",
  ]);
  assertEquals(await contentOf(fs, "/a.txt"), "hello\n");
});
Deno.test("ABOR", async () => {
  const { fs } = await asAlice([
    "EPSV",
    "229",
    "STOR a.txt",
    "150",
    ">> hello\n",
    "ABOR",
    "426",
    "226",
  ]);
});
