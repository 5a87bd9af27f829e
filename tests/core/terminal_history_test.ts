import { assertEquals, assertRejects } from "@std/assert";
import { createHistory, type HistoryStore } from "../../lib/terminal/mod.ts";

/** A store in memory. */
function storeOf(text: string): HistoryStore & { text: string } {
  return {
    text,
    read() {
      return Promise.resolve(this.text);
    },
    write(text) {
      this.text = text;
      return Promise.resolve();
    },
  };
}

Deno.test("createHistory() keeps the youngest lines", () => {
  const history = createHistory({ limit: 2 });
  for (const line of ["a", "b", "c"]) history.add(line);
  assertEquals(history.lines, ["b", "c"]);
  const none = createHistory({ limit: 0 });
  none.add("a");
  assertEquals(none.lines, []);
});

Deno.test("createHistory() leaves out repetitions, empty and hidden lines", () => {
  const history = createHistory({ keep: (line) => !line.includes("secret") });
  for (const line of ["a", "a", "", " b", "x secret", "c\nd", "a", "b", "a"]) {
    history.add(line);
  }
  assertEquals(history.lines, ["a", "b", "a"]);
});

Deno.test("load() reads the store, and leaves out what may not be kept", async () => {
  const store = storeOf(`a\r\nb\n\n c\nuser x\n${"l".repeat(16_385)}\nd`);
  const keep = (line: string) => !line.startsWith("user");
  const history = createHistory({ store, keep });
  history.add("new");
  await history.load();
  assertEquals(history.lines, ["a", "b", "d", "new"]);
});

Deno.test("save() adds to what others have saved meanwhile", async () => {
  const store = storeOf("a\n");
  const [one, two] = [createHistory({ store }), createHistory({ store })];
  await one.load();
  await two.load();
  one.add("b");
  two.add("c");
  await one.save();
  await two.save();
  await two.save();
  assertEquals(store.text, "a\nb\nc\n");
});

Deno.test("save() keeps the limit, and forgets after clear()", async () => {
  const store = storeOf("a\nb\nc\n");
  const history = createHistory({ store, limit: 3 });
  history.add("d");
  await history.save();
  assertEquals(store.text, "b\nc\nd\n");
  history.clear();
  await history.save();
  assertEquals([store.text, history.lines], ["", []]);
});

Deno.test("save() throws what the store throws and can be tried again", async () => {
  const store = storeOf("");
  const broken: HistoryStore = {
    read: () => store.read(),
    write: () => Promise.reject(new Error("disk full")),
  };
  let target = broken;
  const history = createHistory({
    store: {
      read: () => target.read(),
      write: (text) => target.write(text),
    },
  });
  history.add("a");
  await assertRejects(() => history.save(), Error, "disk full");
  history.add("b");
  target = store;
  await history.save();
  assertEquals(store.text, "a\nb\n");
});
