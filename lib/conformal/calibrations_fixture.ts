/** How many calibrations a coverage simulation makes: 10,000 where CREDIBLE_SLOW is set, else as many as are quick. */
export function calibrations(quick: number): number {
  return Deno.env.get("CREDIBLE_SLOW") === undefined ? quick : 10_000;
}
