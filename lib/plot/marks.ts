import * as observable from "@observablehq/plot";

/** Observable Plot, whose marks and transforms figures are made of: https://observablehq.com/plot. */
export const Plot: typeof observable = observable;

/** Marks, scales and axes as Observable Plot takes them: https://observablehq.com/plot/features/plots. */
export type PlotOptions = NonNullable<Parameters<(typeof Plot)["plot"]>[0]>;
