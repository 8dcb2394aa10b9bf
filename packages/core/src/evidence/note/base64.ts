const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** Standard base64 with padding, in the one form that encodes these bytes; undefined otherwise. */
export function strictBase64(text: string): Buffer | undefined {
  if (!BASE64.test(text)) return undefined;
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes : undefined;
}
