/**
 * Runs `ftpd` with its arguments; at SIGUSR2 a thread that serves clients dies,
 * as one does that runs out of memory: at once, whatever it was doing.
 *
 * @module
 */

import { main } from "../../server/ftpd.ts";

/** Those that serve and live. */
const serving: Worker[] = [];
const Real = globalThis.Worker;

globalThis.Worker = class extends Real {
  constructor(url: string | URL, options?: WorkerOptions) {
    super(url, options);
    if (String(url).endsWith("/server/ftp/worker.ts")) serving.push(this);
    console.error(`hired ${String(url).replace(/.*\//, "")}`);
  }
};

Deno.addSignalListener("SIGUSR2", () => {
  const worker = serving.shift();
  worker?.terminate();
  worker?.dispatchEvent(
    new ErrorEvent("error", { message: "killed on purpose", cancelable: true }),
  );
});

Deno.exit(await main(Deno.args, Deno.exit));
