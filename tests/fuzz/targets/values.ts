/**
 * Values that people write: sizes, times, rates, hashes of passwords.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { type Form, UsageError } from "../../../lib/cli.ts";
import { formatSize, parseSize } from "../../../lib/cli/size.ts";
import { optionValue } from "../../../lib/cli/values.ts";
import { readHash } from "../../../lib/password/hash.ts";
import {
  MOMENT,
  PERMISSION,
  VIRTUAL_PATH,
} from "../../../server/ftp/config/forms.ts";
import {
  BLOCK,
  FREQUENCY,
  HEADER,
  HOOK,
  PLACE,
  RATES,
  ROTATION,
  SIZE,
  WEB_URL,
} from "../../../server/ftp/options/forms.ts";
import { attempt, defineTarget, type Target, textOf } from "../target.ts";

const FORMS: readonly Form[] = [
  ...[SIZE, RATES, FREQUENCY, BLOCK, WEB_URL, HEADER, PLACE, ROTATION, HOOK],
  ...[PERMISSION, VIRTUAL_PATH, MOMENT],
];

function checkForms(text: string): string {
  const read = FORMS.map((form) => form.read(text));
  const size = parseSize(text);
  if (size !== null) {
    assert(Number.isSafeInteger(size) && size >= 1);
    const shown = formatSize(size).replace(/ bytes?$/, "").replace(" ", "");
    assertEquals(parseSize(shown), size, shown);
  }
  const seconds = attempt(
    () => optionValue("x", { type: "seconds", default: 1, help: "" }, [text]),
    UsageError,
  );
  assert(seconds instanceof Error || (seconds as number) >= 0);
  const ports = attempt(
    () => optionValue("x", { type: "ports", help: "" }, [text]),
    UsageError,
  );
  const number = attempt(
    () => optionValue("x", { type: "integer", default: 0, help: "" }, [text]),
    UsageError,
  );
  assert(number instanceof Error || Number.isSafeInteger(number));
  return [...read, size ?? undefined, seconds, ports, number]
    .map((each) => each === undefined || each instanceof Error ? "-" : "x")
    .join("");
}

/** Values. */
export const VALUE_TARGETS: readonly Target[] = [
  defineTarget({
    name: "values",
    about: "sizes, times, rates, blocks, places, moments, permissions",
    seeds: () => [
      ...[
        "500K",
        "1.5G",
        "2TiB",
        "9007199254740991",
        "0.5",
        "500ms",
        "2m",
        "1h",
      ],
      ...["down=50M,up=10M", "10.0.0.0/8", "http://a:b@h/x", "127.0.0.1:9121"],
      ...[
        "daily",
        "upload,login=/run/pipe",
        "/incoming/",
        "2027-12-31T12:00:00Z",
      ],
      ...[
        "50000-50100",
        "read",
        "all",
        "2027-02-29",
        "2027-12-31 23:59:59+14:00",
      ],
    ],
    tokens: [
      "K",
      "MiB",
      "down=",
      "up=",
      ",",
      ".",
      "-",
      "ms",
      "d",
      "/",
      "Z",
      "+",
    ],
    longest: 300,
    check: (input) => checkForms(textOf(input)),
  }),
  defineTarget({
    name: "password-hash",
    about: "hashes of passwords: PHC strings, crypt, htpasswd",
    seeds: () => [
      "$scrypt$ln=15,r=8,p=1$c2FsdHNhbHQ$" + "A".repeat(43),
      "$2b$10$" + "abcdefghijklmnopqrstuu" + "A".repeat(31),
      "$6$rounds=5000$saltstring$" + "A".repeat(86),
      "$6$saltstring$" + "./".repeat(43),
      "$apr1$r31.....$HqJZimcKQFAMYayBlzkrA/",
      "{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=",
      ...[
        "$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA",
        "!",
        "",
        "$y$j9T$x$y",
      ],
    ],
    tokens: [
      "$",
      "ln=",
      ",r=",
      ",p=",
      "rounds=",
      "$2b$",
      "$6$",
      "{SHA}",
      "=",
      "99",
    ],
    longest: 400,
    check(input) {
      const text = textOf(input);
      const hash = attempt(() => readHash(text), RangeError);
      if (hash instanceof Error) {
        assert(!/\n/.test(hash.message));
        return hash.message.slice(0, 12);
      }
      // What checking it costs is bounded, whoever wrote it.
      if (hash.kind === "scrypt") {
        const { ln, r, p } = hash;
        assert(128 * r * 2 ** ln <= 2 ** 27 && r * p * 2 ** ln <= 2 ** 21);
        assert(hash.salt.length <= 64 && hash.key.length >= 16);
      } else if (hash.kind !== "sha1") {
        assert(hash.cost <= (hash.kind === "bcrypt" ? 14 : 1_000_000));
        assertEquals(hash.text, text);
      }
      return hash.kind;
    },
  }),
];
