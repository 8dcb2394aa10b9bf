/** Stretches of a history, in sessions. */

/** Before a change. */
export const BEFORE = 200;
/** A change counts as found when it is within so many. */
export const SOON = 40;
/** A month: ten a day. */
export const MONTH = 300;
/** Before the first look. */
export const LEARNING = 50;
