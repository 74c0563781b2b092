/** Places in the shared control words, a cache line apart. */
export const CONTROL = { step: 0, done: 16, failed: 32, closed: 48, length: 64 } as const;

/** How often a thread looks before it sleeps: steps follow each other within microseconds. */
const LOOKS = 2000;

/** Waits until a shared word is no longer `old`, and gives what it is. */
export function awaitChange(control: Int32Array, place: number, old: number, patience = Infinity): number {
  for (let look = 0; look < LOOKS; look++) {
    const now = Atomics.load(control, place);
    if (now !== old) return now;
  }
  while (Atomics.load(control, place) === old) {
    if (Atomics.wait(control, place, old, patience) === "timed-out") break;
  }
  return Atomics.load(control, place);
}
