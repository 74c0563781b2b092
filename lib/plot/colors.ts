/**
 * The one palette: the hues of Okabe and Ito, which people with any common colour blindness tell apart, each in a
 * darker tone on white paper and a lighter one at night. A page sets the variables ({@linkcode paletteCss}); where
 * none does, as in JupyterLab, a middle tone that is legible on both stands in.
 *
 * @see Okabe & Ito 2008, Color Universal Design, https://jfly.uni-koeln.de/color/
 * @module
 */

/** A hue of the palette. */
export type ColorName = "blue" | "orange" | "green" | "pink" | "amber" | "sky" | "grey";

interface Tones {
  readonly light: string;
  readonly dark: string;
  readonly either: string;
}

const TONES: Readonly<Record<ColorName, Tones>> = {
  blue: { light: "#0067a8", dark: "#4c9fe8", either: "#2b84c6" },
  orange: { light: "#c44a08", dark: "#f0813a", either: "#dd6420" },
  green: { light: "#00785a", dark: "#35bf95", either: "#12976f" },
  pink: { light: "#ac4c86", dark: "#e08fbd", either: "#c46fa3" },
  amber: { light: "#b07400", dark: "#f0bb3c", either: "#cf9312" },
  sky: { light: "#3d93cc", dark: "#a5dcff", either: "#62b3e6" },
  grey: { light: "#6b6b6b", dark: "#a0a0a0", either: "#858585" },
};

/**
 * The colours to draw with, by name. Each is a CSS value that follows light and dark.
 *
 * @example
 * ```ts
 * import { colors, figure, Plot } from "credible/plot";
 * figure({ marks: [Plot.ruleY([0.5], { stroke: colors.orange })] }, { alt: "A line at one half" });
 * ```
 */
export const colors: Readonly<Record<ColorName, string>> = {
  blue: variable("blue"),
  orange: variable("orange"),
  green: variable("green"),
  pink: variable("pink"),
  amber: variable("amber"),
  sky: variable("sky"),
  grey: variable("grey"),
};

/** The order in which groups take colours. */
export const palette: readonly string[] = Object.values(colors);

/** A share of a colour over whatever lies beneath: 0 is invisible, 1 is the colour itself. */
export function faded(color: string, share: number): string {
  return `color-mix(in srgb, ${color} ${Number((100 * share).toFixed(1))}%, transparent)`;
}

/** The declarations that set the palette, for a page's style sheet with `color-scheme: light dark`. */
export function paletteCss(): string {
  return Object.entries(TONES).map(([name, { light, dark }]) =>
    `--plot-${name}:light-dark(${light},${dark});`
  )
    .join("");
}

/** The tone of a colour for one mode, for renderers that know no CSS variables. */
export function tone(name: ColorName, mode: "light" | "dark" | "either"): string {
  return TONES[name][mode];
}

function variable(name: ColorName): string {
  return `var(--plot-${name}, ${TONES[name].either})`;
}
