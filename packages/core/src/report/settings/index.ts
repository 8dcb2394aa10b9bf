/** `@caum/core/settings`: what is set on this machine and noted of it; it loads nothing that records. */

// Where things lie, and what is set.

export { type Configuration, homeOf, loadConfiguration } from "./configuration.ts";
export { DOCTOR_SESSION } from "./doctor-session.ts";
export { keepLocalAccount, readLocalAccount } from "./local-account.ts";

// Where a collector's doors are.

export { doorUrl } from "../upstream/door-url.ts";

// What `caum status` and `caum doctor` read.

export { type BlindNote, readBlindNotes, takeBlindParts } from "../status/blind-notes.ts";
export {
  readUpstreams,
  spoolProblem,
  type UpstreamStatus,
} from "../status/upstream-status.ts";

// How a path is written in a command that somebody copies.

export { shellWord } from "../../evidence/shell-word.ts";
