import { OPS, type Op, STATUSES, type Status } from "../../capture/record.ts";
import { join, type Key, keyOf, keyOfDigest, tagged, UNKNOWN } from "../memory/key.ts";
import { hasFailed, type Step } from "./step.ts";
import { serverTrait, TRAIT } from "./trait.ts";

/** A shorter answer is one that many different calls hear: `ok`, `valid`, `{"slots":[]}`. */
const TELLING_BYTES = 32;
/** A status check answers with at most this much. */
const BRIEF_BYTES = 256;
/** Arguments shorter than this do not tell one call from another. */
const REAL_ARGUMENTS_BYTES = 16;
/** `null`, `[]`, `{}`, `""` and nothing at all say that nothing came back. */
const EMPTY_BYTES = 4;
/** Where the view is narrow, what happened between two of these may be out of sight. */
const RECHECKS: ReadonlySet<string> = new Set(["test", "run", "vcs", "read"]);

/** How much of a call is known. */
export type Knowledge = "full" | "no_arguments" | "no_results" | "labels";

/**
 * Who a step equals, in four senses, and what it is.
 *
 * A key is UNKNOWN when a field that would tell two steps apart is not known, so that no rule
 * takes "not known to differ" for "equal".
 */
export interface StepIdentity {
  readonly knowledge: Knowledge;
  /** The tool, or the speaker. */
  readonly tool: Key;
  /** Tool and arguments. */
  readonly call: Key;
  /** Call, answer and status. */
  readonly full: Key;
  /** Call, answer up to numbers, and status. */
  readonly numeric: Key;
  /** Tool, arguments up to numbers, answer and status. */
  readonly template: Key;
  /** Tool and answer. */
  readonly answer: Key;
  /** Tool and answer up to numbers. */
  readonly answerShape: Key;
  /** What kind of work it is: the operation, the tool where that is not known, or the speaker. */
  readonly work: Key;
  /** The answer is not known to say something. */
  readonly empty: boolean;
  /** The arguments are long enough to tell one call from another. */
  readonly realArguments: boolean;
  readonly traits: number;
}

const STATUS_TAG: Readonly<Record<string, number>> = Object.fromEntries(
  STATUSES.map((status, index) => [status, index]),
);
const OP_KEY: Readonly<Record<string, Key>> = Object.fromEntries(
  OPS.map((op) => [op, keyOf(`op ${op}`)]),
);
const KIND_KEY: Readonly<Record<Step["kind"], Key>> = {
  call: keyOf("call"),
  turn: keyOf("turn"),
  message: keyOf("message"),
  user: keyOf("user"),
};
/** Failures that may pass by themselves. */
const PASSING: ReadonlySet<Status | undefined> = new Set<Status>([
  "error",
  "timeout",
  "rate_limited",
]);
const OP_TRAITS: Readonly<Partial<Record<Op, number>>> = {
  read: TRAIT.look,
  search: TRAIT.look,
  plan: TRAIT.look,
  wait: TRAIT.look | TRAIT.wait | TRAIT.remote,
  net: TRAIT.remote,
  write: TRAIT.write,
  act: TRAIT.act,
};
const STATE_KEY = keyOf("state");

/** Reads the identities of a call, turn or message. */
export function identify(step: Step): StepIdentity {
  const tool = whoOf(step);
  return step.kind === "call" ? identifyCall(step, tool) : identifySpeech(step, tool);
}

function whoOf(step: Step): Key {
  let who = join(KIND_KEY[step.kind], keyOf(step.tool));
  if (step.agentTag !== undefined) who = join(who, keyOf(step.agentTag));
  if (step.serverTag !== undefined) who = join(who, keyOf(step.serverTag));
  return who;
}

function identifySpeech(step: Step, tool: Key): StepIdentity {
  const full = step.messageHash === undefined ? UNKNOWN : join(tool, keyOfDigest(step.messageHash));
  return {
    knowledge: "full",
    tool,
    call: full,
    full,
    numeric: UNKNOWN,
    template: UNKNOWN,
    answer: UNKNOWN,
    answerShape: UNKNOWN,
    work: tool,
    empty: false,
    realArguments: false,
    traits: TRAIT.talk,
  };
}

function identifyCall(step: Step, tool: Key): StepIdentity {
  const knowledge = knowledgeOf(step);
  const answered = knowledge === "full" || knowledge === "no_arguments";
  const keys = answered ? answeredKeys(step, tool) : unansweredKeys(step, tool, knowledge);
  const op = step.op ?? "other";
  return {
    knowledge,
    tool,
    // One by one: to spread them in costs a tenth of an event.
    call: keys.call,
    full: keys.full,
    numeric: keys.numeric,
    template: keys.template,
    answer: keys.answer,
    answerShape: keys.answerShape,
    work: op === "other" ? tool : (OP_KEY[op] ?? tool),
    empty: step.stateId === undefined && (step.resultBytes ?? 0) <= EMPTY_BYTES,
    realArguments: (step.argumentsBytes ?? 0) >= REAL_ARGUMENTS_BYTES,
    traits: statusTraits(step) | knowledgeTraits(step, knowledge),
  };
}

type Keys = Pick<StepIdentity, "call" | "full" | "numeric" | "template" | "answer" | "answerShape">;

function answeredKeys(step: Step, tool: Key): Keys {
  const { argumentsShape, resultShape, stateId } = step;
  const status = statusTag(step);
  const call = callKey(step, tool);
  const answer = join(tool, answerOf(step));
  // A state that the sender names has no numbers that could be left out.
  const isShaped = resultShape !== undefined && stateId === undefined;
  const answerShape = isShaped ? join(tool, keyOfDigest(resultShape)) : UNKNOWN;
  const isComparable = isShaped && call !== UNKNOWN;
  return {
    call,
    full: tagged(join(call === UNKNOWN ? tool : call, answer), status),
    numeric: isComparable ? tagged(join(call, answerShape), status) : UNKNOWN,
    template:
      argumentsShape === undefined
        ? UNKNOWN
        : tagged(join(join(tool, keyOfDigest(argumentsShape)), answer), status),
    answer,
    answerShape,
  };
}

function unansweredKeys(step: Step, tool: Key, knowledge: Knowledge): Keys {
  const call = callKey(step, tool);
  return {
    call,
    full: knowledge === "labels" ? UNKNOWN : tagged(call, statusTag(step)),
    numeric: UNKNOWN,
    template: UNKNOWN,
    answer: UNKNOWN,
    answerShape: UNKNOWN,
  };
}

/**
 * A failing call is the same as another also when they differ in what changes by itself. Of one that
 * worked that may be the very thing it is about: the next UUID of a list, the next day.
 */
function callKey(step: Step, tool: Key): Key {
  const { argumentsNorm, argumentsHash = argumentsNorm } = step;
  if (step.argumentsRenewed === true && step.argumentsShape !== undefined) {
    return join(tool, keyOfDigest(step.argumentsShape));
  }
  const asked = hasFailed(step) ? argumentsNorm : argumentsHash;
  return asked === undefined ? UNKNOWN : join(tool, keyOfDigest(asked));
}

function statusTag(step: Step): number {
  return STATUS_TAG[step.status ?? "ok"] ?? 0;
}

function knowledgeOf(step: Step): Knowledge {
  const argumentsKnown = step.argumentsNorm !== undefined;
  const telling = step.resultNorm !== undefined && (argumentsKnown || isTelling(step));
  const answered = step.stateId !== undefined || telling;
  if (argumentsKnown) return answered ? "full" : "no_results";
  return answered ? "no_arguments" : "labels";
}

function isTelling(step: Step): boolean {
  return step.stateId !== undefined || (step.resultBytes ?? 0) >= TELLING_BYTES;
}

/** A state that the sender names outranks what the call answered. */
function answerOf(step: Step): Key {
  return step.stateId !== undefined
    ? join(STATE_KEY, keyOf(step.stateId))
    : keyOfDigest(step.resultNorm ?? "");
}

function statusTraits(step: Step): number {
  let traits = 0;
  const failing = hasFailed(step);
  if (failing) traits |= TRAIT.failing;
  else if ((step.op ?? "other") === "other") traits |= TRAIT.unnamed;
  if (failing || isTelling(step)) traits |= TRAIT.telling;
  if (step.status === "not_found") traits |= TRAIT.notFound;
  if (PASSING.has(step.status)) traits |= TRAIT.passing;
  if (step.status === "rejected" || step.argumentsCut === true) traits |= TRAIT.refused;
  traits |= OP_TRAITS[step.op ?? "other"] ?? 0;
  if ((step.resultBytes ?? Number.POSITIVE_INFINITY) > BRIEF_BYTES) traits |= TRAIT.bulky;
  return traits;
}

/** What is not known makes a rule ask for more, or say less. */
function knowledgeTraits(step: Step, knowledge: Knowledge): number {
  const failing = hasFailed(step);
  const stateless = step.stateId === undefined;
  let traits = 0;
  if (knowledge === "labels" || (knowledge === "no_results" && !failing)) traits |= TRAIT.review;
  if (knowledge === "no_arguments" && stateless) traits |= TRAIT.unasked;
  // "Not found" is what many different lookups hear.
  const sure = failing && step.status !== "not_found";
  if (knowledge === "no_arguments" && !sure && stateless) traits |= TRAIT.doubt;
  // A text that was posted about a step is weak, unless what was asked is known as well.
  const isWeak = step.weakContent === true && step.argumentsNorm === undefined;
  if (isWeak && stateless) traits |= TRAIT.doubt | TRAIT.review;
  if (step.view === "one_server" && RECHECKS.has(step.op ?? "other")) traits |= TRAIT.narrow;
  if (step.serverTag !== undefined) traits |= serverTrait(keyOf(step.serverTag));
  return traits;
}
