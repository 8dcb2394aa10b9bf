import { below } from "./base-path.ts";
import { getJson, letGo, Refusal, sendJson, UNAUTHORIZED } from "./request.ts";

/** Who is signed in, as far as the page shows it. */
export interface Account {
  /** Where agents send to. */
  readonly url: string;
  readonly plan: string;
  /** What the key, or the role of the member, may do that signed in: `ingest`, `read`, `admin`. */
  readonly scopes: readonly string[];
  /** Null for whoever signed in with a key. */
  readonly member: { readonly label: string; readonly role: string } | null;
}

/** Says that a cookie may be there; without it the collector is not asked who is signed in. */
const MARK = `caum-signed-in${below("")}`;

/** @returns undefined when nobody is signed in */
export async function readAccount(): Promise<Account | undefined> {
  if (localStorage.getItem(MARK) === null) return undefined;
  try {
    return await getJson<Account>("/dashboard-api/me");
  } catch (failure) {
    if (failure instanceof Refusal && failure.status === UNAUTHORIZED) forget();
    return undefined;
  }
}

export const signInByKey = (key: string) => signIn({ api_key: key });
/** @param kind `link` for a minute, `invitation` for a week; each works once */
export function signInByLink(kind: "link" | "invitation", secret: string): Promise<void> {
  letGo();
  return signIn({ [kind]: secret });
}

/** A provider that people may sign in by. */
export interface Provider {
  readonly name: string;
}

/** Without one, and where nobody answers, people sign in by a key. */
export async function readProviders(): Promise<readonly Provider[]> {
  const path = "/dashboard-api/providers";
  const answer = getJson<{ providers: readonly Provider[] }>(path);
  return answer.then(({ providers }) => providers).catch(() => []);
}

const PLACE = `caum-place${below("")}`;

/** Before a provider is asked, which leads back to no place but one. */
export function keepPlace(): void {
  sessionStorage.setItem(PLACE, location.href.replace(/#.*/, ""));
}

/** What the collector says of who comes back from a provider. @returns where they were before */
export function arrived(): string | undefined {
  localStorage.setItem(MARK, "");
  const place = sessionStorage.getItem(PLACE) ?? undefined;
  sessionStorage.removeItem(PLACE);
  return place;
}

async function signIn(secret: object): Promise<void> {
  await sendJson("POST", "/dashboard-api/sign-in", secret);
  localStorage.setItem(MARK, "");
}

export async function signOut(): Promise<void> {
  forget();
  letGo();
  await sendJson("POST", "/dashboard-api/sign-out");
}

function forget(): void {
  localStorage.removeItem(MARK);
}
