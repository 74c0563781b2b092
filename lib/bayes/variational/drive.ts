const PAUSE_MILLISECONDS = 100;

/** Runs steps to their end, letting progress out and a cancellation in about ten times a second; false when cancelled. */
export async function drive<P>(
  steps: Iterator<void, void>,
  { signal, onProgress }: { readonly signal?: AbortSignal; readonly onProgress?: (progress: P) => void },
  progress: () => P,
): Promise<boolean> {
  let lastPause = performance.now();
  while (!signal?.aborted) {
    if (steps.next().done) {
      onProgress?.(progress());
      return true;
    }
    if (performance.now() - lastPause < PAUSE_MILLISECONDS) continue;
    onProgress?.(progress());
    await new Promise((resolve) => setTimeout(resolve, 0));
    lastPause = performance.now();
  }
  return false;
}
