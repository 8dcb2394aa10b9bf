/** A real OpenID Connect provider on loopback, whose people sign in by saying who they are. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export const CLIENT_ID = "caum";
export const CLIENT_SECRET = "a-secret-of-the-client-that-nobody-else-has";

/** What the provider says of somebody. */
export interface Person {
  readonly email?: string;
  readonly email_verified?: boolean;
}

export interface TestProvider {
  readonly issuer: string;
  /** By their name at the provider. */
  readonly people: Map<string, Person>;
  /** From now on it takes this client, whose address had to know the issuer first. */
  serve(redirectUri: string, options?: Options): Promise<void>;
  /** Answers nothing but errors, until it serves again. */
  fail(): void;
  stop(): Promise<void>;
}

interface Options {
  /** Says addresses in the ID token too, as some do. */
  readonly isTalkative?: boolean;
  readonly isPublicClient?: boolean;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** As far as it is used here: the package has no types of its own. */
interface Koa {
  callback(): Handler;
}
type ProviderClass = new (issuer: string, configuration: object) => Koa;

const PACKAGE = "oidc-provider";

const BROKEN: Handler = (_request, response) => {
  response.writeHead(500).end();
};

/** @param host what it calls itself: `localhost` is another site than 127.0.0.1 for a browser */
export async function startProvider(host = "127.0.0.1"): Promise<TestProvider> {
  const { default: Provider }: { default: ProviderClass } = await import(PACKAGE);
  const people = new Map<string, Person>();
  let handle = BROKEN;
  const server = createServer((request, response) => handle(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // True of a server that listens on a port.
  const issuer = `http://${host}:${(server.address() as AddressInfo).port}`;
  return {
    issuer,
    people,
    async serve(redirectUri, options = {}) {
      handle = new Provider(issuer, configurationOf(redirectUri, options, people)).callback();
    },
    fail() {
      handle = BROKEN;
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function configurationOf(
  redirectUri: string,
  options: Options,
  people: ReadonlyMap<string, Person>,
): object {
  const { isTalkative = false, isPublicClient = false } = options;
  return {
    clients: [
      {
        client_id: CLIENT_ID,
        redirect_uris: [redirectUri],
        ...(isPublicClient
          ? { token_endpoint_auth_method: "none" }
          : { client_secret: CLIENT_SECRET, token_endpoint_auth_method: "client_secret_post" }),
      },
    ],
    claims: { openid: ["sub"], email: ["email", "email_verified"] },
    conformIdTokenClaims: !isTalkative,
    cookies: { keys: ["of this test"] },
    findAccount: (_context: unknown, id: string) => ({
      accountId: id,
      claims: async () => ({ sub: id, ...people.get(id) }),
    }),
  };
}
