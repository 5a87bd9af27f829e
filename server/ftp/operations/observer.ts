/**
 * What somebody who watches a server is told of its sessions. Sessions call
 * this while they serve, so that no method may throw or wait.
 *
 * @module
 */

import type { Admission, Refusal } from "../../../lib/net/admission.ts";
import type { TlsFacts } from "../../../lib/net/tls/stream.ts";
import type { TreeChange } from "../../fs/observed.ts";
import type { RunningTransfer } from "../session.ts";

/** Watches a server. */
export interface Observer {
  /** Somebody has come in. */
  session(session: ObservedSession): SessionObserver;
  /** Somebody was sent away at the door; `reason` is one of a few words. */
  refused(reason: string, address: string): void;
  /** Whether {@linkcode SessionObserver.changed} wants to be called. */
  readonly watchesChanges: boolean;
}

/** A session, as it is when it begins. */
export interface ObservedSession {
  /** Number of the session. */
  readonly id: number;
  /** The client's address. */
  readonly address: string;
  /** Whether a data port is open right now. */
  hasDataPort(): boolean;
}

/** Watches one session. */
export interface SessionObserver {
  /** TLS protects the control connection from now on; `null`: no longer. */
  secured(facts: TlsFacts | null): void;
  /** Somebody has logged in; the command took so many milliseconds. */
  loggedIn(account: string, milliseconds: number): void;
  /** A user was not let in. */
  loginFailed(user: string): void;
  /** Nobody is logged in any more (REIN, AUTH). */
  loggedOut(): void;
  /** The address is shut out for so many milliseconds, from now on. */
  banned(milliseconds: number): void;
  /** A command begins. */
  command(verb: string): void;
  /**
   * Something was answered. A command that began no transfer took so many
   * milliseconds; for all other replies it is `null`.
   */
  replied(code: number, milliseconds: number | null): void;
  /** A transfer begins; its `bytes` may be looked at until it ends. */
  began(transfer: RunningTransfer): void;
  /** The transfer has ended. */
  ended(end: TransferEnd): void;
  /** Something in the account's tree is not as it was. */
  changed(change: TreeChange): void;
  /** An administrator ends the session. */
  kicked(): void;
  /** The session is over. */
  left(): void;
}

/**
 * How a transfer ended.
 *
 * - `complete`: all bytes were delivered, and an upload has its final name.
 * - `aborted`: the client, its network or an administrator ended it.
 * - `failed`: the server could not go on; or no data connection came to be.
 */
export type TransferOutcome = "complete" | "aborted" | "failed";

/**
 * Which way bytes go: files from and to the server, names of files, and files
 * that are only read, as by HASH.
 */
export type Direction = "download" | "upload" | "listing" | "work";

/** A transfer that is over. */
export interface TransferEnd {
  /** What moved, or was done. */
  readonly transfer: RunningTransfer["transfer"];
  /** Where to. */
  readonly direction: Direction;
  /** How it ended. */
  readonly outcome: TransferOutcome;
  /** Why it is not complete. */
  readonly reason?: string | undefined;
  /** Bytes that moved. */
  readonly bytes: number;
  /** Milliseconds that it took. */
  readonly duration: number;
  /** Whether line ends were converted (TYPE A). */
  readonly ascii: boolean;
  /** Who was logged in. */
  readonly account?: string | undefined;
  /** Path of the file in the operating system, where it has one. */
  readonly file?: string | undefined;
  /** How TLS protected the data. */
  readonly tls?: TlsFacts | undefined;
}

/** A session, as somebody is shown it. Plain data. */
export interface SessionView {
  /** Number of the session. */
  readonly id: number;
  /** The client's address. */
  readonly address: string;
  /** Who is logged in. */
  readonly account: string | null;
  /** When the session began: milliseconds since 1970. */
  readonly since: number;
  /** Milliseconds since the last command; 0 while a transfer runs. */
  readonly idle: number;
  /** The last command's verb. */
  readonly command: string;
  /** Version of TLS, such as `1.3`. */
  readonly tls: string | null;
  /** What is being transferred. */
  readonly transfer: TransferView | null;
}

/** A transfer, as somebody is shown it. Plain data. */
export interface TransferView {
  /** The command. */
  readonly verb: string;
  /** Virtual path. */
  readonly path: string;
  /** Which way the bytes go. */
  readonly direction: Direction;
  /** Bytes so far. */
  readonly bytes: number;
  /** Bytes a second, in the last few seconds. */
  readonly rate: number;
  /** Milliseconds since it began. */
  readonly duration: number;
}

/**
 * The admission of a server, as an option: the observer is told of everybody
 * whom it turns away, also of those who are not told themselves.
 */
export function watchedDoor(
  { admission, observer }: {
    admission?: Admission;
    observer?: Observer | undefined;
  },
): { admission?: Admission } {
  if (admission === undefined || observer === undefined) return {};
  const seen = (refusal: Refusal | null, address: string) => {
    if (refusal !== null) observer.refused(refusal, address);
    return refusal;
  };
  return {
    admission: {
      enter(address) {
        const answer = admission.enter(address);
        if (!(answer instanceof Promise)) return seen(answer, address);
        return answer.then((refusal) => seen(refusal, address));
      },
      leave: (address) => admission.leave(address),
    },
  };
}
