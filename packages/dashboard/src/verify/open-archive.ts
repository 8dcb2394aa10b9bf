import {
  archiveKind,
  type Bundle,
  checkTotal,
  checkUnpacked,
  isPart,
  listTar,
  listZip,
  MemorySlice,
  type Packed,
  partsOf,
  readGzip,
  type Slice,
  withoutFolder,
} from "@caum/core/verify/rules";

/**
 * The parts of a bundle in an archive: .tar, .tar.gz or .zip, of its files or of their folder.
 *
 * @throws {EvidenceError} saying why it is no bundle
 */
export async function openArchive(archive: Uint8Array<ArrayBuffer>): Promise<Bundle<Slice>> {
  return partsOf(withoutFolder(await filesIn(archive)));
}

async function filesIn(archive: Uint8Array<ArrayBuffer>): Promise<ReadonlyMap<string, Slice>> {
  const kind = archiveKind(archive);
  if (kind === "tar") return listTar(new MemorySlice(archive));
  if (kind === "gzip") return listTar(new MemorySlice(await unpacked(readGzip(archive))));
  const parts = [...withoutFolder(listZip(archive))].filter(([name]) => isPart(name));
  checkTotal(parts.map(([, packed]) => packed));
  const files = new Map<string, Slice>();
  for (const [name, packed] of parts) files.set(name, new MemorySlice(await unpacked(packed)));
  return files;
}

async function unpacked(packed: Packed): Promise<Uint8Array<ArrayBuffer>> {
  return checkUnpacked(packed, packed.isDeflated ? await inflated(packed) : packed.bytes);
}

/** @returns undefined when it cannot be inflated, is longer than it says, or has bytes left over */
async function inflated({ bytes, byteLength }: Packed) {
  const whole = new Uint8Array(byteLength);
  let filled = 0;
  try {
    const inflater = new DecompressionStream("deflate-raw");
    const reader = new Blob([bytes]).stream().pipeThrough(inflater).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return whole.subarray(0, filled);
      if (filled + value.length > byteLength) {
        await reader.cancel();
        return undefined;
      }
      whole.set(value, filled);
      filled += value.length;
    }
  } catch {
    return undefined;
  }
}
