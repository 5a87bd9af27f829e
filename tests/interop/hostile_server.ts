/**
 * A scripted evil FTP server on loopback. It behaves where its script says
 * nothing, keeps every byte of the control connections, and ends by itself:
 * it sends only so many bytes, and lives only so many seconds.
 *
 * @module
 */

import { type Bytes, writeAll } from "../../lib/bytes.ts";

/** What goes over a data connection; text is sent as UTF-8. */
export type Payload = string | Bytes | Iterable<Bytes>;

/** What the server does at a command: it says a text, or does as it likes. */
export type Answer = string | ((peer: Peer, argument: string) => unknown);

/** Answers by verb; `greeting` is a verb, too. */
export type Script = Readonly<Record<string, Answer>>;

/** One control connection, as the script sees it. */
export interface Peer {
  /** Where the client went with CWD; a script may move it. */
  folder: string;
  /** Where the client wants to begin. */
  offset: number;
  /** Says a text, with a line end behind it. */
  say(text: string): Promise<void>;
  /** Sends on the control connection, until it breaks. */
  flood(payload: Payload): Promise<void>;
  /** Opens a port for the next data connection. */
  passive(): number;
  /** Waits for the data connection. */
  open(): Promise<Deno.Conn>;
  /** Sends on a data connection, until it breaks. */
  pour(data: Deno.Conn, payload: Payload): Promise<void>;
  /** A download as it should be. */
  serve(payload: Payload): Promise<void>;
  /** An upload as it should be; how many bytes came. */
  take(): Promise<number>;
  /** Says nothing any more, until the client has gone. */
  hang(): Promise<void>;
  /** Closes the control connection. */
  close(): void;
}

/** A running server. Disposing of it ends all of its connections. */
export interface HostileServer extends AsyncDisposable {
  /** Where it listens, on 127.0.0.1. */
  readonly port: number;
  /** Every byte that came over control connections so far, as Latin-1. */
  readonly received: string;
}

/** Bytes that it sends at most. */
const MOST_BYTES = 2 ** 31;
/** Milliseconds that it lives at most. */
const LIFE_MS = 90_000;

/** A server that plays `script`. */
export function hostileServer(script: Script): HostileServer {
  const world = new World(script);
  const timer = setTimeout(() => world.end(), LIFE_MS);
  const { port } = world.listener.addr;
  const accepting = acceptAll(world);
  return {
    port,
    get received() {
      return world.received.join("");
    },
    async [Symbol.asyncDispose]() {
      clearTimeout(timer);
      world.end();
      await accepting;
    },
  };
}

/** What all connections of a server share. */
class World {
  readonly script: Script;
  readonly listener: Deno.TcpListener;
  readonly received: string[] = [];
  readonly #open: Set<{ close(): void }> = new Set();
  #bytesLeft = MOST_BYTES;

  constructor(script: Script) {
    this.script = script;
    this.listener = this.listen();
  }

  listen(): Deno.TcpListener {
    return this.keep(Deno.listen({ hostname: "127.0.0.1", port: 0 }));
  }

  /** Makes sure that it is closed once, at the end at the latest. */
  keep<T extends { close(): void }>(resource: T): T {
    const close = resource.close.bind(resource);
    resource.close = () => {
      if (this.#open.delete(resource)) close();
    };
    this.#open.add(resource);
    return resource;
  }

  async pour(conn: Deno.Conn, payload: Payload): Promise<void> {
    for (const part of partsOf(payload)) {
      this.#bytesLeft -= part.length;
      if (this.#bytesLeft < 0) throw new Error("more than anybody should get");
      await writeAll(conn, part);
    }
  }

  end(): void {
    for (const resource of this.#open) resource.close();
  }
}

function partsOf(payload: Payload): Iterable<Bytes> {
  if (typeof payload === "string") return [new TextEncoder().encode(payload)];
  return payload instanceof Uint8Array ? [payload] : payload;
}

async function acceptAll(world: World): Promise<void> {
  const sessions: Promise<void>[] = [];
  try {
    for (;;) {
      const control = world.keep(await world.listener.accept());
      sessions.push(session(world, control));
    }
  } catch { /* The listener is closed: that is how it ends. */ }
  await Promise.all(sessions);
}

/** Never rejects: how clients leave is not what is tested here. */
async function session(world: World, control: Deno.Conn): Promise<void> {
  const lines = linesOf(world, control);
  const peer = peerOf(world, control, lines);
  try {
    await act(peer, world.script.greeting ?? "220 Come in.", "");
    for await (const line of lines) {
      const [verb = "", ...words] = line.split(" ");
      const key = verb.toUpperCase();
      const answer = world.script[key] ?? USUAL[key] ?? "502 Not here.";
      await act(peer, answer, words.join(" "));
    }
  } catch {
    /* The connection is closed. */
  } finally {
    control.close();
  }
}

async function act(peer: Peer, answer: Answer, argument: string) {
  if (typeof answer === "string") await peer.say(answer);
  else await answer(peer, argument);
}

async function* linesOf(
  { received }: World,
  control: Deno.Conn,
): AsyncGenerator<string> {
  const buffer = new Uint8Array(1 << 14);
  let rest = "";
  for (let count; (count = await control.read(buffer)) !== null;) {
    const text = latin1(buffer.subarray(0, count));
    received.push(text);
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) yield line.replace(/\r$/, "");
  }
}

function latin1(bytes: Bytes): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}

function peerOf(
  world: World,
  control: Deno.Conn,
  lines: AsyncGenerator<string>,
): Peer {
  let door: Deno.TcpListener | null = null;
  const peer = {
    folder: "/",
    offset: 0,
    say: (text: string) => world.pour(control, `${text}\r\n`),
    flood: (payload: Payload) => world.pour(control, payload),
    pour: (data: Deno.Conn, payload: Payload) =>
      world.pour(data, payload).catch(() => {}),
    passive() {
      door?.close();
      door = world.listen();
      return door.addr.port;
    },
    open: async () => world.keep(await door!.accept()),
    async serve(payload: Payload) {
      await peer.say("150 Here it comes.");
      const data = await peer.open();
      await peer.pour(data, payload);
      data.close();
      await peer.say("226 That was it.");
    },
    async take() {
      await peer.say("150 Go on.");
      const data = await peer.open();
      const buffer = new Uint8Array(1 << 16);
      let sum = 0;
      for (let count; (count = await data.read(buffer)) !== null;) sum += count;
      data.close();
      await peer.say("226 That was it.");
      return sum;
    },
    async hang() {
      while (!(await lines.next()).done);
    },
    close: () => control.close(),
  };
  return peer;
}

/** What a server says that means no harm. */
const USUAL: Script = {
  USER: "331 And the password?",
  PASS: "230 Welcome.",
  FEAT: "211-I know\r\n MLST type*;size*;modify*;\r\n SIZE\r\n MDTM\r\n" +
    " UTF8\r\n REST STREAM\r\n211 that.",
  OPTS: "200 As you like.",
  TYPE: "200 As you like.",
  NOOP: "200 Still here.",
  ABOR: "226 There is nothing to end.",
  SIZE: "550 No such file.",
  MDTM: "550 No such file.",
  MLST: "550 No such file.",
  EPSV: (peer) => peer.say(`229 Extended (|||${peer.passive()}|)`),
  PASV: "502 Not here.",
  STOR: (peer) => peer.take(),
  PWD: (peer) => peer.say(`257 "${peer.folder}"`),
  CWD: (peer, path) => {
    peer.folder = path.startsWith("/")
      ? path
      : `${peer.folder.replace(/\/$/, "")}/${path}`;
    return peer.say("250 There.");
  },
  REST: (peer, offset) => {
    peer.offset = Number(offset);
    return peer.say("350 From there.");
  },
  QUIT: async (peer) => {
    await peer.say("221 Bye.");
    peer.close();
  },
};
