import { assertEquals, assertRejects } from "@std/assert";
import { Rest } from "./machine.ts";
import { type Entrant, inTurns, reasonOf, type Turns } from "./turns.ts";

/** Turns on a machine that nobody waits for. */
function turnsOf(options: Partial<Turns> = {}): Turns {
  const rest = new Rest(0);
  rest.wait = () => Promise.resolve();
  const { signal } = new AbortController();
  return { name: "case", runs: 2, rest, signal, say: () => {}, ...options };
}

function noting(name: string, notes: string[]): Entrant {
  return {
    name,
    prepare: () => Promise.resolve(void notes.push(`ready ${name}`)),
    measure: () => Promise.resolve([notes.push(name)]),
  };
}

Deno.test("inTurns() prepares everybody, then goes round", async () => {
  const notes: string[] = [];
  const entrants = [noting("a", notes), noting("b", notes)];
  const outcomes = await inTurns(entrants, turnsOf());
  assertEquals(notes, ["ready a", "ready b", "a", "b", "a", "b"]);
  assertEquals(outcomes, [{ values: [[3], [5]] }, { values: [[4], [6]] }]);
});

Deno.test("inTurns() leaves out who failed, and goes on", async () => {
  const notes: string[] = [];
  const cause = new Error("no disk");
  const fail = () => Promise.reject(new Error("it fell", { cause }));
  const broken = { name: "broken", measure: fail };
  const outcomes = await inTurns([broken, noting("b", notes)], turnsOf());
  assertEquals(outcomes[0], { values: [], failure: "it fell: no disk" });
  assertEquals(outcomes[1]?.values.length, 2);
});

Deno.test("reasonOf() says the same once, and not without end", () => {
  assertEquals(reasonOf(new Error("no\nno\n  yes\nno\n")), "no; yes");
  assertEquals(reasonOf(new Error("x".repeat(999))), `${"x".repeat(200)} …`);
});

Deno.test("inTurns() gives no further turn to who had enough", async () => {
  const [outcome] = await inTurns([noting("a", [])], turnsOf({ enough: -1 }));
  assertEquals(outcome?.values, []);
});

Deno.test("inTurns() ends when it is told to", async () => {
  const halt = new AbortController();
  const reason = new Error("enough");
  const measure = () => (halt.abort(reason), Promise.resolve([1]));
  const turns = turnsOf({ signal: halt.signal });
  await assertRejects(
    () => inTurns([{ name: "a", measure }], turns),
    Error,
    "enough",
  );
});

Deno.test("inTurns() begins no second round when its time is up", async () => {
  const notes: string[] = [];
  const entrants = [noting("a", notes), noting("b", notes)];
  await inTurns(entrants, turnsOf({ runs: 3, until: 0 }));
  assertEquals(notes, ["ready a", "ready b", "a", "b"]);
});
