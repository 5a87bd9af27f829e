import { assertEquals, assertRejects } from "@std/assert";
import { bytesOf, textOf } from "./byte_cases.ts";
import {
  pendingWrite,
  readBytes,
  readEnd,
  secured,
  soon,
  tlsTest,
  VERSIONS,
} from "./tls_harness.ts";

for (const maxVersion of VERSIONS) {
  const trust = { insecure: true, maxVersion };

  tlsTest(`closeWrite() tells a complete end, ${maxVersion}`, async () => {
    using pair = await secured({ trust });
    await pair.client.write(bytesOf("all of it"));
    await pair.client.closeWrite();
    assertEquals(textOf(await readBytes(pair.server, 9)), "all of it");
    await readEnd(pair.server);
    assertEquals(pair.server.end, "complete");
    assertEquals(pair.client.end, "open");
  });

  tlsTest(`a bare end of the connection is a cut, ${maxVersion}`, async () => {
    using pair = await secured({ trust });
    await pair.client.write(bytesOf("half"));
    pair.clientEnd.endWrite();
    assertEquals(textOf(await readBytes(pair.server, 4)), "half");
    await readEnd(pair.server);
    assertEquals(pair.server.end, "cut");
    await readEnd(pair.server);
  });

  tlsTest(
    `an end is complete when the connection ends in the same moment, ${maxVersion}`,
    async () => {
      using pair = await secured({ trust });
      const read = pair.server.read(new Uint8Array(8));
      await pair.client.closeWrite();
      pair.clientEnd.endWrite();
      assertEquals(await soon(read, "the end"), null);
      assertEquals(pair.server.end, "complete");
    },
  );

  tlsTest(`a broken connection fails a read, ${maxVersion}`, async () => {
    using pair = await secured({ trust });
    const read = pair.server.read(new Uint8Array(8));
    pair.clientEnd.reset();
    await assertRejects(
      () => soon(read, "the failure"),
      Deno.errors.ConnectionReset,
    );
    await assertRejects(
      () => pair.server.write(bytesOf("x")),
      Deno.errors.ConnectionReset,
    );
    assertEquals(pair.server.end, "open");
  });

  tlsTest(
    `what arrived before the connection broke can be read, ${maxVersion}`,
    async () => {
      using pair = await secured({ trust });
      await pair.client.write(bytesOf("first"));
      assertEquals(textOf(await readBytes(pair.server, 1)), "f");
      pair.clientEnd.reset();
      assertEquals(textOf(await readBytes(pair.server, 4)), "irst");
      await assertRejects(() => pair.server.read(new Uint8Array(8)));
    },
  );

  tlsTest(
    `either side may end first and still read, ${maxVersion}`,
    async () => {
      using pair = await secured({ trust });
      await pair.server.closeWrite();
      await readEnd(pair.client);
      await pair.client.write(bytesOf("more"));
      assertEquals(textOf(await readBytes(pair.server, 4)), "more");
      await pair.client.closeWrite();
      await readEnd(pair.server);
      assertEquals(pair.server.end, "complete");
    },
  );
}

tlsTest("closeWrite() may be called twice, and after close()", async () => {
  using pair = await secured();
  await Promise.all([pair.client.closeWrite(), pair.client.closeWrite()]);
  await readEnd(pair.server);
  pair.server.close();
  await soon(pair.server.closeWrite(), "the end");
  pair.client.close();
  await soon(pair.client.closeWrite(), "the end");
});

tlsTest(
  "closeWrite() gives up when the other end takes nothing for long",
  async () => {
    using pair = await secured({ server: { patience: 50 } });
    const { write } = await pendingWrite(pair.server);
    await soon(pair.server.closeWrite(), "the end");
    pair.server.close();
    await assertRejects(
      () => soon(write, "the failure"),
      Deno.errors.Interrupted,
    );
  },
);

tlsTest(
  "closeWrite() does not give up on a reader who is slow, but reads",
  async () => {
    using pair = await secured({ server: { patience: 200 }, capacity: 4096 });
    const [size, time] = [1_000_000, 800];
    const started = performance.now();
    const reading = (async () => {
      for (let count = 0; count < size;) {
        count += (await pair.client.read(new Uint8Array(8192)))!;
        const ahead = started + count / size * time - performance.now();
        if (ahead > 0) await new Promise((done) => setTimeout(done, ahead));
      }
      await readEnd(pair.client);
    })();
    for (let sent = 0; sent < size;) {
      sent += await pair.server.write(new Uint8Array(size - sent));
    }
    await soon(pair.server.closeWrite(), "the end");
    await soon(reading, "the end of the reading");
    assertEquals(pair.client.end, "complete");
  },
);

tlsTest("close() ends a closeWrite() that waits", async () => {
  using pair = await secured();
  const { write } = await pendingWrite(pair.server);
  const closing = pair.server.closeWrite();
  pair.server.close();
  await soon(closing, "the end");
  await assertRejects(
    () => soon(write, "the failure"),
    Deno.errors.Interrupted,
  );
});

tlsTest(
  "close() fails a pending read and a pending write at once",
  async () => {
    using pair = await secured();
    const read = pair.server.read(new Uint8Array(8));
    const { write } = await pendingWrite(pair.server);
    pair.server.close();
    await assertRejects(() => soon(read, "it"), Deno.errors.Interrupted);
    await assertRejects(
      () => soon(write, "the failure"),
      Deno.errors.Interrupted,
    );
    await assertRejects(
      () => pair.server.read(new Uint8Array(8)),
      Deno.errors.Interrupted,
    );
    await assertRejects(
      () => pair.server.write(bytesOf("x")),
      Deno.errors.Interrupted,
    );
    assertEquals(pair.serverEnd.isClosed, true);
    pair.server.close();
  },
);

tlsTest(
  "what the other end sent can be read when it takes nothing any more",
  async () => {
    using pair = await secured();
    await pair.client.write(bytesOf("the last words"));
    await pair.client.closeWrite();
    pair.clientEnd.close();
    await assertRejects(async () => {
      for (;;) await pair.server.write(new Uint8Array(65_536));
    }, Deno.errors.BrokenPipe);
    assertEquals(textOf(await readBytes(pair.server, 14)), "the last words");
    await readEnd(pair.server);
    assertEquals(pair.server.end, "complete");
  },
);

tlsTest("write() after closeWrite() fails, and reading goes on", async () => {
  using pair = await secured();
  await pair.client.closeWrite();
  await assertRejects(
    () => pair.client.write(bytesOf("x")),
    Deno.errors.BrokenPipe,
  );
  await pair.server.write(bytesOf("still"));
  assertEquals(textOf(await readBytes(pair.client, 5)), "still");
});
