/**
 * Connections on which calls go wrong.
 *
 * @module
 */

import { reply } from "../../lib/ftp/reply.ts";
import {
  type DataConnection,
  type DataPort,
  DataPortError,
  type DataPorts,
} from "../../server/ftp/data_connection.ts";
import type { Fuse } from "./faults_fuse.ts";
import type { ServerEnd } from "./ftp_memory_conn.ts";

/**
 * The same end; reading and writing pass the fuse and move at most `most`
 * bytes. As with sockets, closing ends what hangs.
 */
export function faultyEnd(
  end: ServerEnd,
  fuse: Fuse,
  name: string,
  most: number = Infinity,
): ServerEnd {
  const closed = Promise.withResolvers<never>();
  closed.promise.catch(() => {});
  const orClosed = <T>(done: Promise<T>) => {
    done.catch(() => {});
    return Promise.race([done, closed.promise]);
  };
  return {
    read: (buffer) =>
      orClosed(
        fuse.pass(`read ${name}`, () => end.read(buffer.subarray(0, most))),
      ),
    write: (bytes) =>
      orClosed(
        fuse.pass(`write ${name}`, () => end.write(bytes.subarray(0, most))),
      ),
    close() {
      closed.reject(new Error("Interrupted: operation canceled"));
      end.close();
    },
  };
}

/** The same data ports; making, opening and using them passes the fuse. */
export function faultyPorts(
  ports: DataPorts,
  fuse: Fuse,
  most: number = Infinity,
): DataPorts {
  const faulty = <P extends DataPort>(port: P): P => ({
    ...port,
    port: (port as P & { port: number }).port,
    close: () => port.close(),
    open: (signal) => {
      const aborted = new Promise<never>((_, reject) => {
        if (signal.aborted) reject(signal.reason);
        signal.addEventListener("abort", () => reject(signal.reason));
      });
      aborted.catch(() => {});
      const opened = fuse.pass(
        "connect data",
        () => port.open(signal),
        (end) => end.close(),
      );
      // As a real port does: what comes too late is closed.
      opened.then((late) => signal.aborted && late.close(), () => port.close());
      return Promise.race([opened, aborted]).then((end) =>
        faultyEnd(end, fuse, "data", most) as DataConnection
      );
    },
  });
  return {
    passive: (ends) =>
      fuse.pass(
        "listen",
        async () => faulty(await ports.passive(ends)),
        (port) => port.close(),
      ).catch((cause) => {
        const said = reply(425, "Can't open data connection.");
        throw new DataPortError(said, { cause });
      }),
    active: (target, ends) => faulty(ports.active(target, ends)),
  };
}
