/** The part of `Deno.jupyter` that is used here. */
export interface Kernel {
  /** Sends a message to whoever shows the notebook. */
  broadcast(type: string, content: Record<string, unknown>): Promise<void>;
}

/** The kernel that runs this code, or undefined: touching `Deno.jupyter` elsewhere throws. */
export function kernel(): Kernel | undefined {
  try {
    return (Deno as unknown as { jupyter?: Kernel }).jupyter;
  } catch {
    return undefined;
  }
}

/** Whether this code runs in a notebook's kernel. */
export function insideKernel(): boolean {
  return kernel() !== undefined;
}
