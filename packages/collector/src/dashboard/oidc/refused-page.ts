/** Why somebody was not signed in, as a page without any script. */
import type { FastifyReply } from "fastify";
import type { SignInProblem } from "../../oidc/identity.ts";

const PAGES: Readonly<
  Record<SignInProblem, readonly [status: number, words: string, what: string]>
> = {
  denied: [403, "The provider did not sign you in.", "Try again, or ask whoever runs it."],
  not_begun: [
    400,
    "This answer belongs to no sign-in of this browser, or came too late.",
    "Begin again: it takes ten minutes at most, in one tab.",
  ],
  unreachable: [
    502,
    "The provider does not answer as it should.",
    "Try again in a while, or ask whoever runs this collector.",
  ],
  unverified: [
    403,
    "The provider does not say that your e-mail address is verified.",
    "Verify it there, then sign in again.",
  ],
  not_invited: [
    403,
    "Nobody has invited your e-mail address.",
    "Ask an admin of this collector for an invitation.",
  ],
  invitation_over: [
    403,
    "Your invitation has run out.",
    "Ask an admin of this collector for another.",
  ],
  other_person: [
    403,
    "Your e-mail address belongs to a member who is somebody else at the provider.",
    "Ask an admin of this collector to remove that member and to invite you.",
  ],
  full: [
    403,
    "There is no room for another member.",
    "Ask an admin of this collector to remove one.",
  ],
  too_many: [429, "Too many people sign in at once.", "Wait a moment, then try again."],
};

const STYLE = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui;max-width:34rem;
margin:15vh auto 0;padding:0 1rem;color:light-dark(#1c1d22,#e8e9ee);background:light-dark(#f7f7f9,#101115)}
h1{font-size:1.25rem}a{color:light-dark(#4450c9,#a3acff)}`;

export function refusedPage(
  reply: FastifyReply,
  problem: SignInProblem,
  basePath: string,
): FastifyReply {
  const [status, words, what] = PAGES[problem];
  reply.headers({
    "content-security-policy":
      "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
  });
  // Nothing that came with the request is repeated here.
  return reply
    .code(status)
    .type("text/html; charset=utf-8")
    .send(`<!doctype html><html lang="en">
<meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Not signed in - CAUM</title><style>${STYLE}</style>
<main><h1>Not signed in</h1><p>${words}</p><p>${what}</p>
<p><a href="${basePath}/">Back to the sign-in page</a></p></main></html>`);
}
