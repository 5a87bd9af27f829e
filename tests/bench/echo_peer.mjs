/**
 * Echo over TCP and UDP on one free port of 127.0.0.1, by Node: as its
 * documentation does it, with Nagle's algorithm off.
 */

import dgram from "node:dgram";
import net from "node:net";
import process from "node:process";

const LIFETIME = 30 * 60_000;

const server = net.createServer({ noDelay: true }, (socket) => {
  socket.on("error", () => socket.destroy());
  socket.pipe(socket);
});

server.listen({ host: "127.0.0.1", port: 0, backlog: 511 }, () => {
  const { port } = server.address();
  const socket = dgram.createSocket("udp4");
  socket.on("message", (message, { port, address }) => {
    socket.send(message, port, address);
  });
  socket.bind(port, "127.0.0.1", () => {
    process.stdout.write(`ready on tcp://127.0.0.1:${port} and udp\n`);
  });
});

setTimeout(() => process.exit(), LIFETIME);
