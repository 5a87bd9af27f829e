/**
 * The client's part of TLS in a session: it begins and ends where the server's
 * replies say so, and data connections are protected when that was agreed on.
 *
 * @module
 */

import type { Stage } from "./session_stage.ts";

/** Follows what the server says about TLS. */
export class TlsFollower {
  readonly #stage: Stage;
  #heard = 1;
  #ports = 0;
  #isPrivate = false;

  /** Follows this session. */
  constructor(stage: Stage) {
    this.#stage = stage;
  }

  /** Does what the newest replies ask for; `line` is the last command. */
  async follow(line: string): Promise<void> {
    const { replies, client } = this.#stage;
    while (this.#heard < replies.length) {
      await this.#obey(replies[this.#heard++]!, line);
    }
    for (; this.#ports < client.ports.length; this.#ports++) {
      const isNewest = this.#ports === client.ports.length - 1;
      if (this.#isPrivate && isNewest) client.startDataTls();
    }
  }

  async #obey(reply: string, line: string): Promise<void> {
    const stage = this.#stage;
    const { client } = stage;
    if (reply.startsWith("234")) return client.startTls();
    if (/^PROT ./i.test(line) && reply.startsWith("200")) {
      this.#isPrivate = /^PROT P/i.test(line);
    }
    if (!client.isSecured || !/^220|reverts to plain text/.test(reply)) return;
    this.#isPrivate &&= !reply.startsWith("220");
    const isThere = () => stage.isOver || client.hasEndedTls;
    await stage.until(isThere, () => `no end of TLS behind ${reply}`);
    await client.endTls();
  }
}
