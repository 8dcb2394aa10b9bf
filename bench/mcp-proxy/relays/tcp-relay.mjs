/** The floor for a relay of HTTP in Node: bytes between two sockets. */
import { connect, createServer } from "node:net";

const upstream = new URL(process.argv[2]);
const server = createServer({ noDelay: true }, (client) => {
  const socket = connect({ port: Number(upstream.port), host: upstream.hostname, noDelay: true });
  client.pipe(socket);
  socket.pipe(client);
  client.on("error", () => socket.destroy()).on("close", () => socket.destroy());
  socket.on("error", () => client.destroy()).on("close", () => client.destroy());
});
server.listen(0, "127.0.0.1", () => process.stdout.write(`${server.address().port}\n`));
