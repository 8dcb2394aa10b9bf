/** What a person is told of a problem: one line, without the stack. */
export function reasonOf(problem: unknown): string {
  if (!(problem instanceof Error)) return "it failed";
  return problem.message.split("\n", 1)[0] || "it failed";
}
