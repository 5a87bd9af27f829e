/**
 * What the threads of a program keep, by way of the runtime's inspector.
 *
 * @module
 */

import { soon } from "../ftp/helpers.ts";

/** How much is kept at a moment. */
export interface Heap {
  /** Seconds since the beginning. */
  readonly at: number;
  /** Visits until then. */
  readonly visits: number;
  /** Bytes, in all threads: what no collection can free. */
  readonly kept: number;
}

/** Sweeps that are tried: a thread may end in the middle of one. */
const MOST_TRIES = 3;
/** Milliseconds in which threads are named; nobody says which is the last. */
const NAMING = 500;

/**
 * Has each thread of the program whose inspector listens at `host` collect its
 * garbage; the bytes that are left in all of them.
 */
export async function keptBytes(host: string): Promise<number> {
  for (let tries = 1;; tries++) {
    try {
      return await sweep(host);
    } catch (error) {
      if (tries === MOST_TRIES) throw error;
    }
  }
}

async function sweep(host: string): Promise<number> {
  const response = await fetch(`http://${host}/json/list`);
  const [main]: { webSocketDebuggerUrl: string }[] = await response.json();
  const socket = new WebSocket(main!.webSocketDebuggerUrl);
  const closed = new Promise((resolve) => socket.onclose = resolve);
  try {
    await soon(opened(socket), "the inspector's connection");
    const { ask, threads } = inspector(socket);
    await ask("Target.setAutoAttach", undefined, ATTACH);
    await new Promise((resolve) => setTimeout(resolve, NAMING));
    let kept = 0;
    for (const thread of [undefined, ...threads]) {
      // What the first one frees may have held something else.
      await ask("HeapProfiler.collectGarbage", thread);
      await ask("HeapProfiler.collectGarbage", thread);
      const usage = await ask("Runtime.getHeapUsage", thread) as HeapUsage;
      kept += usage.usedSize + (usage.backingStorageSize ?? 0);
    }
    return kept;
  } finally {
    socket.close();
    await soon(closed, "its end");
  }
}

/** Makes the inspector name all threads. */
const ATTACH = {
  autoAttach: true,
  waitForDebuggerOnStart: false,
  flatten: true,
};

/** What the runtime answers to `Runtime.getHeapUsage`. */
interface HeapUsage {
  usedSize: number;
  /** Of buffers, which lie outside. */
  backingStorageSize?: number;
}

function opened(socket: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.onopen = () => resolve();
    socket.onerror = () => reject(new Error("the inspector is not there"));
  });
}

/** Speaks the inspector's protocol, and notes the threads that it names. */
function inspector(socket: WebSocket) {
  const threads: string[] = [];
  const waiting = new Map<number, (result: unknown) => void>();
  let last = 0;
  socket.onmessage = ({ data }) => {
    const { id, method, params, result } = JSON.parse(data);
    waiting.get(id)?.(result);
    if (method === "Target.attachedToTarget") threads.push(params.sessionId);
  };
  /** Does `method` in a thread, the main one by default. */
  function ask(
    method: string,
    sessionId?: string,
    params: object = {},
  ): Promise<unknown> {
    const id = ++last;
    const answered = new Promise((resolve) => waiting.set(id, resolve));
    socket.send(JSON.stringify({ id, method, params, sessionId }));
    return soon(answered, method, 5000);
  }
  return { threads, ask };
}
