/**
 * One errand of one client, again and again.
 *
 * @module
 */

import { join } from "node:path";
import { type ClientCase, isLarge, isUpwards } from "./client_cases.ts";
import { type Cargo, compare, isDated } from "./client_files.ts";
import type { Client, Job, Task } from "./clients.ts";
import type { Load } from "./load.ts";
import type { Entrant } from "./turns.ts";

const GB = 1e9;

/** A client that does the same thing again and again. */
export interface Errand {
  /** Who does it. */
  client: Client;
  /** What is done. */
  of: ClientCase;
  /** With what. */
  cargo: Cargo;
  /** On which server. */
  server: { name: string; port: number };
  /** What that serves. */
  folder: string;
  /** A folder of the errand's own, in the same memory. */
  place: string;
  /** A file with the authority of a server with TLS. @default {no TLS} */
  authority?: string;
  /** How it is measured. */
  load: Load;
  /** Takes a line about the progress. */
  say(line: string): void;
}

/**
 * The errand as one that takes turns. Each measures GB or files per second,
 * the bytes of memory, and whether the time stamps were kept (1) or not (0).
 */
export function entrantOf(errand: Errand): Entrant {
  const { client, server, of } = errand;
  const route = routeOf(errand);
  const name = `${client.name} on ${server.name}`;
  if (of.task !== "refetch") {
    return {
      name,
      async measure() {
        const values = await carry(of.task, route, errand);
        await Deno.remove(route.target, { recursive: true });
        return values;
      },
    };
  }
  return {
    name,
    prepare: async () => void await carry("fetch", route, errand),
    measure: async () => await carry(of.task, route, errand),
  };
}

/** Where the files come from and go to. */
interface Route {
  source: string;
  target: string;
  /** The same for the client. */
  job: Job;
}

function routeOf(
  { of, cargo, server, folder, place, authority }: Errand,
): Route {
  const { name, names } = cargo;
  const source = join(folder, name);
  const common = {
    port: server.port,
    names,
    connections: of.connections,
    scratch: place,
    ...authority !== undefined && { authority },
  };
  if (isUpwards(of.task)) {
    const remote = join("incoming", name);
    const target = join(folder, remote);
    return { source, target, job: { ...common, remote, local: source } };
  }
  const target = join(place, name);
  return { source, target, job: { ...common, remote: name, local: target } };
}

async function carry(
  task: Task,
  { source, target, job }: Route,
  { client, server, cargo, load, place, say }: Errand,
): Promise<number[]> {
  const way = client.ways[task];
  if (way === undefined) throw new Error(`it cannot ${task}`);
  const { seconds, processor, memory } = await load.time(await way(job), place);
  say(
    `  ${client.name} on ${server.name}: ${seconds.toFixed(2)} s, ` +
      `processor ${processor.toFixed(2)} s`,
  );
  await compare(source, target);
  const amount = isLarge(task)
    ? (await Deno.stat(source)).size / GB
    : cargo.names.length;
  const dated = await isDated(target, cargo);
  return [amount / seconds, memory, Number(dated)];
}
