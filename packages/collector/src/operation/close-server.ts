import type { FastifyInstance } from "fastify";

const SWEEP_MS = 5;
/** A request that is not answered by then was too slow to be sent. */
const DRAIN_MS = 100;

/** Connections that are kept alive must not keep a stopping process alive. */
export async function closeServer(app: FastifyInstance): Promise<void> {
  const sweep = setInterval(() => app.server.closeIdleConnections(), SWEEP_MS);
  const giveUp = setTimeout(() => app.server.closeAllConnections(), DRAIN_MS);
  await app.close();
  clearInterval(sweep);
  clearTimeout(giveUp);
}
