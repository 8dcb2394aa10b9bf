import { LineReader } from "./bundle/line-reader.ts";
import { openBundle } from "./bundle/open-bundle.ts";
import { EvidenceError } from "./error.ts";

/**
 * The lines of a bundle's or a run's records, in their order. Nothing is verified.
 *
 * @throws {EvidenceError} when it is no bundle, or a line cannot be read
 */
export function* readBundleLines(path: string): Generator<string> {
  const source = openBundle(path).records.open();
  try {
    const lines = new LineReader(source);
    for (let next = lines.next(); next !== undefined; next = lines.next()) {
      if ("text" in next) yield next.text;
      // Whoever writes it is at work, or was cut off: what is whole counts.
      else if (next.fault === "torn") return;
      else throw new EvidenceError("invalid_bundle", "its records cannot be read as lines");
    }
  } finally {
    source.close();
  }
}
