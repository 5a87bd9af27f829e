/**
 * A scripted FTP server in memory, and the network that leads to it.
 *
 * @module
 */

import type { HostPort } from "../../lib/host_port.ts";
import type {
  ClientConnection,
  ClientNetwork,
} from "../../lib/net/client_network.ts";
import { textOf } from "./byte_cases.ts";
import { HELLO } from "./client_fake_tls.ts";
import { type EndOptions, FakeTlsEnd } from "./client_fake_tls_end.ts";
import { MemoryConn } from "./ftp_memory_conn.ts";

/** How a command is answered: text (CRLF is added), or what does more. */
export type Answer =
  | string
  | ((argument: string, peer: Peer) => string | void | Promise<string | void>);

/** Answers by verb. */
export type Answers = Readonly<Record<string, Answer>>;

/** Where the control connection leads. */
export const SERVER: HostPort = { hostname: "192.0.2.1", port: 21 };
const CLIENT: HostPort = { hostname: "192.0.2.9", port: 50_021 };

/** What a server does that is asked nothing special. */
const USUAL: Answers = {
  USER: "230 Welcome",
  FEAT: "211-Features:\r\n SIZE\r\n MDTM\r\n MLST Type*;Size*;\r\n211 End",
  TYPE: "200 OK",
  EPSV: "229 Extended (|||40000|)",
  PASV: "227 Passive (192,0,2,1,156,64)",
  PORT: "200 OK",
  EPRT: "200 OK",
  REST: "350 OK",
  NOOP: "200 NOOP",
  PWD: '257 "/"',
  QUIT: "221 Bye",
  AUTH: "234 Go on",
  PBSZ: "200 OK",
  PROT: "200 OK",
};

/** Commands that need a data connection. */
const TRANSFERS = ["RETR", "STOR", "APPE", "STOU", "LIST", "NLST", "MLSD"];

/** A server that a test plays. */
export class Peer {
  /** Commands, oldest first. */
  readonly commands: string[] = [];
  /** Data connections, passive ones where the client dialled, oldest first. */
  readonly dataConns: MemoryConn[] = [];
  /** Where the client connected to, the control port included. */
  readonly dialled: HostPort[] = [];
  /** Every control connection, the newest last. */
  readonly controls: MemoryConn[] = [];
  /** What the client listens on; from whom the next connections come. */
  readonly listening: { hostname: string; port: number; open: boolean }[] = [];
  /** Connecting to the n-th data port fails with this. */
  refusals: (Error | undefined)[] = [];
  /** What a new control connection hears first. */
  greeting = "220 Ready";
  /** How it answers when a client begins with TLS; `null` for not at all. */
  tls: EndOptions | null = {};
  /** Whether control connections begin with TLS. */
  implicit = false;
  /** Commands that came in clear. */
  readonly inClear: string[] = [];
  /** The way to this server. */
  readonly network: ClientNetwork;

  readonly #answers: Record<string, Answer>;
  readonly #secured: Map<MemoryConn, FakeTlsEnd> = new Map();
  readonly #arrivals: ((conn: ClientConnection) => void)[] = [];
  #early: ClientConnection[] = [];
  #heard: (() => void)[] = [];
  #awaited: PromiseWithResolvers<boolean> | null = null;

  /** Answers as usual, except for these. */
  constructor(answers: Answers = {}) {
    this.#answers = { ...USUAL, ...answers };
    this.network = {
      connect: (to) => this.#connect(to),
      listen: (hostname) => this.#listen(hostname),
    };
  }

  /** The newest data connection. */
  get data(): MemoryConn {
    return this.dataConns.at(-1)!;
  }

  /** The newest control connection. */
  get control(): MemoryConn {
    return this.controls.at(-1)!;
  }

  /** Says something on the control connection, as it is protected now. */
  say(text: string): void {
    this.#say(this.control, text);
  }

  #say(conn: MemoryConn, text: string): void {
    (this.#secured.get(conn) ?? conn).send(`${text}\r\n`);
  }

  /** Does its part of a handshake on the newest data connection. */
  async secureData(options?: EndOptions): Promise<FakeTlsEnd> {
    return await new FakeTlsEnd(this.data).accept(options);
  }

  /** Ends TLS on the control connection, as soon as the client does. */
  async leaveTls(): Promise<void> {
    const end = this.#secured.get(this.control)!;
    end.closeNotify();
    await end.until(() => end.hasEnded);
    this.#secured.delete(this.control);
  }

  /** Changes an answer. */
  on(verb: string, answer: Answer): void {
    this.#answers[verb] = answer;
  }

  /** Resolves when a command that starts so has come. */
  async heard(start: string, times = 1): Promise<void> {
    const count = () =>
      this.commands.filter((command) => command.startsWith(start)).length;
    while (count() < times) {
      await new Promise<void>((resolve) => this.#heard.push(resolve));
    }
  }

  /** Sends a whole file: 150, data, its end, 226. */
  sends(text: string, ...replies: string[]): void {
    const [before = "150 Here", after = "226 Done"] = replies;
    if (before !== "") this.say(before);
    this.data.send(text);
    this.data.end();
    if (after !== "") this.say(after);
  }

  /** A connection from somewhere to where the client listens. */
  arrive(remote: HostPort = { ...SERVER, port: 20 }): MemoryConn {
    const conn = new MemoryConn();
    const connection = { ...conn.server, remote, local: CLIENT };
    const taker = this.#arrivals.shift();
    if (taker === undefined) this.#early.push(connection);
    else taker(connection);
    this.dataConns.push(conn);
    return conn;
  }

  #connect(to: HostPort): Promise<ClientConnection> {
    this.dialled.push(to);
    const conn = new MemoryConn();
    const connection = { ...conn.server, remote: SERVER, local: CLIENT };
    if (to.port === SERVER.port) {
      this.controls.push(conn);
      if (!this.implicit) conn.send(`${this.greeting}\r\n`);
      this.#converse(conn);
      return Promise.resolve(connection);
    }
    const refusal = this.refusals.shift();
    this.#awaited?.resolve(refusal === undefined);
    if (refusal !== undefined) return Promise.reject(refusal);
    this.dataConns.push(conn);
    return Promise.resolve({ ...connection, remote: to });
  }

  #listen(hostname: string): ReturnType<ClientNetwork["listen"]> {
    const place = {
      hostname,
      port: 50_000 + this.listening.length,
      open: true,
    };
    this.listening.push(place);
    let fail: (error: Error) => void = () => {};
    return {
      port: place.port,
      accept: () =>
        new Promise((resolve, reject) => {
          fail = reject;
          const early = this.#early.shift();
          if (early !== undefined) resolve(early);
          else this.#arrivals.push(resolve);
        }),
      close() {
        place.open = false;
        fail(new Error("listener closed"));
      },
    };
  }

  async #converse(conn: MemoryConn): Promise<void> {
    let unread = "";
    for (let read = 0;;) {
      while (read < conn.received.length) {
        const chunk = conn.received[read++]!;
        if (chunk[0] !== HELLO) unread += textOf(chunk);
        else if (this.tls !== null) {
          read = await this.#converseSecured(conn, read - 1);
        }
      }
      const end = unread.indexOf("\r\n");
      if (end >= 0) {
        const line = unread.slice(0, end);
        unread = unread.slice(end + 2);
        this.inClear.push(line);
        await this.#answer(line);
      } else if (conn.isClosed) {
        return;
      } else {
        await new Promise<void>((resolve) => conn.onChange = resolve);
      }
    }
  }

  /** Until TLS ends; gives the number of chunks that belonged to it. */
  async #converseSecured(conn: MemoryConn, start: number): Promise<number> {
    const tls = new FakeTlsEnd(conn);
    tls.look(start);
    tls.answer(this.tls ?? {});
    this.#secured.set(conn, tls);
    if (this.implicit) this.#say(conn, this.greeting);
    for (let read = 0; this.#secured.has(conn);) {
      tls.look();
      const end = tls.text.indexOf("\r\n", read);
      if (end >= 0) {
        const line = tls.text.slice(read, end);
        read = end + 2;
        await this.#answer(line);
      } else if (conn.isClosed) {
        break;
      } else {
        await new Promise<void>((resolve) => conn.onChange = resolve);
      }
    }
    return tls.chunks;
  }

  async #answer(line: string): Promise<void> {
    this.commands.push(line);
    for (const wake of this.#heard.splice(0)) wake();
    const [verb = ""] = line.split(" ", 1);
    const said = await this.#said(verb, line.slice(verb.length + 1));
    const isPassive = /^227|\(\|\|\|4\d{4}\|/.test(said);
    if (isPassive) this.#awaited = Promise.withResolvers();
    if (said !== "") this.say(said);
  }

  /** Like any server, it waits for the connection that it has offered. */
  async #said(verb: string, argument: string): Promise<string> {
    const offer = TRANSFERS.includes(verb) ? this.#awaited : null;
    const isThere = await offer?.promise ?? true;
    if (offer === this.#awaited) this.#awaited = null;
    if (!isThere) return "425 No data connection";
    const answer = this.#answers[verb] ?? "502 Unknown";
    if (typeof answer === "string") return answer;
    return await answer(argument, this) ?? "";
  }
}
