import { assertEquals } from "@std/assert";
import { fileIo, type IoFile } from "../../server/fs/local_io.ts";

/** A file that counts on which thread it was asked, with a clock to slow it. */
function countingFile() {
  const counts = { here: 0, elsewhere: 0 };
  const clock = { time: 0, cost: 0 };
  const here = (bytes: Uint8Array) => {
    counts.here++;
    clock.time += clock.cost;
    return bytes.length;
  };
  const elsewhere = (bytes: Uint8Array) => {
    counts.elsewhere++;
    return Promise.resolve(bytes.length);
  };
  const file: IoFile = {
    readSync: here,
    writeSync: here,
    read: elsewhere,
    write: elsewhere,
  };
  return { file, counts, clock };
}

Deno.test("fileIo() moves pieces here while they take no time", async () => {
  const { file, counts, clock } = countingFile();
  const io = fileIo(file, () => clock.time);
  for (let i = 0; i < 100; i++) {
    assertEquals(await io.write(new Uint8Array(10)), 10);
    assertEquals(await io.read(new Uint8Array(10)), 10);
  }
  assertEquals(counts, { here: 200, elsewhere: 0 });
});

Deno.test("fileIo() writes a long buffer in pieces", async () => {
  const { file, clock } = countingFile();
  const io = fileIo(file, () => clock.time);
  assertEquals(await io.write(new Uint8Array(1 << 20)), 1 << 19);
});

Deno.test("fileIo() reads ahead on another thread when the buffer is long", async () => {
  const { file, counts, clock } = countingFile();
  const io = fileIo(file, () => clock.time);
  await io.read(new Uint8Array(1 << 20));
  assertEquals(counts, { here: 0, elsewhere: 1 });
});

Deno.test("fileIo() leaves a disk to another thread that keeps a read waiting", async () => {
  const { file, counts, clock } = countingFile();
  const io = fileIo(file, () => clock.time);
  clock.cost = 2;
  await io.read(new Uint8Array(10));
  await io.read(new Uint8Array(10));
  assertEquals(counts, { here: 2, elsewhere: 0 });
  clock.cost = 2.1;
  for (let i = 0; i < 17; i++) await io.read(new Uint8Array(10));
  assertEquals(counts, { here: 3, elsewhere: 16 });
});

Deno.test("fileIo() leaves a busy disk to another thread, then tries again", async () => {
  const { file, counts, clock } = countingFile();
  const io = fileIo(file, () => clock.time);
  clock.cost = 100;
  for (let i = 0; i < 17; i++) await io.write(new Uint8Array(10));
  assertEquals(counts, { here: 1, elsewhere: 16 });
  clock.cost = 0;
  for (let i = 0; i < 10; i++) await io.read(new Uint8Array(10));
  assertEquals(counts, { here: 11, elsewhere: 16 });
});
