/**
 * The scripts that draw the Plotly charts of a page: the bundle once, then one that draws each chart over its static
 * twin. No charts, no scripts.
 *
 * @param charts `{ data, layout }` of each, in page order.
 */
export async function chartScripts(charts: readonly unknown[]): Promise<string[]> {
  if (charts.length === 0) return [];
  const { default: bundle } = await import("plotly.js-cartesian-dist-min", {
    with: { type: "text" },
  }) as unknown as {
    default: string;
  };
  return [
    inline(bundle),
    inline(`const charts = ${JSON.stringify(charts).replaceAll("<", "\\u003c")};\n${DRAW}`),
  ];
}

/** Script text cannot hold its own end tag, nor the opening of a comment that would hide it. */
function inline(script: string): string {
  return script.replace(/<\/(script)/gi, "<\\/$1").replaceAll("<!--", "<\\!--");
}

const DRAW = `
const ink = getComputedStyle(document.body).color;
charts.forEach(({ data, layout }, i) => {
  const place = document.getElementById("chart-" + (i + 1));
  const twin = place.querySelector(".credible-scroll") ?? place.firstElementChild;
  const live = document.createElement("div");
  live.className = "live";
  twin.classList.add("twin");
  twin.after(live);
  const axis = { gridcolor: "rgba(128, 128, 128, 0.25)", zerolinecolor: "rgba(128, 128, 128, 0.5)" };
  const plain = {
    paper_bgcolor: "transparent",
    plot_bgcolor: "transparent",
    font: { color: ink },
    margin: { t: 30, r: 10 },
    template: { layout: { xaxis: axis, yaxis: axis } },
  };
  Plotly.newPlot(live, data, { ...plain, ...layout }, { responsive: true, displaylogo: false });
});
`;
