/** What a study predicts, and what only a made-up world knows: no feature may see it. */
const LABEL = /^(buyer|iap_revenue|probability|expected|variance)_d\d+$|^whale$/i;

/** Whether a column holds a label, by its name: `buyer_d7`, `iap_revenue_d14`, and the truth of a made-up world. */
export function isLabelColumn(name: string): boolean {
  return LABEL.test(name);
}
