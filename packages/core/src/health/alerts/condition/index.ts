/** `@caum/core/conditions`: what rules wait for, also for whoever has no Node: a page. */

export { NANO_USD_PER_USD } from "../../../capture/observation/nano-usd.ts";
export {
  type Alternative,
  type Condition,
  formatAlternative,
  formatCondition,
  isOfSteps,
  type KnownNames,
  NAMELESS,
  openCallSeconds,
  parseCondition,
} from "./condition.ts";
export { ConditionError, quotedName } from "./condition-reader.ts";
export { CONDITION_FORMS, type Measure } from "./measure.ts";
