/** Signing in by a real provider, and what attackers try with it. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Client, startClient } from "../client.ts";
import { CLIENT_ID, CLIENT_SECRET, startProvider, type TestProvider } from "./provider.ts";
import { Walk } from "./walk.ts";

const DAY_MS = 86_400_000;
const ENV = { CAUM_OIDC_CLIENT_SECRET: CLIENT_SECRET };

let provider: TestProvider;
let client: Client;
let behindMs = 0;
const callbackOf = ({ collector }: Client) => `${collector.url}/sign-in/oidc/callback`;
beforeAll(async () => {
  provider = await startProvider();
  client = await startClient({
    env: ENV,
    clock: () => Date.now() + behindMs,
    oidc: { issuer: provider.issuer, clientId: CLIENT_ID, domains: ["allowed.example"] },
  });
  await provider.serve(callbackOf(client));
});
afterAll(async () => {
  await client.stop();
  await provider.stop();
});

let people = 0;
/** Somebody whom the provider knows, by a name that nobody else has. */
function person(email: string | undefined, isVerified = true): string {
  people += 1;
  const name = `person-${people}`;
  provider.people.set(name, email === undefined ? {} : { email, email_verified: isVerified });
  return name;
}

const invite = (label: string, role = "viewer") =>
  client.post("/v1/invitations", { label, role }, client.admin);
const members = async () => (await client.get("/v1/members", client.admin)).body.members;
const memberOf = async (label: string) =>
  (await members()).find((member: { label: string }) => member.label === label);

async function begin(walk: Walk, from = client): Promise<string> {
  const sent = await walk.ask(`${from.collector.url}/sign-in/oidc`);
  return sent.headers.get("location") ?? `${sent.status}: ${await sent.text()}`;
}

/** The whole way. @returns the answer of the collector to whoever has come back */
async function signIn(name: string | undefined, walk = new Walk(), from = client) {
  const back = await walk.signInAt(await begin(walk, from), name);
  return walk.ask(back);
}

const me = async (walk: Walk) =>
  (await walk.ask(`${client.collector.url}/dashboard-api/me`)).json() as Promise<{
    readonly scopes?: readonly string[];
    readonly member?: { readonly label: string; readonly role: string };
  }>;

async function expectRefused(answer: Response, status: number, words: string): Promise<void> {
  const page = await answer.text();
  expect(page).toContain(words);
  expect(answer.status).toBe(status);
  expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'");
  expect(answer.headers.getSetCookie().filter((line) => line.includes("caum_browser_"))).toEqual(
    [],
  );
}

test("whoever was invited by an address signs in by it, and is the same member ever after", async () => {
  await invite("Ada@Example.com", "admin");
  const ada = person("ada@example.com");
  const walk = new Walk();
  const sent = new URL(await begin(walk));
  expect(Object.fromEntries(sent.searchParams)).toMatchObject({
    response_type: "code",
    scope: "openid email",
    code_challenge_method: "S256",
    redirect_uri: callbackOf(client),
    state: expect.stringMatching(/^[\w-]{43}$/),
    nonce: expect.stringMatching(/^[\w-]{43}$/),
  });
  const answer = await walk.ask(await walk.signInAt(sent.href, ada));
  expect([answer.status, answer.headers.get("location")]).toEqual([303, "/#signed-in"]);
  const [, cookie] = answer.headers.getSetCookie();
  expect(cookie).toMatch(/caum_browser_\S+; Path=\/; HttpOnly; SameSite=Strict; Max-Age=2592000/);
  expect(await me(walk)).toMatchObject({
    scopes: ["read", "admin"],
    member: { label: "Ada@Example.com", role: "admin" },
  });
  // Addresses change hands; who somebody is at the provider does not.
  provider.people.set(ada, { email: "renamed@example.com", email_verified: false });
  const again = new Walk();
  expect((await signIn(ada, again)).status).toBe(303);
  expect(await me(again)).toMatchObject({ member: { label: "Ada@Example.com" } });
  await expectRefused(await signIn(person("ada@example.com")), 403, "somebody else");
  expect(await memberOf("Ada@Example.com")).toMatchObject({ has_provider: true });
});

test("whoever nobody invited, or whose address is not verified, is told so", async () => {
  await invite("bob@example.com");
  for (const [email, isVerified, words] of [
    ["stranger@example.com", true, "Nobody has invited"],
    ["bob@example.com", false, "is verified"],
    [undefined, true, "is verified"],
    // The sign for Kelvin is no k, and a domain ends where it ends.
    ["\u212aim@allowed.example", true, "Nobody has invited"],
    ["eve@evil-allowed.example", true, "Nobody has invited"],
    ["eve@allowed.example.evil.example", true, "Nobody has invited"],
    ["eve@sub.allowed.example", true, "Nobody has invited"],
    ['"a@allowed.example"@evil.example', true, "is verified"],
    ["bob@example.com\u200b", true, "is verified"],
  ] as const) {
    if (email?.startsWith("\u212a")) await invite("kim@allowed.example");
    const answer = await signIn(person(email, isVerified));
    if (email?.startsWith("\u212a")) {
      // Of the domain, so that they may come; but not as kim.
      expect(answer.status).toBe(303);
      expect(await memberOf("kim@allowed.example")).toMatchObject({ joined_at: null });
    } else await expectRefused(answer, 403, words);
  }
  expect(await memberOf("bob@example.com")).toMatchObject({ joined_at: null });
});

test("whoever has an address of an allowed domain is a viewer, once", async () => {
  const walk = new Walk();
  const cleo = person("cleo@Allowed.Example");
  expect((await signIn(cleo, walk)).status).toBe(303);
  expect(await me(walk)).toMatchObject({ scopes: ["read"], member: { role: "viewer" } });
  expect((await signIn(cleo)).status).toBe(303);
  const same = (await members()).filter(({ label }: { label: string }) => /cleo/.test(label));
  expect(same).toHaveLength(1);
  const { member_id: id } = same[0];
  await client.request("DELETE", `/v1/members/${id}`, { headers: client.admin });
  expect(await me(walk)).toMatchObject({ error: { code: "AUTHENTICATION_FAILED" } });
});

test("an invitation that ran out or was taken back lets nobody in", async () => {
  await invite("late@example.com");
  behindMs = 7 * DAY_MS;
  await expectRefused(await signIn(person("late@example.com")), 403, "has run out");
  behindMs = 0;
  const { member_id: id } = await memberOf("late@example.com");
  await client.request("DELETE", `/v1/members/${id}`, { headers: client.admin });
  await expectRefused(await signIn(person("late@example.com")), 403, "Nobody has invited");
});

test("a link that was sent is used up when its member comes by the provider", async () => {
  const { link } = (await invite("both@example.com")).body;
  expect((await signIn(person("both@example.com"))).status).toBe(303);
  const invitation = new URL(link).hash.slice("#invitation=".length);
  const own = { origin: client.collector.url, "sec-fetch-site": "same-origin" };
  expect((await client.post("/dashboard-api/sign-in", { invitation }, own)).status).toBe(401);
});

test("a provider that says no is no sign-in, and its words are not repeated", async () => {
  await expectRefused(await signIn(undefined), 403, "did not sign you in");
  const walk = new Walk();
  const state = new URL(await begin(walk)).searchParams.get("state");
  const told = "%3Cscript%3Ealert(1)%3C%2Fscript%3E";
  const query = `state=${state}&error=access_denied&error_description=${told}&iss=${provider.issuer}`;
  const answer = await walk.ask(`${callbackOf(client)}?${query}`);
  expect(await answer.clone().text()).not.toContain("alert(1)");
  await expectRefused(answer, 403, "did not sign you in");
});

test("an answer is taken once, from the browser that began, and within ten minutes", async () => {
  await invite("once@example.com");
  const once = person("once@example.com");
  const walk = new Walk();
  const back = await walk.signInAt(await begin(walk), once);
  const flow = [...walk.cookiesOf(client.collector.url)][0]?.join("=") ?? "";
  // An answer that an attacker got, planted into another browser.
  await expectRefused(await new Walk().ask(back), 400, "belongs to no sign-in");
  const victim = new Walk();
  await begin(victim);
  await expectRefused(await victim.ask(back), 400, "belongs to no sign-in");
  for (const [name, forged] of [
    ["state", back.replace(/state=[\w-]{5}/, "state=AAAAA")],
    ["no state", back.replace(/state=[\w-]+/, "")],
    ["code", back.replace(/code=[\w-]{5}/, "code=AAAAA")],
    ["no query", callbackOf(client)],
  ] as const) {
    const forger = await fetch(forged, { headers: { cookie: flow }, redirect: "manual" });
    expect([name, forger.status]).toEqual([name, 400]);
  }
  behindMs = 10 * 60_000;
  await expectRefused(await fetch(back, { headers: { cookie: flow } }), 400, "belongs to no");
  behindMs = -2 * 60_000;
  await expectRefused(await fetch(back, { headers: { cookie: flow } }), 400, "belongs to no");
  behindMs = 0;
  expect((await walk.ask(back)).status).toBe(303);
  await expectRefused(await walk.ask(back), 400, "belongs to no sign-in");
  await expectRefused(await fetch(back, { headers: { cookie: flow } }), 400, "belongs to no");
});

test("nothing in a request says where a sign-in leads", async () => {
  await invite("led@example.com");
  const led = person("led@example.com");
  const walk = new Walk();
  const hostile = { host: "evil.example", "x-forwarded-host": "evil.example" };
  const start = `${client.collector.url}/sign-in/oidc?next=https://evil.example&redirect_uri=https://evil.example`;
  const sent = await walk.ask(start, { headers: hostile });
  const place = new URL(sent.headers.get("location") ?? "");
  expect([place.origin, place.searchParams.get("redirect_uri")]).toEqual([
    provider.issuer,
    callbackOf(client),
  ]);
  const back = await walk.signInAt(place.href, led);
  const answer = await walk.ask(`${back}&next=https://evil.example&return_to=//evil.example`);
  expect([answer.status, answer.headers.get("location")]).toEqual([303, "/#signed-in"]);
});

test("the page knows which provider there is, and without one there is no door", async () => {
  const { host } = new URL(provider.issuer);
  const told = await client.get("/dashboard-api/providers", {});
  expect(told.body).toEqual({ providers: [{ name: host }] });
  const without = await startClient();
  expect((await without.get("/dashboard-api/providers", {})).body).toEqual({ providers: [] });
  expect((await without.get("/sign-in/oidc", {})).status).toBe(404);
  await without.stop();
});

test("a provider that is away is said to be, and asked again", async () => {
  const other = await startProvider();
  const oidc = { issuer: other.issuer, clientId: CLIENT_ID, domains: ["allowed.example"] };
  const early = await startClient({ env: ENV, oidc });
  const away = await fetch(`${early.collector.url}/sign-in/oidc`, { redirect: "manual" });
  await expectRefused(away, 502, "does not answer");
  // Addresses in what it signs, and a client without a secret.
  await other.serve(callbackOf(early), { isTalkative: true });
  other.people.set("dan", { email: "dan@allowed.example", email_verified: true });
  expect((await signIn("dan", new Walk(), early)).status).toBe(303);
  const walk = new Walk();
  const back = await walk.signInAt(await begin(walk, early), "dan");
  other.fail();
  await expectRefused(await walk.ask(back), 502, "does not answer");
  await early.stop();
  const failures: string[] = [];
  const wrong = await startClient({
    env: { CAUM_OIDC_CLIENT_SECRET: "zq7-not-the-secret" },
    oidc,
    onFailure: ({ name, message }) => failures.push(`${name} ${message}`),
  });
  await other.serve(callbackOf(wrong));
  await expectRefused(await signIn("dan", new Walk(), wrong), 502, "does not answer");
  expect(failures).toEqual(["SignInRefused the sign-in was refused: unreachable"]);
  await wrong.stop();
  await other.stop();
});

test("a client without a secret signs people in by PKCE alone, below a path too", async () => {
  const other = await startProvider();
  const oidc = { issuer: other.issuer, clientId: CLIENT_ID, domains: ["allowed.example"] };
  const open = await startClient({ oidc, env: {}, basePath: "/caum" });
  await other.serve(callbackOf(open), { isPublicClient: true });
  other.people.set("eve", { email: "eve@allowed.example", email_verified: true });
  const answer = await signIn("eve", new Walk(), open);
  expect([answer.status, answer.headers.get("location")]).toEqual([303, "/caum/#signed-in"]);
  await open.stop();
  await other.stop();
});
