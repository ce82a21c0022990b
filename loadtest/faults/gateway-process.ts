/** The gateway as a real process from the built programs, and one that somebody else has started. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { childrenOf, end, start } from './children.js';
import { until } from './expect.js';

const READY_WITHIN_MS = 60_000;

/** What every row may ask. */
export interface Gateway {
  /** `http://host:port` of the data port. */
  readonly origin: string;
  readonly port: number;
  /** Of the admin port; '' for a target that is not ours. */
  readonly admin: string;
}

export interface ProcessOptions {
  /** Folder of the built programs. */
  readonly home: string;
  /** Folder for the config file. */
  readonly folder: string;
  readonly config: object;
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Flags for Node itself. */
  readonly nodeArgs?: readonly string[];
  /** A command before Node's own words: `sh -c 'ulimit …; exec "$0" "$@"'`. */
  readonly wrapper?: readonly string[];
}

export class GatewayProcess implements Gateway {
  readonly child: ChildProcess;
  readonly configFile: string;
  readonly stdout: string[] = [];
  /** The log, a line each. */
  readonly stderr: string[] = [];
  /** Settles when it is gone. */
  readonly exit: Promise<{ code: number | null; signal: string | null }>;
  origin = '';
  admin = '';

  constructor({ home, folder, config, args = [], env = {}, nodeArgs = [], wrapper = [] }: ProcessOptions) {
    this.configFile = join(folder, `gateway-${Math.random().toString(36).slice(2)}.yaml`);
    this.write(config);
    const node = [process.execPath, ...nodeArgs, join(home, 'primary.js'), '--config', this.configFile, ...args];
    const [command, ...words] = [...wrapper, ...node] as [string, ...string[]];
    this.child = start(command, words, { env: { PATH: process.env.PATH, ...env } });
    this.exit = once(this.child, 'close').then(([code, signal]) => ({ code, signal }));
    createInterface({ input: this.child.stdout as NodeJS.ReadableStream }).on('line', (line) => this.stdout.push(line));
    createInterface({ input: this.child.stderr as NodeJS.ReadableStream }).on('line', (line) => this.stderr.push(line));
  }

  get pid(): number {
    return this.child.pid as number;
  }

  get port(): number {
    return Number(new URL(this.origin).port);
  }

  get logs(): string {
    return this.stderr.join('\n');
  }

  get gone(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** @throws Error with its own words when it does not become ready. */
  async ready(): Promise<this> {
    const line = (): string | undefined => this.stdout.find((text) => text.includes('is ready on'));
    await until('the gateway is ready', () => line() !== undefined || this.gone, READY_WITHIN_MS);
    const match = /is ready on (\S+) .*admin (http\S+?)\)/.exec(line() ?? '');
    if (!match) throw new Error(`the gateway did not start: ${this.stderr.slice(-3).join(' ')}`);
    this.origin = match[1] as string;
    this.admin = match[2] as string;
    return this;
  }

  /** Another config, for the next reload. */
  write(config: object): void {
    writeFileSync(this.configFile, JSON.stringify(config));
  }

  /** Pids of its workers. */
  workers(): number[] {
    return childrenOf(this.pid);
  }

  /** Sum of a metric's samples over the cluster whose labels contain `label`. */
  async metric(name: string, label = ''): Promise<number> {
    const text = await (await fetch(`${this.admin}/metrics`)).text();
    const samples = text.split('\n').filter((line) => /[{ ]/.test(line.charAt(name.length)) && line.startsWith(name));
    return samples
      .filter((line) => line.includes(label))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
  }

  /** JSON of the admin port. */
  async api<Answer = Record<string, unknown>>(path: string, method = 'GET'): Promise<Answer> {
    return (await (await fetch(this.admin + path, { method })).json()) as Answer;
  }

  /** Log lines as objects; what is no JSON is left out. */
  log(): Record<string, unknown>[] {
    return this.stderr.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
  }

  /** Asks it to end and waits; its exit code. */
  async stop(how: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.child.kill(how);
    return (await this.exit).code;
  }

  async kill(): Promise<void> {
    await end(this.child);
  }
}
