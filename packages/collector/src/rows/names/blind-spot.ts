/** What an adapter says that it cannot see, as it is summed by name. */
export interface BlindSpot {
  /** One of the adapters' codes. */
  readonly code: string;
  readonly writer: string | undefined;
}

const OF = " of ";

export function formatBlindSpot({ code, writer }: BlindSpot): string {
  return writer ? `${code}${OF}${writer}` : code;
}

/** @param text what {@link formatBlindSpot} wrote */
export function parseBlindSpot(text: string): BlindSpot {
  const [code = "", writer] = text.split(OF, 2);
  return { code, writer };
}
