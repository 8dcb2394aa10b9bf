/** The files of a bundle's tar archive; anything that is not one of a bundle's files is refused. */
export interface BundleFile {
  readonly name: string;
  readonly bytes: Buffer;
}

const BLOCK = 512;
/** At most one folder deep, and no name that leads out of it. */
const NAME = /^(?:[a-z]+\/)?[A-Za-z0-9_-][A-Za-z0-9._-]{0,80}$/;

/** @throws {Error} when the bytes are no such archive */
export function filesOf(archive: Buffer): readonly BundleFile[] {
  const files: BundleFile[] = [];
  for (let at = 0; at + BLOCK <= archive.length; ) {
    const header = archive.subarray(at, at + BLOCK);
    if (header.every((byte) => byte === 0)) return files;
    const name = header.toString("latin1", 0, 100).replace(/\0.*$/s, "");
    const length = Number.parseInt(header.toString("latin1", 124, 136), 8);
    const isFile = header[156] === 0x30;
    const end = at + BLOCK + length;
    if (!isFile || !NAME.test(name) || !Number.isSafeInteger(length) || end > archive.length) {
      throw new Error("the collector sent no bundle: nothing was written");
    }
    files.push({ name, bytes: archive.subarray(at + BLOCK, end) });
    at = at + BLOCK + Math.ceil(length / BLOCK) * BLOCK;
  }
  throw new Error("the bundle is cut short: nothing was written");
}
