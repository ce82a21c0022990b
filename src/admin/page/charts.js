/** The cards: one figure and its last five minutes each. */
import { bytes, count, duration, percent, rate } from './format.js';
import { element } from './table.js';

const WINDOW = 300_000;
/** A page just opened fills its charts from this much on. */
const NARROWEST = 60_000;
/** A longer silence is a gap in the line. */
const GAP = 3_500;
const [WIDTH, HEIGHT] = [300, 44];
const SVG = 'http://www.w3.org/2000/svg';

const CARDS = [
  { label: 'Requests', unit: '/s', of: (p) => p.requestsPerSecond, write: rate, hint: (o) => `${count(o.requests)} since start` },
  {
    label: 'In flight',
    of: (p) => p.inFlight,
    write: count,
    hint: (o) => `${count(o.health.slots.free)} of ${count(o.health.slots.total)} slots free`,
  },
  { label: 'Streams', of: (p) => p.streams, write: count, hint: (o) => `${count(o.connections)} connections` },
  {
    label: 'Chunks',
    unit: '/s',
    of: (p) => p.chunksPerSecond,
    write: rate,
    hint: (o) => `${rate(o.pulse.tokensPerSecond)} output tokens/s`,
  },
  {
    label: 'First token, median',
    of: (p) => p.firstTokenP50,
    write: duration,
    hint: (o) => `95th percentile ${duration(o.pulse.firstTokenP95)}`,
  },
  {
    label: 'Failed requests',
    of: (p) => p.failureShare,
    write: (value) => percent(value, 1),
    hint: () => 'of the last minute',
    alert: (value) => value > 0.05,
  },
  {
    label: 'Event loop busy',
    of: (p) => p.utilization,
    write: percent,
    hint: (o) => `busiest worker ${percent(o.busiest)}`,
    most: 1,
  },
  {
    label: 'Memory',
    of: (p) => p.memory,
    write: bytes,
    hint: (o) => `${o.health.workers.ready} of ${o.health.workers.wanted} workers serve`,
  },
];

export class Cards {
  constructor(place) {
    this.points = [];
    this.cards = CARDS.map((card) => ({ ...card, ...makeCard(card) }));
    place.replaceChildren(...this.cards.map(({ shell }) => shell));
  }

  /** What the gateway remembers from before this page opened. */
  history(points) {
    const first = this.points[0]?.at ?? Number.POSITIVE_INFINITY;
    this.points = [...points.filter(({ at }) => at < first), ...this.points];
  }

  show(overview) {
    const { workers, pulse } = overview;
    this.points = [...this.points, pulse].filter(({ at }) => at >= pulse.at - WINDOW);
    const total = (key) => workers.reduce((sum, worker) => sum + worker[key], 0);
    const facts = {
      ...overview,
      requests: total('requests'),
      connections: total('connections'),
      busiest: Math.max(0, ...workers.map(({ utilization }) => utilization)),
    };
    for (const card of this.cards) this.draw(card, facts);
  }

  draw(card, facts) {
    const value = card.of(this.points.at(-1));
    card.value.firstChild.textContent = card.write(value ?? null);
    card.hint.textContent = CARDS.find(({ label }) => label === card.label).hint(facts);
    card.shell.classList.toggle('alert', card.alert?.(value) ?? false);
    const { line, area } = paths(
      this.points.map((point) => ({ at: point.at, value: card.of(point) })),
      facts.pulse.at,
      card.most,
    );
    card.line.setAttribute('d', line);
    card.area.setAttribute('d', area);
  }
}

function makeCard({ label, unit }) {
  const value = element('p', { classes: 'value', children: [document.createTextNode('–')] });
  if (unit) value.append(element('small', { text: unit }));
  const hint = element('p', { classes: 'hint', text: '\u00a0' });
  const chart = document.createElementNS(SVG, 'svg');
  chart.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`);
  chart.setAttribute('preserveAspectRatio', 'none');
  chart.setAttribute('aria-hidden', 'true');
  const [area, line] = ['area', 'line'].map((name) => {
    const path = document.createElementNS(SVG, 'path');
    path.setAttribute('class', name);
    return chart.appendChild(path);
  });
  return {
    shell: element('li', { classes: 'card', children: [element('p', { classes: 'label', text: label }), value, hint, chart] }),
    value,
    hint,
    line,
    area,
  };
}

/** The SVG paths of points over the window that ends at `now`: from the bottom up, gaps left open. */
function paths(points, now, most) {
  const known = points.filter(({ value }) => value !== null && value !== undefined);
  const top = Math.max(most ?? 0, ...known.map(({ value }) => value)) || 1;
  const window = Math.max(NARROWEST, now - (known[0]?.at ?? now));
  const x = (at) => (WIDTH * (1 - (now - at) / window)).toFixed(1);
  const y = (value) => (HEIGHT - 3 - (HEIGHT - 8) * (value / top)).toFixed(1);
  const runs = splitAtGaps(known).map((run) => run.map(({ at, value }) => [x(at), y(value)]));
  const line = runs.map((run) => `M${run.map((point) => point.join(',')).join('L')}`).join('');
  const area = runs
    .map((run) => `M${run[0][0]},${HEIGHT}L${run.map((point) => point.join(',')).join('L')}L${run.at(-1)[0]},${HEIGHT}Z`)
    .join('');
  return { line, area };
}

function splitAtGaps(points) {
  const runs = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const point of points) {
    if (point.at - last > GAP) runs.push([]);
    runs.at(-1).push(point);
    last = point.at;
  }
  return runs;
}
