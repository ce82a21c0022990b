/** A client process of the bars: does what it is asked, one job after another, and leaves with its parent. */
import { alternate, Calls } from './calls.js';
import type { Answer, JobName, Jobs, Question } from './client-messages.js';
import { OpenStreams } from './open-streams.js';
import { Probes } from './probes.js';

type Worker = { [Job in JobName]: (order: Jobs[Job][0]) => Jobs[Job][1] | Promise<Jobs[Job][1]> };

export function runClientProcess(): void {
  // Ctrl-C reaches the whole group; the parent decides what becomes of the run.
  process.on('SIGINT', () => {}).on('SIGTERM', () => {});
  process.on('disconnect', () => process.exit());
  const worker = makeWorker();
  process.on('message', (question: Question) => void answer(worker, question));
}

function makeWorker(): Worker {
  const streams = new OpenStreams();
  const calls = new Calls();
  return {
    openStreams: (order) => streams.open(order),
    readStreams: () => streams.read(),
    probe: (order) => new Probes(order).run(),
    startCalls: (order) => calls.start(order),
    readCalls: () => calls.read(),
    alternate,
  };
}

async function answer(worker: Worker, { call, job, order }: Question): Promise<void> {
  try {
    tell({ call, value: await (worker[job] as (order: unknown) => Jobs[JobName][1])(order) });
  } catch (error) {
    tell({ call, error: (error as Error).message });
  }
}

function tell(message: Answer): void {
  if (process.connected) process.send?.(message, () => {});
}
