import { test } from 'tap';
import { figuresOfPoint, scalingOf } from './figures.js';
import { efficiencySpreads, medianPoints, spreadOf } from './medians.js';
import { coresUntilSerial, costsOf, project } from './projection.js';
import { renderScaling } from './report.js';
import { svgChart } from './svg-chart.js';
import { type Made, madePoint, madeRecord } from './testing.js';

const ONE: Made = { target: 'cluster', workers: 1, share: 0.15, users: 100, chunks: 5000, rps: 54, cpus: [0.005, 0.145] };
const FOUR: Made = { ...ONE, workers: 4, users: 400, chunks: 19_000, rps: 205, cpus: [0.02, 0.145, 0.145, 0.14, 0.14] };
const GO: Made = { ...ONE, target: 'go', chunks: 5200, cpus: [0.15] };

const near = (actual: number, wanted: number): boolean => Math.abs(actual - wanted) < 1e-9 * Math.max(1, Math.abs(wanted));

test('figures are differences between the first and the last reading under limits', async (t) => {
  const figures = figuresOfPoint(madePoint(FOUR));
  t.strictSame(figures.faults, []);
  t.ok(near(figures.chunks, 19_000));
  t.ok(near(figures.rps, 205));
  t.ok(near(figures.cpu, 0.59));
  t.ok(near(figures.rootCpu, 0.02));
  t.ok(near(figures.leastWorkerCpu, 0.14));
  t.ok(near(figures.used, 0.59 / 0.6));
  t.ok(near(figures.throttledTime, 0.8));
  t.ok(near(figures.rpsPerCpuPercent, 205 / 59));
  t.ok(near(figures.cpuPerThousandChunks, 0.59 / 19));
  t.ok(near(figures.demandMet ?? 0, 19_000 / ((400 * 93) / (6.384 * 0.25))));
});

test('a limit that did not bind is told', async (t) => {
  t.match(figuresOfPoint(madePoint({ ...ONE, cpus: [0.001, 0.1] })).faults, [/limit did not bind: 67 % of the allowed CPU/]);
  t.match(figuresOfPoint(madePoint({ ...ONE, throttled: 0.1 })).faults, [/limit did not bind.*stopped in 10 % of periods/]);
});

test('a point whose users got all they wanted is not saturated', async (t) => {
  t.match(figuresOfPoint(madePoint({ ...ONE, chunks: 5800 })).faults, [/not saturated: 100 % of the demand/]);
});

test('a point that never came to its load has a fault and no figures', async (t) => {
  const point = madePoint(ONE);
  t.match(figuresOfPoint({ ...point, readings: [] }), { chunks: 0, faults: [/interrupted/] });
});

test('efficiency is k workers over k times one, and the product of CPU got and work per CPU', async (t) => {
  const scaling = scalingOf([ONE, GO, { ...ONE, target: 'single' as const }, FOUR].map(madePoint).map(figuresOfPoint));
  t.equal(scaling.length, 1, 'one point alone has nothing to be compared with');
  const [four] = scaling;
  t.ok(near(four!.efficiency, 19_000 / 20_000));
  t.ok(near(four!.efficiency, four!.cpuPart * four!.costPart));
  t.ok(near(four!.rpsEfficiency, 205 / 216));
});

test('a projection is cores over cost, and the primary is one core', async (t) => {
  const costs = costsOf([figuresOfPoint(madePoint(ONE)), figuresOfPoint(madePoint(FOUR))], 'cluster');
  t.ok(near(costs!.parallel, 0.57 / 19));
  t.ok(near(costs!.serial, 0.02 / 19));
  t.ok(near(project(costs!, 'cluster', 8).chunks, (8 * 19_000) / 0.59));
  t.ok(near(coresUntilSerial(costs!), 29.5));
  const beyond = project(costs!, 'cluster', 64);
  t.ok(near(beyond.chunks, 19_000 / 0.02));
  t.ok(near(beyond.serialCore, 1));
  t.ok(near(project(costs!, 'single', 64).chunks, 19_000 / 0.59), 'more cores are nothing to one process');
});

test('a point with a fault is no base for a projection', async (t) => {
  t.equal(costsOf([figuresOfPoint(madePoint({ ...ONE, throttled: 0 }))], 'cluster'), undefined);
});

test('the report has each point, the bar, faults by name, and calls a projection one', async (t) => {
  const text = renderScaling(madeRecord([ONE, { ...GO, throttled: 0 }, FOUR]));
  t.match(text, /cluster ×4 +0\.950 +– +0\.949 +0\.983 +0\.966 +reached/);
  t.match(text, /PROJECTION, NOT MEASURED/);
  t.match(text, /! round 1, Go ×1: the limit did not bind/);
  t.match(text, /│ = so many times one worker/);
});

test('the chart is one SVG with a line for each target and no markup from outside', async (t) => {
  const svg = svgChart(madeRecord([ONE, GO, FOUR]));
  t.match(svg, /^<svg [\s\S]*<\/svg>\n$/);
  t.match(svg, /a &#60;fast&#62; one/);
  t.notMatch(svg, /NaN|undefined|Infinity/);
});

test('of several rounds the median of the sound ones stands, and efficiency is taken within each round', async (t) => {
  const rounds = [5000, 4000, 4500].flatMap((chunks, index) => [
    { ...ONE, round: index + 1, chunks },
    { ...FOUR, round: index + 1, chunks: 4 * chunks * [0.9, 1, 0.98][index]! },
  ]);
  const points = [...rounds, { ...ONE, round: 4, chunks: 9000, throttled: 0 }].map(madePoint).map(figuresOfPoint);
  t.equal(medianPoints(points)[0]?.chunks, 4500, 'the round whose limit did not bind is left out');
  const [four] = efficiencySpreads(points);
  t.ok(near(four!.efficiency, 0.98));
  t.ok(near(four!.spread.least, 0.9) && near(four!.spread.most, 1));
  t.equal(spreadOf([1, 2, 3, 5]).median, 2.5);
});

test('where no round is sound the point keeps its faults', async (t) => {
  const points = [1, 2].map((round) => figuresOfPoint(madePoint({ ...ONE, round, throttled: 0 })));
  t.match(medianPoints(points), [{ faults: [/did not bind/] }]);
});
