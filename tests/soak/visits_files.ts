/**
 * Visits with transfers, whose bytes are compared.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { writeAll } from "../../lib/bytes.ts";
import { bytesFor } from "./scene.ts";
import {
  assertSame,
  comeIn,
  fetchBytes,
  joined,
  readBytes,
  sayOneOf,
  sendBytes,
  type Visit,
} from "./visit.ts";

/** Visits that move files. */
export const FILES: readonly Visit[] = [
  {
    name: "fetch, at times from the middle",
    weight: 20,
    async run(scene, random) {
      using control = await comeIn(scene);
      for (let times = 1 + random.below(3); times > 0; times--) {
        const { name, bytes } = random.pick(scene.files);
        const from = random.below(2) === 0 ? 0 : random.below(bytes.length + 1);
        if (from > 0) await control.say(`REST ${from}`, 350);
        const got = await fetchBytes(control, `RETR ${name}`);
        await assertSame(got, bytes.subarray(from));
      }
      await control.say("QUIT", 221);
    },
  },
  {
    name: "store, append, fetch, rename, delete",
    weight: 20,
    async run(scene, random) {
      using control = await comeIn(scene);
      const name = scene.freshName();
      const size = random.pick([0, 10, 5000, 200_000]);
      const [head, tail] = [bytesFor(size, 1), bytesFor(1000, 2)];
      await sendBytes(control, `STOR ${name}`, head);
      await sendBytes(control, `APPE ${name}`, tail);
      await control.say(`RNFR ${name}`, 350);
      await control.say(`RNTO ${name}.new`, 250);
      const got = await fetchBytes(control, `RETR ${name}.new`);
      await assertSame(got, joined([head, tail]));
      await control.say(`DELE ${name}.new`, 250);
      await control.say("QUIT", 221);
    },
  },
  {
    name: "store the rest",
    weight: 6,
    async run(scene, random) {
      using control = await comeIn(scene);
      const name = scene.freshName();
      const bytes = bytesFor(50_000, 3);
      const cut = random.below(50_000);
      await sendBytes(control, `STOR ${name}`, bytes.subarray(0, cut));
      await control.say(`REST ${cut}`, 350);
      await sendBytes(control, `STOR ${name}`, bytes.subarray(cut));
      await assertSame(await fetchBytes(control, `RETR ${name}`), bytes);
      await control.say(`DELE ${name}`, 250);
    },
  },
  {
    name: "active mode",
    weight: 8,
    async run(scene, random) {
      using control = await comeIn(scene);
      const { name, bytes } = random.pick(scene.files);
      using listener = await control.active(random.pick(["PORT", "EPRT"]));
      await control.send(`RETR ${name}`);
      using data = await listener.accept();
      await control.expect(150);
      await assertSame(await readBytes(data), bytes);
      await control.expect(226);
    },
  },
  {
    name: "MODE Z",
    weight: 5,
    async run(scene, random) {
      using control = await comeIn(scene);
      await control.say("MODE Z", 200);
      const { name, bytes } = random.pick(scene.files);
      const deflated = await fetchBytes(control, `RETR ${name}`);
      const stream = new Blob([deflated]).stream()
        .pipeThrough(new DecompressionStream("deflate"));
      await assertSame(await new Response(stream).bytes(), bytes);
    },
  },
  {
    name: "hashes",
    weight: 5,
    async run(scene, random) {
      using control = await comeIn(scene);
      const { name, bytes, sha256 } = random.pick(scene.files);
      const said = await control.say(`HASH ${name}`, 213);
      assertMatch(said.toLowerCase(), new RegExp(sha256));
      const size = await control.say(`SIZE ${name}`, 213);
      assertEquals(size, `213 ${bytes.length}`);
    },
  },
  {
    name: "large listings",
    weight: 10,
    async run(scene, random) {
      using control = await comeIn(scene);
      const verb = random.pick(["MLSD", "LIST", "NLST", "NLST -t"]);
      const text = await control.fetch(`${verb} many`);
      assertEquals(text.split("\n").length - 1, scene.many, verb);
      await control.say("QUIT", 221);
    },
  },
  {
    name: "files stored under one name by many",
    weight: 3,
    async run(scene, random) {
      using control = await comeIn(scene);
      const bytes = bytesFor(20_000, 4 + random.below(4));
      using data = await control.passive();
      await control.say("STOR up/shared", 150);
      await writeAll(data, bytes);
      data.close();
      await control.expect(226);
      // Somebody else's, perhaps, but all of it.
      const got = await fetchBytes(control, "RETR up/shared");
      await assertSame(got, bytesFor(20_000, 4 + seedOf(got)));
      await sayOneOf(control, "QUIT", 221);
    },
  },
];

/** Which of the four it was. */
function seedOf(bytes: Uint8Array): number {
  const first = [4, 5, 6, 7].map((seed) => bytesFor(1, seed)[0]);
  return first.indexOf(bytes[0]);
}
