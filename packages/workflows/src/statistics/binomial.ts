/**
 * How likely at least so many of independent sessions are yeses.
 *
 * Only + - * / are used, so that it is the same on every machine.
 *
 * @param share of yeses, from 0 to 1
 */
export function chanceOfAtLeast(count: number, of: number, share: number): number {
  if (count <= 0) return 1;
  if (count > of || share <= 0) return 0;
  if (share >= 1) return 1;
  const odds = share / (1 - share);
  // Weights are relative to the likeliest count, so that none of them overflows.
  const likeliest = Math.min(of, Math.floor((of + 1) * share));
  let all = 0;
  let enough = 0;
  let weight = 1;
  for (let yeses = likeliest; yeses <= of && weight > 0; yeses++) {
    all += weight;
    if (yeses >= count) enough += weight;
    weight *= ((of - yeses) / (yeses + 1)) * odds;
  }
  weight = 1;
  for (let yeses = likeliest; yeses > 0 && weight > 0; yeses--) {
    weight *= yeses / (of - yeses + 1) / odds;
    all += weight;
    if (yeses - 1 >= count) enough += weight;
  }
  return enough / all;
}
