import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../lib/cli.ts";
import {
  aboutFaults,
  type FaultValues,
  readFaults,
} from "../../server/services/faults/options.ts";

const NOTHING: FaultValues = {
  delay: 0,
  jitter: 0,
  drop: undefined,
  duplicate: undefined,
  reorder: undefined,
  corrupt: undefined,
  seed: 1,
};

function read(values: Partial<FaultValues>, datagrams = true) {
  return readFaults({ ...NOTHING, ...values }, { datagrams });
}

function refusal(values: Partial<FaultValues>, datagrams = true): string {
  return assertThrows(() => read(values, datagrams), UsageError).message;
}

Deno.test("readFaults() is null when nothing shall go wrong", () => {
  assertEquals(read({}), null);
  assertEquals(read({ seed: 7, drop: "0" }), null);
});

Deno.test("readFaults() reads percentages, with fractions and with a sign", () => {
  const faults = read({
    drop: "2.5",
    duplicate: "10%",
    reorder: "0.01",
    corrupt: "87.49",
    delay: 20,
    jitter: 5,
    seed: 9,
  });
  assertEquals(faults, {
    delay: 20,
    jitter: 5,
    drop: 2.5,
    duplicate: 10,
    reorder: 0.01,
    corrupt: 87.49,
    seed: 9,
  });
});

Deno.test("readFaults() refuses what is no percentage", () => {
  for (const text of ["", "x", "-1", "101", "1e1", ".5", "5 %", "1000"]) {
    assertEquals(
      refusal({ drop: text }),
      `--drop: expected a percentage from 0 to 100 such as 2.5, got "${text}"`,
    );
  }
  assertEquals(
    refusal({ corrupt: "\x1b[2J" }).includes("\x1b"),
    false,
  );
});

Deno.test("readFaults() refuses more than 100 % together", () => {
  assertEquals(
    refusal({ drop: "50", duplicate: "40", corrupt: "10.5" }),
    "--drop, --duplicate, --reorder and --corrupt are 100.5 % together: a datagram suffers only one of them, so 100 is the most",
  );
});

Deno.test("readFaults() refuses for streams what they cannot suffer", () => {
  for (const name of ["drop", "duplicate", "reorder"]) {
    assertEquals(
      refusal({ [name]: "5" }, false),
      `--${name} is for datagrams, and only connections are served: add --udp`,
    );
  }
  assertEquals(read({ corrupt: "5", delay: 1 }, false)?.corrupt, 5);
});

Deno.test("aboutFaults() names what goes wrong, and the seed", () => {
  assertEquals(
    aboutFaults(read({ drop: "5", delay: 20, seed: 7 })!),
    "(delay 20 ms, drop 5 %; seed 7)",
  );
});
