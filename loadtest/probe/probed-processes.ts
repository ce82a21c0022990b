/** The processes of a gateway with the agent in them: how it gets there, and how they are asked. */
import { existsSync, rmSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { type Answer, type Order, PROBE_FOLDER } from './words.js';

/** Writing a profile or a snapshot on a busy machine. */
const ANSWER_WITHIN_MS = 120_000;

export class ProbedProcesses {
  readonly #folder: string;
  readonly #agent: string;

  private constructor(folder: string, agent: string) {
    this.#folder = folder;
    this.#agent = agent;
  }

  /** `agent`: the built agent's file. The folder is made so that only this user may enter it. */
  static async prepare(agent: string): Promise<ProbedProcesses> {
    if (!existsSync(agent)) throw new Error(`${agent} is not there: npm run build`);
    const folder = await mkdtemp(join(tmpdir(), 'tidegate-probe-'));
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    return new ProbedProcesses(folder, agent);
  }

  /** For the gateway's processes; what they start inherits it. */
  get env(): Record<string, string> {
    return { NODE_OPTIONS: `--import=${pathToFileURL(this.#agent)}`, [PROBE_FOLDER]: this.#folder };
  }

  /** A file beside the sockets, to be written by a probed process. */
  file(name: string): string {
    return join(this.#folder, name);
  }

  /** Those that have begun to listen and still do, the eldest first. */
  async pids(): Promise<number[]> {
    const names = (await readdir(this.#folder)).filter((name) => name.endsWith('.sock'));
    return names
      .map((name) => Number.parseInt(name, 10))
      .filter((pid) => existsSync(`/proc/${pid}`))
      .sort((a, b) => a - b);
  }

  /** Rejects when the process is gone or says why it cannot. */
  async ask(pid: number, order: Order): Promise<Answer & { ok: true }> {
    const socket = connect(join(this.#folder, `${pid}.sock`));
    try {
      socket.setTimeout(ANSWER_WITHIN_MS, () => socket.destroy(new Error('no answer')));
      const answer = new Promise<Answer>((resolve, reject) => {
        socket.once('error', reject).once('close', () => reject(new Error('gone')));
        const lines = createInterface({ input: socket }).on('error', reject);
        lines.once('line', (line) => resolve(JSON.parse(line) as Answer));
      });
      socket.write(`${JSON.stringify(order)}\n`);
      const said = await answer;
      if (!said.ok) throw new Error(said.why);
      return said;
    } catch (error) {
      throw new Error(`process ${pid}: ${order.do}: ${(error as Error).message}`);
    } finally {
      socket.destroy();
    }
  }

  remove(): Promise<void> {
    return rm(this.#folder, { recursive: true, force: true });
  }
}
