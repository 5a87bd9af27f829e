/**
 * What rows of tables are called.
 *
 * @module
 */

/** Our server, whose expectations are checked. */
export const OURS = "Wharf ftpd";
/** Ours, on as many threads as the machine of the tables has cores. */
export const OUR_WORKERS = "Wharf ftpd, 2 workers";
/** Ours, not compiled. */
export const OUR_SOURCE = "Wharf ftpd, source";
/** Ours, without TLS. */
export const OURS_IN_PLAIN = "Wharf ftpd, plain";
/** What only moves bytes. */
export const LOOP = "sendfile loop in C";

/** Whether `name` is that of another's server. */
export function isPeer(name: string): boolean {
  return !name.startsWith(OURS) && name !== LOOP;
}
