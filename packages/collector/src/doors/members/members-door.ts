/** Members of an account, and the links that invite them. */
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { ownerOf } from "../../gate/caller.ts";
import { DONE, ERRORS } from "../../http/door-schema.ts";
import { parse } from "../../http/parse.ts";
import type { Services } from "../../services.ts";
import { invitationAnswer, invitationOf, memberEntryOf, membersAnswer } from "./member-answer.ts";
import { invitationRequest, roleRequest } from "./member-request.ts";

const PARAMS = z.object({ memberId: z.string().regex(/^member_[0-9a-f]{16}$/) });

type OfMember = { Params: { memberId: string } };

/** Whoever may change what is set may say who else may: there is no third role above the two. */
export function openMembersDoor(app: FastifyInstance, services: Services): void {
  const { store, members } = services;
  app.get(
    "/v1/members",
    { schema: { response: { 200: membersAnswer, ...ERRORS } } },
    async (request) => {
      const { tenant } = await ownerOf(request, services, "admin");
      return { members: (await store.reader.members.members(tenant)).map(memberEntryOf) };
    },
  );
  app.post(
    "/v1/invitations",
    { schema: { body: invitationRequest, response: { 201: invitationAnswer, ...ERRORS } } },
    async (request, reply) => {
      const { tenant } = await ownerOf(request, services, "admin");
      const invitation = await members.invite(tenant, parse(invitationRequest, request.body));
      reply.code(201);
      return invitationOf(invitation, services);
    },
  );
  app.post<OfMember>(
    "/v1/members/:memberId/link",
    { schema: { params: PARAMS, response: { 201: invitationAnswer, ...ERRORS } } },
    async (request, reply) => {
      const { tenant } = await ownerOf(request, services, "admin");
      const { memberId } = parse(PARAMS, request.params);
      const invitation = await members.renew(tenant, memberId);
      reply.code(201);
      return invitationOf(invitation, services);
    },
  );
  openChanges(app, services);
}

function openChanges(app: FastifyInstance, services: Services): void {
  app.put<OfMember>(
    "/v1/members/:memberId",
    { schema: { params: PARAMS, body: roleRequest, response: { 200: DONE, ...ERRORS } } },
    async (request) => {
      const { tenant } = await ownerOf(request, services, "admin");
      const { memberId } = parse(PARAMS, request.params);
      const { role } = parse(roleRequest, request.body);
      await services.members.setRole(tenant, memberId, role);
      return { done: true };
    },
  );
  app.delete<OfMember>(
    "/v1/members/:memberId",
    { schema: { params: PARAMS, response: { 200: DONE, ...ERRORS } } },
    async (request) => {
      const { tenant } = await ownerOf(request, services, "admin");
      await services.members.remove(tenant, parse(PARAMS, request.params).memberId);
      return { done: true };
    },
  );
}
