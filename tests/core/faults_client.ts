/**
 * Local files and a network in which calls go wrong, for clients.
 *
 * @module
 */

import type { Sink, Source } from "../../lib/bytes.ts";
import type {
  ClientConnection,
  ClientNetwork,
} from "../../lib/net/client_network.ts";
import type { LocalFiles } from "../../client/ftp/local_files.ts";
import type { Fuse } from "./faults_fuse.ts";
import { faultyEnd } from "./faults_wire.ts";

/** What is open now. */
export type Open = Set<string>;

/** The same files; each call passes the fuse. */
export function faultyFiles(
  files: LocalFiles,
  fuse: Fuse,
  open: Open,
): LocalFiles {
  let number = 0;
  const watched = <T extends Source | Sink>(what: string, file: T): T => {
    const name = `${what} ${++number}`;
    open.add(name);
    const end = (how: "close" | "abort") => () =>
      fuse.passDone(`${how} ${what}`, () => {
        open.delete(name);
        return (file as Sink)[how]?.();
      });
    return {
      ...file,
      ..."read" in file && {
        read: (buffer) => fuse.pass(`read ${what}`, () => file.read(buffer)),
      },
      ..."write" in file && {
        write: (bytes) => fuse.pass(`write ${what}`, () => file.write(bytes)),
        abort: end("abort"),
      },
      close: end("close"),
    };
  };
  const opening = <T extends Source | Sink>(
    what: string,
    act: () => Promise<T>,
  ) => fuse.pass(`open ${what}`, async () => watched(what, await act()));
  return {
    stat: (path) => fuse.pass(`stat ${path}`, () => files.stat(path)),
    read: (path, offset) => opening(path, () => files.read(path, offset)),
    create: (path) => opening(path, () => files.create(path)),
    extend: (path, offset) => opening(path, () => files.extend(path, offset)),
    patch: (path, offset) => opening(path, () => files.patch(path, offset)),
    rename: (from, to) =>
      fuse.pass(`rename ${from}`, () => files.rename(from, to)),
    remove: (path) => fuse.pass(`remove ${path}`, () => files.remove(path)),
    setModified: (path, time) =>
      fuse.pass(`setModified ${path}`, () => files.setModified(path, time)),
    makeDirectory: (path) =>
      fuse.pass(`makeDirectory ${path}`, () => files.makeDirectory(path)),
    removeDirectory: (path) =>
      fuse.pass(`removeDirectory ${path}`, () => files.removeDirectory(path)),
    async *list(path) {
      await fuse.pass(`list ${path}`, () => {});
      yield* files.list(path);
    },
  };
}

type Resettable = ClientConnection & { reset?(): void };

/** The same network; connecting, reading and writing pass the fuse. */
export function faultyNetwork(
  network: ClientNetwork,
  fuse: Fuse,
  open: Open,
  most: number = Infinity,
): ClientNetwork {
  let number = 0;
  return {
    connect: (to, signal) =>
      fuse.pass("connect", async () => {
        const name = `connection ${++number} to ${to.port}`;
        const what = to.port === 21 ? "control" : "data";
        const conn = await network.connect(to, signal);
        open.add(name);
        const close = () => {
          open.delete(name);
          conn.close();
        };
        const end = faultyEnd({ ...conn, close }, fuse, what, most);
        // A socket that failed is dead: its other end is never told an end.
        const reset = (error: unknown) => {
          if (fuse.isBlown) (conn as Resettable).reset?.();
          throw error;
        };
        return {
          ...conn,
          ...end,
          read: (buffer) => end.read(buffer).catch(reset),
          write: (bytes) => end.write(bytes).catch(reset),
        };
      }),
    listen: (hostname, ports) => network.listen(hostname, ports),
  };
}
