/** What no answer of ours claims; printed with every receipt and report. */
export const CLAIM_BOUNDARIES = {
  does_not_score_answer_truth: true,
  does_not_predict_future_outcomes: true,
  does_not_block_agents: true,
  does_not_require_private_content: true,
  does_not_publish_as_waste_rate: true,
} as const;
