import { Html, html } from './html.js';

const width = 640;
const height = 180;
const margin = { left: 48, right: 12, top: 12, bottom: 28 } as const;
const inner = { width: width - margin.left - margin.right, height: height - margin.top - margin.bottom } as const;

export interface Bar {
  readonly label: string;
  readonly count: number;
  /** The part of `count` that is drawn darker. */
  readonly marked: number;
}

/** Bars with their numbers on them, so that it needs no colour to be read. */
export function barChart(title: string, bars: readonly Bar[], markedMeans: string): Html {
  const most = Math.max(1, ...bars.map(({ count }) => count));
  const step = inner.width / Math.max(1, bars.length);
  const drawn = bars.map(({ label, count, marked }, place) => {
    const x = margin.left + place * step + step * 0.15;
    const of = (value: number): number => (value / most) * inner.height;
    const y = (value: number): number => margin.top + inner.height - of(value);
    const spoken = marked > 0 ? `${count} (${marked} ${markedMeans})` : String(count);
    return html`<rect
        class="bar"
        x="${fixed(x)}"
        y="${fixed(y(count))}"
        width="${fixed(step * 0.7)}"
        height="${fixed(of(count))}"
      />
      <rect
        class="marked"
        x="${fixed(x)}"
        y="${fixed(y(marked))}"
        width="${fixed(step * 0.7)}"
        height="${fixed(of(marked))}"
      />
      <text x="${fixed(x + step * 0.35)}" y="${fixed(Math.max(y(count) - 3, 10))}" text-anchor="middle">${spoken}</text>
      <text x="${fixed(x + step * 0.35)}" y="${height - 10}" text-anchor="middle">${label}</text>`;
  });
  return figure(title, drawn);
}

export interface Point {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly value: number;
}

/** A number over time, from zero. */
export function lineChart(title: string, points: readonly Point[]): Html {
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined)
    return figure(title, [html`<text x="60" y="90">Nothing was counted.</text>`]);
  const most = Math.max(1, ...points.map(({ value }) => value));
  const span = Math.max(1, last.at - first.at);
  const x = (at: number): number => margin.left + ((at - first.at) / span) * inner.width;
  const y = (value: number): number => margin.top + inner.height - (value / most) * inner.height;
  const path = points.map(({ at, value }) => `${fixed(x(at))},${fixed(y(value))}`).join(' ');
  const day = (at: number): string => new Date(at).toISOString().slice(0, 10);
  return figure(title, [
    html`<line
      class="axis"
      x1="${margin.left}"
      x2="${width - margin.right}"
      y1="${fixed(y(0))}"
      y2="${fixed(y(0))}"
    />`,
    html`<polyline class="line" points="${path}" />`,
    html`<text x="${margin.left - 6}" y="${fixed(y(most) + 4)}" text-anchor="end">${most}</text>`,
    html`<text x="${margin.left - 6}" y="${fixed(y(0) + 4)}" text-anchor="end">0</text>`,
    html`<text x="${margin.left}" y="${height - 8}">${day(first.at)}: ${first.value}</text>`,
    html`<text x="${width - margin.right}" y="${height - 8}" text-anchor="end">${day(last.at)}: ${last.value}</text>`,
  ]);
}

function figure(title: string, drawn: readonly Html[]): Html {
  return html`<figure>
    <figcaption>${title}</figcaption>
    <svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}">${drawn}</svg>
  </figure>`;
}

function fixed(value: number): string {
  return value.toFixed(1);
}
