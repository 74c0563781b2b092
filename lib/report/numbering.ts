/** A comment, a whole style, or a tag with its quoted attributes: what stands inside quotes is never taken for a tag. */
const PIECE = /<!--[^]*?-->|<style>[^<]*<\/style>|<(?:[^<>"']|"[^"]*"|'[^']*')*>/g;

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

  /** Numbers the captions in trusted HTML, and drops the styles that the page has already. */
  apply(html: string): string {
    return html.replace(PIECE, (piece) => {
      if (piece.startsWith("<style>")) return this.#firstOnly(piece);
      if (/^<figcaption[ >]/.test(piece)) return numbered(piece, "Figure", ++this.#figures);
      if (/^<caption[ >]/.test(piece)) return numbered(piece, "Table", ++this.#tables);
      return piece;
    });
  }

  #firstOnly(style: string): string {
    const known = this.#styles.has(style);
    this.#styles.add(style);
    return known ? "" : style;
  }
}

function numbered(tag: string, kind: string, number: number): string {
  const id = `id="${kind.toLowerCase()}-${number}"`;
  return `${tag.slice(0, -1)} ${id}><span class="ordinal">${kind} ${number}.</span> `;
}
