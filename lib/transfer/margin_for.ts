/** Room for labels in px, at about 7 px a letter. */
export function marginFor(labels: readonly string[]): number {
  return 24 + 7 * Math.max(...labels.map((label) => label.length));
}
