/** A log in memory, for tests of who witnesses it. */
import {
  formatSubmission,
  proveConsistency,
  Signer,
  sha256,
  signCheckpoint,
  subtreeRoots,
} from "@caum/core/collector";

export class GrownLog {
  readonly signer: Signer;
  leaves: readonly string[];

  /** @param seed what its key is made from */
  constructor(name = "log.example/caum", leaves: readonly string[] = [], seed = name) {
    this.signer = new Signer(name, Buffer.from(sha256(seed), "hex"));
    this.leaves = leaves;
  }

  get origin(): string {
    return this.signer.name;
  }

  get size(): number {
    return this.leaves.length;
  }

  grow(count: number, branch = ""): this {
    const more = Array.from({ length: count }, (_, at) => sha256(`${branch}${this.size + at}`));
    this.leaves = [...this.leaves, ...more];
    return this;
  }

  /** Another log under the same key that has the same leaves up to some size. */
  branch(size: number): GrownLog {
    return new GrownLog(this.origin, this.leaves.slice(0, size));
  }

  root(size = this.size): string {
    return subtreeRoots(this.leaves)(0, size);
  }

  note(size = this.size): string {
    return signCheckpoint({ origin: this.origin, size, root: this.root(size) }, this.signer);
  }

  proof(from: number, to = this.size): readonly string[] {
    return from > to ? [] : proveConsistency(from, to, subtreeRoots(this.leaves));
  }

  submission(old: number, size = this.size): string {
    return formatSubmission(old, this.proof(old, size), this.note(size));
  }
}

export function post(url: string, body: string): Promise<Response> {
  return fetch(`${url}/add-checkpoint`, { method: "POST", body });
}
