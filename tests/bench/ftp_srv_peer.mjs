/**
 * ftp-srv as a peer of the benchmark: anonymous, read-write, without a log.
 *
 * ```sh
 * node ftp_srv_peer.mjs FTP_SRV PORT FOLDER
 * ```
 *
 * @module
 */

import { createRequire } from "node:module";

const [path, port, root] = process.argv.slice(2);
const require = createRequire(`${path}/package.json`);
const { FtpSrv } = require(path);
const { createLogger } = require("bunyan");

const server = new FtpSrv({
  url: `ftp://127.0.0.1:${port}`,
  pasv_url: "127.0.0.1",
  anonymous: true,
  log: createLogger({ name: "silent", level: 100 }),
});
server.on("login", (_login, resolve) => resolve({ root }));
// A client that goes in the midst of a transfer must not end the server.
for (const name of ["client-error", "server-error"]) server.on(name, () => {});
await server.listen();
