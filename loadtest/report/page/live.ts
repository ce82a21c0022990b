/** The script of the live page: what the run says, drawn each second. */
import type { Sample } from '../../result.js';
import { runCharts } from '../charts/run-charts.js';
import type { LiveSample, LiveState } from '../live/words.js';
import { LiveCharts } from './live-charts.js';
import { showFinished } from './live-finished.js';
import { showNumbers } from './live-numbers.js';
import { partialRun } from './partial-run.js';
import { followTheme } from './theme.js';

const MOST_SAMPLES = 3600;
const byId = (id: string): HTMLElement => document.querySelector<HTMLElement>(`#${id}`) ?? document.body;
const charts = new LiveCharts(byId('live-charts'));
let state: LiveState | undefined;
let samples: Sample[] = [];

const events = new EventSource('/events');
const listen = <T>(name: string, act: (data: T) => void): void =>
  events.addEventListener(name, (event) => act(JSON.parse((event as MessageEvent<string>).data) as T));

listen<LiveState>('state', (now) => {
  state = now;
  samples = now.samples;
  showState();
  draw();
});
listen<LiveSample>('sample', ({ plan, sample, isFirst }) => {
  samples = [...(isFirst ? [] : samples), sample].slice(-MOST_SAMPLES);
  if (state) state.plan = plan;
  showState();
  draw();
});
listen<string>('said', (text) => {
  byId('said').textContent = text;
});
listen<number>('progress', showProgress);
listen<string>('ended', (words) => {
  events.close();
  status('ended', '');
  byId('now').textContent = words;
});
events.addEventListener('open', () => status('running', 'good'));
events.addEventListener('error', () => status(events.readyState === EventSource.CLOSED ? 'ended' : 'connection lost', 'warn'));
followTheme(() => charts.redraw());

function draw(): void {
  if (!state?.plan || samples.length === 0) return;
  showNumbers(samples);
  charts.show(runCharts(partialRun(state.plan, samples)));
}

function showState(): void {
  if (!state) return;
  const { now, plan, said, progress, finished, ended } = state;
  const place = now ? `${now.index + 1} of ${now.of} · ${now.name}: ${now.title}` : '';
  const run = plan ? `${plan.label} · ${plan.vus} users` : '';
  byId('now').textContent = ended ?? ([place, run].filter(Boolean).join(' · ') || 'Waiting for the first sample.');
  byId('said').textContent = said;
  showProgress(progress);
  showFinished(byId('finished'), finished);
}

function showProgress(share: number): void {
  const bar = byId('progress') as HTMLProgressElement;
  bar.hidden = !state?.now;
  bar.value = share;
}

function status(words: string, look: string): void {
  byId('status').textContent = words;
  byId('status').className = `chip ${look}`;
}
