/**
 * One look at a page of metrics, over a connection that ends with it.
 *
 * @module
 */

import { writeAll } from "../../lib/bytes.ts";
import { readAll } from "../ftp/raw_control.ts";

/** The values at `url` by name, those with labels left out. */
export async function scrape(url: string): Promise<Map<string, number>> {
  const { hostname, port } = new URL(url);
  using conn = await Deno.connect({ hostname, port: Number(port) });
  const request = `GET /metrics HTTP/1.1\r\nHost: ${hostname}\r\n` +
    "Connection: close\r\n\r\n";
  await writeAll(conn, new TextEncoder().encode(request));
  const text = await readAll(conn);
  if (!text.startsWith("HTTP/1.1 200")) throw new Error(text.slice(0, 80));
  return valuesOf(text);
}

/** The values of a page in the text format of Prometheus. */
export function valuesOf(text: string): Map<string, number> {
  const found = text.matchAll(/^([a-z_]+) (-?[\d.e+]+)\r?$/gm);
  return new Map(
    Array.from(found, ([, name, value]) => [name!, Number(value)]),
  );
}
