/**
 * What a transfer is made of.
 *
 * @module
 */

import type { Sink, Source } from "../../lib/bytes.ts";
import type { Reply } from "../../lib/ftp/reply.ts";
import type { Command } from "./command_text.ts";
import type { FtpControl, Turn } from "./control.ts";
import type { DataConnector } from "./data.ts";
import type { Patience } from "./patience.ts";
import type { RateLimit } from "./rate_limit.ts";
import type { SessionTls } from "./tls_session.ts";

/** What a transfer needs of its session. */
export interface TransferSession {
  /** Where commands go. */
  readonly control: FtpControl;
  /** Where data connections come from. */
  readonly data: DataConnector;
  /** What protects both; `null` when nothing does. */
  readonly tls: SessionTls | null;
  /** Type that the server was last told; `null` when that is not known. */
  type: "A" | "I" | null;
  /** Milliseconds without a byte, or without the final reply. */
  readonly timeout: number;
  /** Milliseconds between NOOPs while a transfer runs; 0 for none. */
  readonly keepAlive: number;
  /** Measures all time-outs. */
  readonly patience: Patience;
}

/** What to transfer. */
export interface Job {
  /** The command, as `RETR a.txt`. */
  readonly command: Command;
  /** Text or bytes. */
  readonly type: "A" | "I";
  /** Position to start from: REST in front of the command when above 0. */
  readonly offset: number;
  /** Where the bytes go to, or come from. Neither is closed. */
  readonly end: { receive: Pick<Sink, "write"> } | {
    send: Pick<Source, "read">;
  };
  /** Told how many bytes were moved, each time some were. */
  readonly moved?: (bytes: number) => void;
  /** Bytes per second that the data connection carries, at most. */
  readonly rateLimit?: RateLimit | undefined;
  /**
   * Whether nothing can be missing when so many bytes came and the connection
   * was cut, without the words with which TLS ends. `hint` is what the 150
   * announced.
   *
   * @default never
   */
  readonly isWhole?: (bytes: number, hint: number | null) => boolean;
  /** What else there is to say once the server has confirmed the transfer. */
  readonly afterwards?: (turn: Turn) => Promise<void>;
}

/** How a transfer went. */
export interface Transferred {
  /** Bytes that were moved. */
  readonly bytes: number;
  /** The first reply; the final one when there was no other. */
  readonly begun: Reply;
  /** The final reply. */
  readonly ended: Reply;
  /** Bytes that the 150 announced; `null` when it did not. */
  readonly hint: number | null;
}
