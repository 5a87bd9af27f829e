/**
 * A scripted evil FTP server on loopback. It keeps every byte it gets, and
 * ends by itself: after so many seconds, after so many bytes.
 *
 * @module
 */

import type { Bytes } from "../../lib/bytes.ts";
import { deferred, latin1, written } from "./hostile_bytes.ts";

/** What goes over a data connection: text is UTF-8. */
export type Payload = string | Bytes | Iterable<string | Bytes>;

/** What the server does at a command: says raw text, or whatever it wants. */
export type Answer = string | ((peer: Peer, argument: string) => unknown);

/** What it does, by verb; `greeting` and `*` (any other) are verbs, too. */
export type Script = Readonly<Record<string, Answer>>;
