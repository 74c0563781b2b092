/** A name that fits in a sentence: a very long one keeps its beginning and its end. */
export function shortened(name: string): string {
  return name.length <= 48 ? name : `${name.slice(0, 24)}…${name.slice(-20)}`;
}
