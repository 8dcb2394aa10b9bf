/** Checks the reply of a time-stamp authority (RFC 3161) by itself. */
import { createHash, type X509Certificate } from "node:crypto";
import type { CheckedTimeStamp, TimeStampFault } from "@caum/core/verify";
import type { SignedData, TSTInfo } from "pkijs";
import { certificateOf, wayToTrusted } from "./authority.ts";
import { isForTimeStamps, isNamedBySigner } from "./signer-certificate.ts";

/** More certificates than an honest reply has are not looked at. */
const MAX_CERTIFICATES = 16;
/** Granted, and granted with changes. */
const GRANTED: readonly number[] = [0, 1];

const SIGNED_DATA = "1.2.840.113549.1.7.2";
const TST_INFO = "1.2.840.113549.1.9.16.1.4";
const CONTENT_TYPE = "1.2.840.113549.1.9.3";
const SHA_256 = "2.16.840.1.101.3.4.2.1";

/** What a reply says, where it is good. */
export interface GoodReply extends Omit<CheckedTimeStamp, "file" | "fault"> {
  readonly fault: null;
  readonly imprint: string;
  readonly authority: string;
  readonly timeSeconds: number;
  /** As hex; undefined where the authority gave none back. */
  readonly nonce: string | undefined;
}

export interface BadReply {
  readonly fault: Exclude<TimeStampFault, "unchecked">;
  /** What the authority said to its refusal. */
  readonly said?: string;
}

export interface ReplyQuestion {
  /** What may have been stamped. */
  readonly texts: readonly string[];
  /** Whom the reader trusts; with undefined, nobody's certificate is judged. */
  readonly authorities: readonly X509Certificate[] | undefined;
}

/** Signature, imprint, usage and, at the time that the reply gives, the way to a trusted certificate. */
export async function checkReply(
  reply: Uint8Array<ArrayBuffer>,
  question: ReplyQuestion,
): Promise<GoodReply | BadReply> {
  try {
    return await check(reply, question);
  } catch {
    // Parsers throw at whatever a stranger wrote.
    return { fault: "malformed" };
  }
}

async function check(
  bytes: Uint8Array<ArrayBuffer>,
  { texts, authorities }: ReplyQuestion,
): Promise<GoodReply | BadReply> {
  const token = await tokenIn(bytes);
  if ("fault" in token) return token;
  const { content, signed, info } = token;
  const { hashAlgorithm, hashedMessage } = info.messageImprint;
  const imprint = Buffer.from(hashedMessage.valueBlock.valueHexView).toString("hex");
  const isSha256 = hashAlgorithm.algorithmId === SHA_256;
  const text = isSha256 ? texts.find((one) => sha256Of(one) === imprint) : undefined;
  if (text === undefined) return { fault: "other_imprint" };
  const certificates = certificatesIn(content, authorities ?? []);
  const signer = await signerOf(signed, text, certificates);
  if (signer === undefined) return { fault: "malformed" };
  if (!isForTimeStamps(signer.parsed)) return { fault: "wrong_usage" };
  const { certificate } = signer;
  const atMs = info.genTime.getTime();
  const way = authorities && wayToTrusted(certificate, certificates, authorities, atMs);
  if (way === "unknown") return { fault: "unknown_authority" };
  if (way === "outside_validity") return { fault: way };
  const nonce = info.nonce && Buffer.from(info.nonce.valueBlock.valueHexView).toString("hex");
  const authority = nameOf(certificate);
  return { fault: null, imprint, authority, timeSeconds: latestSecondOf(info), nonce };
}

interface Token {
  readonly content: AsnBlock;
  readonly signed: SignedData;
  readonly info: TSTInfo;
}

/** What an authority that said yes signed; the signature is not looked at yet. */
async function tokenIn(bytes: Uint8Array<ArrayBuffer>): Promise<Token | BadReply> {
  // Half a megabyte of code that few need.
  const { SignedData, TimeStampResp, TSTInfo } = await import("pkijs");
  const { status, timeStampToken: token } = TimeStampResp.fromBER(bytes);
  if (!GRANTED.includes(status.status)) {
    const said = status.statusStrings?.map(({ valueBlock }) => valueBlock.value).join(" ");
    return { fault: "rejected", ...(said ? { said } : {}) };
  }
  if (token?.contentType !== SIGNED_DATA) return { fault: "malformed" };
  const { content } = token;
  const signed = new SignedData({ schema: content });
  const { eContent, eContentType } = signed.encapContentInfo;
  if (eContentType !== TST_INFO || eContent === undefined) return { fault: "malformed" };
  return { content, signed, info: TSTInfo.fromBER(eContent.getValue()) };
}

/** Those of the reply, as they lie there, and those that the reader brought. */
function certificatesIn(content: AsnBlock, trusted: readonly X509Certificate[]) {
  const set = blocksOf(content).find(
    ({ idBlock }) => idBlock.tagClass === 3 && idBlock.tagNumber === 0,
  );
  const own = set === undefined ? [] : blocksOf(set).slice(0, MAX_CERTIFICATES);
  const read = own.flatMap(
    ({ valueBeforeDecodeView }) => certificateOf(valueBeforeDecodeView) ?? [],
  );
  return [...read, ...trusted];
}

/** A block of ASN.1, as far as it is looked at here. */
interface AsnBlock {
  readonly idBlock: { readonly tagClass: number; readonly tagNumber: number };
  readonly valueBlock: object;
  readonly valueBeforeDecodeView: Uint8Array;
}

function blocksOf({ valueBlock }: AsnBlock): readonly AsnBlock[] {
  // What is constructed has a list of blocks as its value; the library's types leave that open.
  return "value" in valueBlock && Array.isArray(valueBlock.value) ? valueBlock.value : [];
}

/** The certificate that the signature is by; undefined when it is by none of them. */
async function signerOf(
  signed: SignedData,
  text: string,
  certificates: readonly X509Certificate[],
) {
  const { Certificate } = await import("pkijs");
  const parsed = certificates.map(({ raw }) => Certificate.fromBER(Uint8Array.from(raw)));
  const [info, ...more] = signed.signerInfos;
  const attributes = info?.signedAttrs?.attributes ?? [];
  const type = attributes.filter((attribute) => attribute.type === CONTENT_TYPE);
  const isOfTime = type.length === 1 && type[0]?.values[0]?.valueBlock.toString() === TST_INFO;
  if (info === undefined || more.length > 0 || !isOfTime) return undefined;
  signed.certificates = [...parsed];
  const data = Uint8Array.from(Buffer.from(text)).buffer;
  const { signatureVerified, signerCertificate } = await signed.verify({
    signer: 0,
    data,
    extendedMode: true,
  });
  const at = signerCertificate ? parsed.indexOf(signerCertificate) : -1;
  const [certificate, own] = [certificates[at], parsed[at]];
  if (signatureVerified !== true || certificate === undefined || own === undefined)
    return undefined;
  return isNamedBySigner(certificate, attributes) ? { certificate, parsed: own } : undefined;
}

function sha256Of(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** The authority's time and what it says its clock may be wrong by. */
function latestSecondOf({ genTime, accuracy }: TSTInfo): number {
  const { seconds = 0, millis = 0, micros = 0 } = accuracy ?? {};
  return Math.ceil(genTime.getTime() / 1_000 + seconds + millis / 1_000 + micros / 1_000_000);
}

/** Its common name; else the whole of its name. */
function nameOf({ subject }: X509Certificate): string {
  const parts = subject.split("\n");
  const name = parts.findLast((part) => part.startsWith("CN="))?.slice(3) ?? parts.join(", ");
  return name.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, "?");
}
