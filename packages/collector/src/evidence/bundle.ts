/** A session as a bundle: everything that an auditor needs, as one tar archive. */
import {
  type Fork,
  formatFork,
  paddedLength,
  readVerifier,
  tarEnd,
  tarHeader,
} from "@caum/core/collector";
import type { LogProof } from "../head-log/stored-log.ts";
import type { SignedNote } from "../rows/log-rows.ts";
import type { TenantRow } from "../rows/tenant-rows.ts";
import type { StoredTimeStamp } from "../rows/time-stamp-rows.ts";
import type { SessionView, Store } from "../store/store.ts";
import type { SignedHead } from "./checkpoints.ts";

const PAGE = 500;

export interface BundleParts {
  readonly owner: TenantRow;
  readonly view: SessionView;
  readonly head: SignedHead;
  readonly notes: readonly SignedNote[];
  readonly forks: readonly Fork[];
  readonly timeStamps: readonly StoredTimeStamp[];
  /** File of a receipt by its index. */
  readonly receipts: ReadonlyMap<number, string>;
  /** That heads are in the log of this collector; none where it has no log. */
  readonly logProofs: readonly LogProof[];
  readonly manifest: Readonly<Record<string, unknown>>;
}

export type RecordReaders = Pick<Store, "reader" | "replica">;

/**
 * The archive piece by piece; records are read page by page, so that no read outlives a page.
 *
 * @yields bytes of the archive
 */
export async function* bundleOf(
  parts: BundleParts,
  readers: RecordReaders,
): AsyncGenerator<Buffer> {
  for (const { size, note } of notesOf(parts)) yield* file(`checkpoints/${sizeName(size)}`, note);
  yield* recordsFile(parts, readers);
  for (const [index, receipt] of parts.receipts) yield* file(`receipts/${index}.json`, receipt);
  for (const [at, { entry, proof }] of parts.logProofs.entries()) {
    yield* file(`log/${entry.size}-${at}.tlog-proof`, proof);
  }
  yield* timeStampFiles(parts);
  if (parts.forks.length > 0) {
    yield* file("forks.ndjson", parts.forks.map((fork) => `${formatFork(fork)}\n`).join(""));
  }
  yield* file("manifest.json", `${JSON.stringify(parts.manifest, null, 2)}\n`);
  yield* file("verify.py", readVerifier());
  yield tarEnd();
}

/** Earlier heads show that the tree only grew; the last one is over all records in the bundle. */
function notesOf({ notes, head }: BundleParts): readonly SignedNote[] {
  return [...notes.filter(({ size }) => size < head.size), head];
}

function sizeName(size: number): string {
  return `${String(size).padStart(12, "0")}.note`;
}

/** A tar header comes before its file and states its size, so the lines are measured first. */
async function* recordsFile(
  { owner, view, head }: BundleParts,
  readers: RecordReaders,
): AsyncGenerator<Buffer> {
  const pages = () => linePages(readers, owner.tenant, view.id, head.size);
  let byteLength = 0;
  for await (const page of pages()) byteLength += page.length;
  yield tarHeader("records.ndjson", byteLength);
  let written = 0;
  for await (const page of pages()) {
    written += page.length;
    yield page;
  }
  // Whoever reads it sees that it was cut off, and not an archive of something else.
  if (written !== byteLength) throw new Error("records were deleted meanwhile: export it again");
  yield padding(byteLength);
}

async function* linePages(
  { replica, reader }: RecordReaders,
  tenant: number,
  id: string,
  size: number,
): AsyncGenerator<Buffer> {
  for (let from = 0; from < size; from += PAGE) {
    const count = Math.min(PAGE, size - from);
    const found = await replica.records(tenant, id, from, count);
    // The head is of what is written by now; a replica may not have all of it yet.
    const isWhole = found.length === count;
    const records = isWhole ? found : await reader.records(tenant, id, from, count);
    yield Buffer.from(records.map(({ line }) => `${line}\n`).join(""));
  }
}

/** Of heads that are there: only with them a stamp says something. */
function* timeStampFiles(parts: BundleParts): Generator<Buffer> {
  const sizes = new Set(notesOf(parts).map(({ size }) => size));
  for (const { size, reply } of parts.timeStamps) {
    if (sizes.has(size)) yield* file(`timestamps/${size}-0.tsr`, Buffer.from(reply, "base64"));
  }
}

function* file(name: string, content: string | Buffer): Generator<Buffer> {
  const bytes = Buffer.from(content);
  yield tarHeader(name, bytes.length);
  yield bytes;
  yield padding(bytes.length);
}

function padding(byteLength: number): Buffer {
  return Buffer.alloc(paddedLength(byteLength) - byteLength);
}
