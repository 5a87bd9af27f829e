/**
 * Runs `ftpd` with its arguments, and writes what its threads are told on
 * standard error: `order FILE JSON`, a line each.
 *
 * @module
 */

import { main } from "../../server/ftpd.ts";

const { postMessage } = Worker.prototype;
const names = new WeakMap<Worker, string>();
const Real = globalThis.Worker;

globalThis.Worker = class extends Real {
  constructor(url: string | URL, options?: WorkerOptions) {
    super(url, options);
    names.set(this, String(url).replace(/.*\//, ""));
  }
};

Worker.prototype.postMessage = function (message: unknown): void {
  const text = JSON.stringify(message);
  console.error(`order ${names.get(this)} ${text}`);
  postMessage.call(this, message);
};

Deno.exit(await main(Deno.args, Deno.exit));
