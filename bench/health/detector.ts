import { followAlert, Health, QUIET } from "@caum/core/health";
import type { TraceEvent } from "../../packages/cli/src/check/trace-event.ts";
import type { Prediction } from "./score.ts";

/** Watches one session, one event at a time. */
export type Watch = (event: TraceEvent) => Prediction;

export interface Detector {
  readonly name: string;
  readonly begin: () => Watch;
}

export const caum: Detector = {
  name: "CAUM",
  begin: () => {
    const health = new Health();
    let tierAlert = QUIET;
    return (event) => {
      const assessment = health.observe(event.observed);
      const { regime, uds, failureRisk } = assessment;
      tierAlert = followAlert(tierAlert, assessment);
      return {
        alert: assessment.publicClass === "hard_alert",
        regime,
        uds,
        failureRisk,
        tierAlert: tierAlert.standing,
      };
    };
  },
};
