/** How many entries an archive may have: at the bound and one past it. */
import { expect, test } from "vitest";
import { listTar } from "../../../src/evidence/bundle/list-tar.ts";
import { listZip } from "../../../src/evidence/bundle/packed.ts";
import { MemorySlice } from "../../../src/evidence/bundle/slice.ts";
import { tarEnd } from "../../../src/evidence/bundle/tar.ts";
import { told } from "../told.ts";
import { tarEntry, zipOf } from "./archives.ts";

const MOST = 100_000;
const TOO_MANY = "invalid_bundle: it holds more than 100,000 entries";

test("a tar has at most 100,000 entries, whatever they are", () => {
  const folder = tarEntry({ name: "a", text: "", type: "5" });
  const listed = (count: number) => {
    const entries = Buffer.alloc(count * folder.length, folder);
    return told(() => listTar(new MemorySlice(Buffer.concat([entries, tarEnd()]))).size);
  };
  expect([listed(MOST), listed(MOST + 1)]).toEqual([0, TOO_MANY]);
});

test("a zip has at most 100,000 entries, whatever its end says", () => {
  // All of them are the one file that is there, so that nothing else is wrong before.
  const zip = zipOf([{ name: "a", text: "x", isStored: true }]);
  const start = zip.readUInt32LE(zip.length - 6);
  const entry = zip.subarray(start, zip.length - 22);
  const listed = (count: number) => {
    const list = Buffer.alloc(count * entry.length, entry);
    const end = Buffer.from(zip.subarray(-22));
    end.writeUInt32LE(list.length, 12);
    return told(() => listZip(new Uint8Array(Buffer.concat([zip.subarray(0, start), list, end]))));
  };
  expect(listed(MOST)).toBe("invalid_bundle: it is cut short");
  expect(listed(MOST + 1)).toBe(TOO_MANY);
});
