/** Why a server did not start, in one sentence. */
export function startReason(
  failure: unknown,
  place?: { readonly host: string; readonly port: number },
): string {
  if (!(failure instanceof Error)) return "it did not start";
  if (!("code" in failure) || failure.code !== "EADDRINUSE") return failure.message;
  return `port ${place?.port} of ${place?.host} is taken: choose another with --port`;
}
