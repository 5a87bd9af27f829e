/**
 * Visits that end in the middle of something.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { writeAll } from "../../lib/bytes.ts";
import { type RawControl, soon } from "../ftp/helpers.ts";
import { bytesFor, HUGE, type Scene } from "./scene.ts";
import { come, comeIn, sayOneOf, type Visit } from "./visit.ts";

/** Visits that would leave something behind in a server that allowed it. */
export const DISTURBING: readonly Visit[] = [
  {
    name: "ABOR of a download",
    weight: 6,
    async run(scene) {
      using control = await comeIn(scene);
      using data = await control.passive();
      await control.say(`RETR ${HUGE}`, 150);
      await data.read(new Uint8Array(1000));
      await control.say("ABOR", 426);
      await control.expect(226);
      await control.say("NOOP", 200);
    },
  },
  {
    name: "a download that nobody wants any more",
    weight: 6,
    async run(scene) {
      using control = await comeIn(scene);
      using data = await control.passive();
      await control.say(`RETR ${HUGE}`, 150);
      await data.read(new Uint8Array(1000));
      data.close(); // With unread bytes: a reset.
      await control.expect(426);
      await control.say("NOOP", 200);
    },
  },
  {
    name: "gone in the middle of a download",
    weight: 8,
    async run(scene) {
      using control = await comeIn(scene);
      using data = await control.passive();
      await control.say(`RETR ${HUGE}`, 150);
      await data.read(new Uint8Array(1000));
    },
  },
  {
    name: "gone in the middle of an upload",
    weight: 8,
    async run(scene, random) {
      using control = await comeIn(scene);
      const name = scene.freshName();
      using data = await control.passive();
      await control.say(`STOR ${name}`, 150);
      await writeAll(data, bytesFor(random.below(100_000), 5));
      control.close();
      // An end of data that comes first would be the end of a whole file.
      await ended(data);
      await assertNever(scene, name);
    },
  },
  {
    name: "gone with replies unread",
    weight: 8,
    async run(scene, random) {
      using control = await comeIn(scene);
      await control.send(...Array(1 + random.below(30)).fill("FEAT"));
    },
  },
  {
    name: "gone before the log-in",
    weight: 8,
    async run(scene, random) {
      using control = await come(scene);
      if (random.below(2) === 0) await control.send(`USER ${random.below(9)}`);
    },
  },
  {
    name: "a data connection that is never made",
    weight: 5,
    async run(scene, random) {
      using control = await comeIn(scene);
      for (let times = random.below(3); times >= 0; times--) {
        await control.passivePort(random.pick(["PASV", "EPSV"]));
      }
      await sayOneOf(control, random.pick(["NOOP", "ABOR"]), 200, 225, 226);
    },
  },
];

/** Waits until the server gives a connection up. */
async function ended(data: Pick<Deno.Conn, "read">): Promise<void> {
  const end = data.read(new Uint8Array(1)).catch(() => null);
  assertEquals(await soon(end, "the end of the data connection"), null);
}

/** An upload whose client has gone is nobody's file. */
async function assertNever(scene: Scene, name: string): Promise<void> {
  using control: RawControl = await comeIn(scene);
  await control.say(`SIZE ${name}`, 550);
}
