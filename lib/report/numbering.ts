/**
 * What one page counts while it is rendered: figures and tables take their numbers in reading order, a style that
 * several figures carry is kept once, Plotly charts are remembered for the scripts at the end.
 */
export class Numbering {
  #figures = 0;
  #tables = 0;
  readonly #styles = new Set<string>();
  /** The Plotly charts so far, as JSON-ready values. */
  readonly charts: unknown[] = [];

  /**
   * Numbers the figures and tables of our own making in trusted HTML. Values of data are escaped in it, so these tags
   * can only be real ones.
   */
  apply(html: string): string {
    return html
      .replace(/<style>[^<]*<\/style>/g, (style) => this.#firstOnly(style))
      .replace(
        /<figure class="credible-figure">(?=(?:(?!<\/figure>)[^])*?<figcaption>)([^]*?)<figcaption>/g,
        (_, drawing) => {
          const number = ++this.#figures;
          return `<figure class="credible-figure" id="figure-${number}">${drawing}` +
            `<figcaption><span class="number">Figure ${number}.</span> `;
        },
      )
      .replaceAll('<table class="credible-table"><caption>', () => {
        const number = ++this.#tables;
        return `<table class="credible-table" id="table-${number}">` +
          `<caption><span class="number">Table ${number}.</span> `;
      });
  }

  #firstOnly(style: string): string {
    const known = this.#styles.has(style);
    this.#styles.add(style);
    return known ? "" : style;
  }
}
