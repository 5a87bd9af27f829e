/**
 * Replies of the File Transfer Protocol (RFC 959 section 4.2).
 *
 * @module
 */

import type { Bytes } from "../bytes.ts";

/** What a server answers: a three-digit code and one or more lines of text. */
export interface Reply {
  /** 100 to 599; the first digit says how it went. */
  readonly code: number;
  /** Text, at least one line; none of them holds CR or LF. */
  readonly lines: readonly string[];
  /** Whether the server closes the control connection after this reply. */
  readonly close?: boolean;
}

/**
 * Makes a reply.
 *
 * @example
 * ```ts
 * import { formatReply, reply } from "./reply.ts";
 * const text = new TextDecoder().decode(formatReply(reply(200, "Done.")));
 * console.assert(text === "200 Done.\r\n");
 * ```
 */
export function reply(code: number, ...lines: string[]): Reply {
  return { code, lines };
}

/** Makes a reply after which the server closes the control connection. */
export function lastReply(code: number, ...lines: string[]): Reply {
  return { code, lines, close: true };
}

const encoder = new TextEncoder();

/**
 * The bytes of a reply as they go over the wire.
 *
 * Lines between the first and the last are sent as they are, so those that
 * begin with a digit get a space in front: no line of text can be taken for
 * the end of the reply. CR and LF inside a line become spaces.
 *
 * @example
 * ```ts
 * import { formatReply, reply } from "./reply.ts";
 * const bytes = formatReply(reply(211, "Features:", " UTF8", "End."));
 * console.assert(
 *   new TextDecoder().decode(bytes) ===
 *     "211-Features:\r\n UTF8\r\n211 End.\r\n",
 * );
 * ```
 */
export function formatReply(reply: Reply): Bytes {
  return encoder.encode(replyText(reply));
}

/**
 * The same as text.
 *
 * @example
 * ```ts
 * import { reply, replyText } from "./reply.ts";
 * console.assert(replyText(reply(200, "Done.")) === "200 Done.\r\n");
 * ```
 */
export function replyText({ code, lines }: Reply): string {
  const last = lines.length - 1;
  let text = "";
  for (const [index, line] of lines.entries()) {
    const clean = line.replace(/[\r\n\0]+/g, " ");
    if (index === last) text += `${code} ${clean}\r\n`;
    else if (index === 0) text += `${code}-${clean}\r\n`;
    else text += /^\d/.test(clean) ? ` ${clean}\r\n` : `${clean}\r\n`;
  }
  return text;
}
