/** Who a provider says that somebody is. */
export interface Identity {
  /** Who they are at this provider, whatever they are called: names and addresses change hands. */
  readonly subject: string;
  /** Undefined where the provider does not vouch for it. */
  readonly verifiedEmail: string | undefined;
}

/** Why nobody was signed in; each is a sentence on a page. */
export type SignInProblem =
  /** The provider said no, or the person did there. */
  | "denied"
  /** It is no answer to what this browser began, or came too late. */
  | "not_begun"
  /** The provider did not answer, or not as it should. */
  | "unreachable"
  | "unverified"
  | "not_invited"
  | "invitation_over"
  /** The invited address belongs to somebody else by now. */
  | "other_person"
  | "full"
  | "too_many";

export class SignInRefused extends Error {
  override readonly name = "SignInRefused";
  readonly problem: SignInProblem;

  constructor(problem: SignInProblem) {
    super(`the sign-in was refused: ${problem}`);
    this.problem = problem;
  }
}
