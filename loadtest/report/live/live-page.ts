import type { RunPlan, Sample } from '../../result.js';
import type { ScenarioResult } from '../../scenarios/findings.js';
import type { Scenario } from '../../scenarios/scenario.js';
import type { SuiteWatch } from '../../scenarios/watch.js';
import { readPageAssets } from '../html/page-assets.js';
import { liveDocument } from './live-document.js';
import { LiveServer } from './live-server.js';
import type { LiveSample, LiveState } from './words.js';

/** An hour of one run; a page needs no more, and a longer soak must not grow. */
const MOST_SAMPLES = 3600;

/** A page in the browser that follows the run: `--live`. Watches a suite, or is told a plain round's samples. */
export class LivePage implements SuiteWatch {
  readonly #state: LiveState;
  readonly #server: LiveServer;
  /** To be opened in a browser. */
  readonly address: string;

  private constructor(state: LiveState, server: LiveServer) {
    this.#state = state;
    this.#server = server;
    this.address = server.address;
  }

  /** `port` 0: any that is free. Rejects when it is taken. */
  static async start(port: number, title: string): Promise<LivePage> {
    const state: LiveState = { title, samples: [], progress: 0, said: '', finished: [] };
    const greeting = () => eventText('state', state);
    return new LivePage(state, await LiveServer.start(port, liveDocument(title, readPageAssets()), greeting));
  }

  begins({ name, title }: Scenario, { index, of }: Parameters<SuiteWatch['begins']>[1]): void {
    Object.assign(this.#state, { now: { name, title, index, of }, progress: 0, said: '' });
    this.#tellAll();
  }

  sample(sample: Sample, plan: RunPlan): void {
    const { samples, plan: before } = this.#state;
    const isFirst =
      !before || before.label !== plan.label || before.repeat !== plan.repeat || sample.at < (samples.at(-1)?.at ?? 0);
    this.#state.plan = plan;
    this.#state.samples = [...(isFirst ? [] : samples), sample].slice(-MOST_SAMPLES);
    this.#server.send(eventText('sample', { plan, sample, isFirst } satisfies LiveSample));
  }

  say(text: string): void {
    this.#state.said = text;
    this.#server.send(eventText('said', text));
  }

  progress(share: number): void {
    this.#state.progress = share;
    this.#server.send(eventText('progress', share));
  }

  ended({ name, outcome, checks, seconds }: ScenarioResult): void {
    const kept = checks.filter(({ ok }) => ok).length;
    this.#state.finished.push({ name, outcome, kept, checks: checks.length, seconds });
    this.#tellAll();
  }

  /** The run is over; `words` say what became of it. Pages that are open keep what they show. */
  async close(words: string): Promise<void> {
    this.#state.ended = words;
    await this.#server.close(eventText('ended', words));
  }

  #tellAll(): void {
    this.#server.send(eventText('state', this.#state));
  }
}

function eventText(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
