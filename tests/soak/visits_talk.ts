/**
 * Visits without transfers: log-ins, refusals, silence.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { code } from "../ftp/helpers.ts";
import { ACCOUNT } from "./scene.ts";
import { scrape } from "./scrape.ts";
import { come, comeIn, sayOneOf, type Visit } from "./visit.ts";

/** Visits that only talk. */
export const TALK: readonly Visit[] = [
  {
    name: "log in and quit",
    weight: 20,
    async run(scene) {
      using control = await comeIn(scene);
      for (const line of ["PWD", "NOOP", "FEAT", "SYST", "STAT", "HELP"]) {
        assert(code(await control.say(line)) < 300, line);
      }
      await control.say("QUIT", 221);
    },
  },
  {
    name: "wrong password",
    weight: 6,
    async run(scene, random) {
      using control = await come(scene);
      for (let tries = 1 + random.below(3); tries > 0; tries--) {
        await control.say(`USER ${random.pick([ACCOUNT.user, "nobody"])}`, 331);
        await control.say(`PASS wrong${random.below(1000)}`, 530);
      }
    },
  },
  {
    name: "bad commands",
    weight: 8,
    async run(scene, random) {
      using control = await comeIn(scene);
      for (let times = 5 + random.below(20); times > 0; times--) {
        const reply = await control.say(random.pick(BAD));
        assertMatch(reply, /^[45]/);
      }
      await control.say("NOOP", 200);
    },
  },
  {
    name: "a line without end",
    weight: 2,
    async run(scene) {
      using control = await come(scene);
      await control.write("X".repeat(20_000));
      await control.write("\r\n");
      assertEquals(code(await control.reply()), 500);
    },
  },
  {
    name: "silence until the time-out",
    weight: 1,
    async run(scene) {
      using control = await comeIn(scene);
      const last = await control.ended();
      assertEquals(code(last), 421, last);
    },
  },
  {
    name: "names and folders",
    weight: 10,
    async run(scene) {
      using control = await comeIn(scene);
      const folder = scene.freshName();
      await control.say(`MKD ${folder}`, 257);
      await control.say(`CWD ${folder}`, 250);
      await control.say("CDUP", 250);
      await control.say("CWD /", 250);
      await control.say(`RNFR ${folder}`, 350);
      await control.say(`RNTO ${folder}.new`, 250);
      await control.say(`RMD ${folder}.new`, 250);
      await sayOneOf(control, `RMD ${folder}.new`, 550);
      await control.say("QUIT", 221);
    },
  },
  {
    name: "metrics",
    weight: 4,
    async run({ metrics }) {
      const values = await scrape(metrics);
      assert((values.get("wharf_ftpd_sessions_total") ?? -1) >= 0);
    },
  },
];

const BAD: readonly string[] = [
  ...["XYZZY", "RETR", "RETR no/such/file", "PORT 1,2,3", "EPRT |9|x|y|"],
  ...["TYPE Q", "MODE Q", "STRU Q", "REST -1", "MDTM nothing", "SIZE up"],
  ...["CWD no-such", "DELE up", "RMD known-1", "RNTO x", "PASV x y", "HASH up"],
  ...["OPTS NOTHING", "SITE NOTHING", "MLSD known-1", "é\u0001\u007f", "   "],
];
