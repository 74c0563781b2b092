/** Draws a gradient towards 0 by alpha, and to 0 within it: what an L1 penalty on leaf values does. */
export function drawIn(gradient: number, alpha: number): number {
  return Math.sign(gradient) * Math.max(0, Math.abs(gradient) - alpha);
}
