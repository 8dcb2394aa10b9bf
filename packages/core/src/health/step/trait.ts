/** Yes-or-no facts about a step that rules ask for, one bit each. */
export const TRAIT = {
  failing: 1,
  /** Changes something; see `op`. */
  write: 2,
  /** Its business is to wait. */
  wait: 4,
  /** Came back with more than a status check answers, or nobody knows with how much. */
  bulky: 8,
  /** A message or a turn, not a call. */
  talk: 16,
  /** Known too little: rules need twice the count. */
  doubt: 32,
  /** Known far too little: rules never say more than "review". */
  review: 64,
  notFound: 128,
  /** What was asked is not known, and no state was named. */
  unasked: 256,
  /** It did not fail, and what kind of operation it is nobody knows. */
  unnamed: 512,
  /** It failed, or its answer is longer than what many different calls hear. */
  telling: 1_024,
  /** It failed in a way that may pass: who tries again later, and later each time, waits. */
  passing: 2_048,
  /** Drives something that runs, and is judged by what that answers. */
  act: 4_096,
  /** Looks, waits or plans: it changes nothing. */
  look: 8_192,
  /** Looks at something elsewhere, which may change by itself. */
  remote: 16_384,
  /** Between the tries, something was looked at again that had not changed. */
  relooked: 131_072,
  /** A turn of the model that asked for nothing came before it. */
  interrupted: 65_536,
  /** It was turned away before it ran. */
  refused: 32_768,
  /** What happened between this and another such step may be out of sight. */
  narrow: 262_144,
} as const;

/** One bit for each of the servers of a session, as far as twelve bits tell them apart. */
const FIRST_SERVER = 19;
const SERVERS = 12;
const ANY_SERVER = ((1 << SERVERS) - 1) << FIRST_SERVER;

export function serverTrait(server: number): number {
  return 1 << (FIRST_SERVER + (server % SERVERS));
}

/** Whether steps with these traits were of several servers: then they see each other. */
export function spansServers(traits: number): boolean {
  const servers = traits & ANY_SERVER;
  return (servers & (servers - 1)) !== 0;
}

/** A key, a click or a move that worked, and says little more than that it was made. */
export function isMereAct(traits: number): boolean {
  return has(traits, TRAIT.act) && !has(traits, TRAIT.failing | TRAIT.bulky);
}

/** Whether any of the wanted bits is set. */
export function has(traits: number, wanted: number): boolean {
  return (traits & wanted) !== 0;
}
