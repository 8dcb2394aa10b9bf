/** `@caum/core/conditions`: what rules wait for, also for whoever has no Node: a page. */

export {
  type Alternative,
  type Condition,
  formatAlternative,
  formatCondition,
  type KnownNames,
  NAMELESS,
  openCallSeconds,
  parseCondition,
} from "./condition.ts";
export { ConditionError } from "./condition-reader.ts";
export { CONDITION_FORMS, type Measure } from "./measure.ts";
