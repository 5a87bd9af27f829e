import { assert, assertEquals } from "@std/assert";
import { createLog } from "../../lib/log.ts";
import type { HookSettings } from "../../server/ftp/settings_parts.ts";
import {
  type HeraldLink,
  startHerald,
} from "../../server/ftp/warden/herald_link.ts";
import { tempFolders } from "./helpers.ts";
import { linesOf, page } from "./operations_tool.ts";

const ANY = { hostname: "127.0.0.1", port: 0 };
const PATIENCE = { timeout: 2000, retries: 0 };

/** A herald, and what it logged. */
async function herald(
  apart: boolean,
  settings: Parameters<typeof startHerald>[0],
): Promise<{ link: HeraldLink; log: string[]; url: string }> {
  const log: string[] = [];
  const link = await startHerald(settings, {
    apart,
    log: createLog({ format: "text", write: (line) => log.push(line) }),
    makePage: (path) =>
      path === "/broken"
        ? Promise.reject(new Error("broken"))
        : Promise.resolve({ status: 200, type: "text/x", text: path }),
  });
  const [at] = link.addresses;
  return { link, log, url: `http://127.0.0.1:${at?.port}` };
}

Deno.test("a herald lets nobody keep its pages from others", async () => {
  const { link, url } = await herald(true, {
    metrics: { hostname: "::", port: 0 },
  });
  const { port } = link.addresses[0]!;
  const silent: Deno.TcpConn[] = [];
  try {
    for (let at = 0; at < 40; at++) {
      silent.push(await Deno.connect({ hostname: "::1", port }));
    }
    assertEquals(await page(`${url}/any/page`), "/any/page");
  } finally {
    for (const conn of silent) conn.close();
    await link.close();
  }
});

for (const apart of [true, false]) {
  const where = apart ? "in a thread of its own" : "in the warden's thread";

  Deno.test(`a herald ${where} shows pages until it is muted`, async () => {
    const { link, log, url } = await herald(apart, { metrics: ANY });
    try {
      assertEquals(await page(`${url}/any/page`), "/any/page");
      await page(`${url}/broken`, 503);
      assertEquals(log.length, 1);
      await link.mute();
      const refused = await fetch(url).then(() => false, () => true);
      assert(refused, "nobody listens any more");
    } finally {
      await link.close();
    }
  });

  Deno.test(`a herald ${where} delivers events to files, and says when not`, async () => {
    await using folders = await tempFolders();
    const pipe = `${folders.base}/events`;
    const hooks: HookSettings[] = [
      { on: ["login"], pipe, ...PATIENCE },
      { on: ["login"], url: "http://127.0.0.1:1/", ...PATIENCE },
      { on: ["login"], pipe: folders.base, ...PATIENCE },
    ];
    const { link } = await herald(apart, { hooks });
    try {
      const absent = await link.deliver(0, "{}");
      assertEquals(absent, {
        reason: "there is no such pipe or file; mkfifo makes one",
        again: true,
      });
      await Deno.writeTextFile(pipe, "");
      assertEquals(await link.deliver(0, '{"event":1}'), null);
      assertEquals(await link.deliver(0, '{"event":2}'), null);
      assertEquals(await linesOf(pipe, 2), ['{"event":1}', '{"event":2}']);
      assertEquals((await link.deliver(1, "{}"))?.again, true);
      assertEquals((await link.deliver(2, "{}"))?.again, true);
      assertEquals((await link.deliver(9, "{}"))?.again, false);
    } finally {
      await link.close();
    }
    // Whoever is gone delivers nothing, and says so.
    assertEquals((await link.deliver(0, "{}"))?.again, true);
  });
}
