/** Evidence: bundle, receipt, proofs, and the keys that signed them. */
import { Readable } from "node:stream";
import { CompactRange, formatNote, proveConsistency, type Signer } from "@caum/core/collector";
import {
  consistencyAnswer,
  cosignAnswer,
  cosignRequest,
  proofAnswer,
  receiptAnswer,
  verifierKeysAnswer,
} from "@caum/core/protocol";
import { EvidenceError, sessionTag } from "@caum/core/verify";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { bundleOf } from "../evidence/bundle.ts";
import { Checkpoints, type SignedHead } from "../evidence/checkpoints.ts";
import { type Asked, beyond, inclusion, receipt } from "../evidence/receipt.ts";
import { loadTree } from "../evidence/stored-tree.ts";
import { ownerOf, readerOf } from "../gate/caller.ts";
import type { LogProof } from "../head-log/stored-log.ts";
import { DoorError, refusalError } from "../http/door-error.ts";
import { ERRORS } from "../http/door-schema.ts";
import { parse } from "../http/parse.ts";
import type { SignedNote } from "../rows/log-rows.ts";
import type { TenantRow } from "../rows/tenant-rows.ts";
import type { Services } from "../services.ts";
import type { SessionView } from "../store/store.ts";

const PARAMS = z.object({ id: z.string() });
const INDEX_PARAMS = z.object({ id: z.string(), index: z.coerce.number().int().nonnegative() });
const RECEIPT_QUERY = z.object({ index: z.coerce.number().int().nonnegative().optional() });
const FROM_QUERY = z.object({ from: z.coerce.number().int().nonnegative() });

type ById = { Params: { id: string } };

export function openEvidenceDoor(app: FastifyInstance, services: Services): void {
  const checkpoints = new Checkpoints(services.store, services.signer, services.clock);
  app.get(
    "/.well-known/caum-verifier-keys",
    { schema: { response: { 200: verifierKeysAnswer } } },
    async () => ({ keys: [{ name: services.signer.name, vkey: services.signer.vkey }] }),
  );
  app.get<ById>(
    "/v1/session/:id/bundle",
    { schema: { params: PARAMS, response: ERRORS } },
    async (request, reply) => {
      const asked = await askedSession(request, request.params.id, services);
      reply.type("application/x-tar");
      reply.header("content-disposition", 'attachment; filename="caum-bundle.tar"');
      return reply.send(Readable.from(await bundle(asked, checkpoints, services)));
    },
  );
  app.post<ById>(
    "/v1/session/:id/cosign",
    { schema: { params: PARAMS, body: cosignRequest, response: { 200: cosignAnswer, ...ERRORS } } },
    async (request) => {
      const owner = await ownerOf(request, services, "ingest");
      const { note } = parse(cosignRequest, request.body);
      const view = await viewOf(owner, request.params.id, services);
      return cosigned(checkpoints.cosign(owner, view, note));
    },
  );
  openProofs(app, checkpoints, services);
}

/** What is wrong with evidence that was sent is the sender's to know. */
async function cosigned<T>(result: Promise<T>): Promise<T> {
  try {
    return await result;
  } catch (failure) {
    if (!(failure instanceof EvidenceError)) throw failure;
    throw new DoorError("VALIDATION_ERROR", failure.message);
  }
}

function openProofs(app: FastifyInstance, checkpoints: Checkpoints, services: Services): void {
  app.get<ById>(
    "/v1/session/:id/receipt",
    {
      schema: {
        params: PARAMS,
        querystring: RECEIPT_QUERY,
        response: { 200: receiptAnswer, ...ERRORS },
      },
    },
    async (request) => {
      const asked = await askedSession(request, request.params.id, services);
      const { index } = parse(RECEIPT_QUERY, request.query);
      const head = await checkpoints.exact(asked.owner, asked.view);
      return receipt(asked, head, index ?? head.size - 1, services);
    },
  );
  app.get<ById>(
    "/v1/session/:id/proof/:index",
    { schema: { params: INDEX_PARAMS, response: { 200: proofAnswer, ...ERRORS } } },
    async (request) => {
      const { id, index } = parse(INDEX_PARAMS, request.params);
      const asked = await askedSession(request, id, services);
      const recent = await checkpoints.recent(asked.owner, asked.view);
      const isCovered = index < recent.size;
      const head = isCovered ? recent : await checkpoints.exact(asked.owner, asked.view);
      const { leaf, hashes } = await inclusion(asked, head, index, services);
      return {
        index,
        leaf,
        tree_size: head.size,
        merkle_root: head.root,
        hashes: [...hashes],
        checkpoint: head.note,
      };
    },
  );
  app.get<ById>(
    "/v1/session/:id/consistency",
    {
      schema: {
        params: PARAMS,
        querystring: FROM_QUERY,
        response: { 200: consistencyAnswer, ...ERRORS },
      },
    },
    async (request) => {
      const asked = await askedSession(request, request.params.id, services);
      const { from } = parse(FROM_QUERY, request.query);
      return consistency(asked, await checkpoints.exact(asked.owner, asked.view), from, services);
    },
  );
}

async function askedSession(
  request: FastifyRequest,
  id: string,
  services: Services,
): Promise<Asked> {
  const owner = await readerOf(request, services, id);
  return { owner, view: await viewOf(owner, id, services) };
}

async function viewOf(owner: TenantRow, id: string, { store }: Services): Promise<SessionView> {
  const view = await store.reader.session(owner.tenant, id);
  if (view === undefined) throw refusalError("NOT_FOUND");
  if ("gone" in view) throw refusalError("GONE");
  return view;
}

async function consistency(asked: Asked, head: SignedHead, from: number, { store }: Services) {
  const { owner, view } = asked;
  if (from > head.size) throw beyond(head.size);
  const place = { tenant: owner.tenant, sessionId: view.id };
  const tree = await loadTree(store.reader, place, head.size, [from, Math.max(0, from - 1)]);
  return {
    from,
    to: head.size,
    first_root: tree(0, from),
    merkle_root: head.root,
    hashes: proveConsistency(from, head.size, tree),
    checkpoint: head.note,
  };
}

async function bundle(asked: Asked, checkpoints: Checkpoints, services: Services) {
  const { owner, view } = asked;
  const { store, signer, headLog } = services;
  const { reader } = store;
  const head = await checkpoints.exact(owner, view);
  await headLog.include(owner, view);
  const logProofs = await headLog.of(owner).proofsOf(sessionTag(view.id), head.size);
  const last = await receipt(asked, head, head.size - 1, services);
  return bundleOf(
    {
      owner,
      view,
      head,
      notes: withLogged(await reader.notes(owner.tenant, view.id), logProofs, signer),
      forks: await reader.forks(owner.tenant, view.id),
      timeStamps: await reader.timeStamps(owner.tenant, view.id),
      logProofs,
      receipts: new Map([[head.size - 1, `${JSON.stringify(last)}\n`]]),
      manifest: {
        session_id: view.id,
        tree_size: head.size,
        merkle_root: CompactRange.restore(view.tree).root,
        verifier_key: signer.vkey,
        ...(view.totals.links && { sender_links: view.totals.links }),
        note: "nothing in this file is trusted by a verifier",
      },
    },
    store,
  );
}

/** Heads in the log are over sizes that nobody asked a checkpoint for: the collector signs them as well. */
function withLogged(
  notes: readonly SignedNote[],
  logProofs: readonly LogProof[],
  signer: Signer,
): readonly SignedNote[] {
  const bySize = new Map(notes.map((note) => [note.size, note]));
  for (const { entry } of logProofs) {
    const { size, text } = entry;
    const signed = () => formatNote({ text, signatures: [signer.sign(text)] });
    if (!bySize.has(size)) bySize.set(size, { size, note: signed() });
  }
  return [...bySize.values()].toSorted((a, b) => a.size - b.size);
}
