import type { FastifyInstance } from "fastify";
import type { Services } from "../services.ts";
import { openChecksDoor } from "./checks-door.ts";
import { openCompareDoor } from "./compare-door.ts";
import { openLedgerDoor } from "./ledger-door.ts";
import { openOidcDoor } from "./oidc/oidc-door.ts";
import { openGroupsDoor } from "./overview/groups-door.ts";
import { openOverviewDoor } from "./overview/overview-door.ts";
import { openViewsDoor } from "./overview/views-door.ts";
import { openPageDoor } from "./page-door.ts";
import { openSignInDoor } from "./sign-in-door.ts";

/** Everything that people in a browser see of the collector. */
export function openDashboard(app: FastifyInstance, services: Services): void {
  openPageDoor(app, services.policy.basePath);
  openSignInDoor(app, services);
  openOidcDoor(app, services);
  openLedgerDoor(app, services);
  openCompareDoor(app, services);
  openOverviewDoor(app, services);
  openGroupsDoor(app, services);
  openViewsDoor(app, services);
  openChecksDoor(app, services);
}
