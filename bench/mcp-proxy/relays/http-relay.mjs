/** A plain reverse proxy on node:http, without recording and without care. */
import { Agent, createServer, request as requestHttp } from "node:http";

const { hostname, port } = new URL(process.argv[2]);
const agent = new Agent({ keepAlive: true });
const server = createServer((request, response) => {
  const { method, url: path, headers } = request;
  const outgoing = requestHttp({ agent, hostname, port, method, path, headers }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  request.pipe(outgoing);
  response.on("close", () => outgoing.destroy());
  outgoing.on("error", () => response.destroy());
});
server.listen(0, "127.0.0.1", () => process.stdout.write(`${server.address().port}\n`));
