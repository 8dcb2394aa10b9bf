import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { canonicalize } from "../../src/capture/shape/canonical.ts";
import { scan } from "../../src/capture/shape/scanner.ts";
import { shapeOf } from "../../src/capture/shape/shape.ts";
import { signatureOf } from "../../src/capture/shape/signature.ts";
import { keysOf } from "./keys.ts";

interface GoldenCase {
  readonly value: unknown;
  /** The forms with one character per byte; absent where a form equals the one before. */
  readonly canonical: string;
  readonly norm?: string;
  readonly shape?: string;
  readonly signature: string;
  readonly digests: unknown;
}

const golden = JSON.parse(
  readFileSync(new URL("golden/shapes.json", import.meta.url), "utf8"),
) as readonly GoldenCase[];

const characters = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");

describe("every byte that is hashed", () => {
  test.each(golden)("is what it was: $canonical", (expected) => {
    const keys = keysOf("golden");
    const canonical = canonicalize(expected.value).bytes.slice();
    const { norm, shape } = scan(canonical);
    expect({
      value: expected.value,
      canonical: characters(canonical),
      ...(norm === undefined ? {} : { norm: characters(norm) }),
      ...(shape === undefined ? {} : { shape: characters(shape) }),
      signature: signatureOf(expected.value, keys),
      digests: shapeOf(expected.value, "args", keys),
    }).toEqual(expected);
  });
});
