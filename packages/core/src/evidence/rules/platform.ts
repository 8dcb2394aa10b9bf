/** What a verifier takes from where it runs: Node, or a browser. */

import type { StructuralRecord } from "../../capture/record.ts";

/** SHA-256 as 64 lower-case hex characters; a string is hashed as UTF-8. */
export type Sha256 = (data: string | Uint8Array) => string;

/** A tree that grows leaf by leaf (RFC 6962); hashes are 64 hex characters. */
export interface GrowingTree {
  readonly size: number;
  readonly root: string;
  append(leaf: string): void;
}

/** An algorithm of signatures, by the type byte that keys of it have. */
export type Algorithm = "Ed25519" | "ML-DSA-44";

export interface Platform {
  readonly sha256: Sha256;
  /** The canonical line of a record, without its newline. */
  readonly writeLine: (record: StructuralRecord) => string;
  newTree(): GrowingTree;
  /** Whether signatures of this algorithm can be checked here. */
  knows(algorithm: Algorithm): boolean;
  /** How a public key checks signatures. */
  checker(
    algorithm: Algorithm,
    publicKey: Uint8Array<ArrayBuffer>,
  ): (message: Uint8Array<ArrayBuffer>, signature: Uint8Array) => boolean;
}
