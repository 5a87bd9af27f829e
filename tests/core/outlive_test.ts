import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { createLog } from "../../lib/log.ts";
import {
  outliveFileLimit,
  outliveMistakes,
} from "../../server/warden/outlive.ts";

Deno.test("outliveMistakes() keeps the runtime from ending a thread, and tells", () => {
  const thread = new EventTarget();
  const lines: string[] = [];
  const write = (line: string) => lines.push(line);
  outliveMistakes({ thread, log: createLog({ format: "text", write }) });
  const error = new Error("nobody caught this");
  const promise = Promise.resolve();
  const events = [
    new ErrorEvent("error", { error, cancelable: true }),
    new PromiseRejectionEvent("unhandledrejection", {
      ...{ promise, reason: "nor this", cancelable: true },
    }),
  ];
  for (const event of events) {
    thread.dispatchEvent(event);
    assert(event.defaultPrevented);
  }
  assertEquals(lines.length, 2);
  assertStringIncludes(lines[0]!, "ERROR internal-error");
  assertStringIncludes(lines[0]!, "nobody caught this");
  assertStringIncludes(lines[1]!, "nor this");
});

Deno.test("outliveFileLimit() listens for what a file that is too long sends, until it is told not to", () => {
  const heard = new Set<string>();
  const stop = outliveFileLimit({
    addSignalListener: (name) => heard.add(name),
    removeSignalListener: (name) => heard.delete(name),
  });
  assertEquals([...heard], ["SIGXFSZ"]);
  stop();
  assertEquals(heard.size, 0);
});
