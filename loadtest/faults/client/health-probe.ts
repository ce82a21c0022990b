/** Asks for health again and again from a thread of its own, so that what this process is busy with is not taken for the gateway's. */
import { Worker } from 'node:worker_threads';

/** CommonJS, as a thread of text is. */
const THREAD = `
const { parentPort, workerData } = require('node:worker_threads');
const { Agent, get } = require('node:http');
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
let [longest, going] = [0, true];
const once = () => new Promise((resolve) => {
  get(workerData + '/health', { agent }, (answer) => answer.resume().on('end', resolve).on('error', resolve)).on('error', resolve);
});
(async () => {
  while (going) {
    const began = performance.now();
    await once();
    longest = Math.max(longest, performance.now() - began);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
})();
parentPort.on('message', (word) => {
  if (word === 'end') { going = false; parentPort.close(); agent.destroy(); return; }
  parentPort.postMessage(longest);
  longest = 0;
});
`;

export class HealthProbe {
  readonly #thread: Worker;

  /** Begins at once. */
  constructor(origin: string) {
    this.#thread = new Worker(THREAD, { eval: true, workerData: origin });
  }

  /** The longest wait since it was asked last, milliseconds. */
  longest(): Promise<number> {
    return new Promise((resolve) => {
      this.#thread.once('message', resolve);
      this.#thread.postMessage('longest');
    });
  }

  async end(): Promise<void> {
    await this.#thread.terminate();
  }
}
