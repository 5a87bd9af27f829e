/**
 * Upper case: of bytes, of text in UTF-8, all at once or piece by piece.
 *
 * @module
 */

export { upperDatagram } from "./datagram.ts";
export { type Casing, type Upper, upperCase, upperStream } from "./mapping.ts";
