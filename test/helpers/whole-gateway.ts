/** The whole gateway as its users meet it: a real primary with real workers before the mock LLM, seen over sockets only. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseMockOptions } from '../../loadtest/mock/options.js';
import { startSingle } from '../../loadtest/mock/single.js';
import { readMetric } from './metric.js';
import { PrimaryProcess, until } from './primary-process.js';
import { send } from './requests.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

interface TestScope {
  testdir(): string;
  teardown(handler: () => unknown): unknown;
}

/** Bundles every entry; answers with the folder. */
export function build(t: TestScope): string {
  const folder = join(t.testdir(), 'dist');
  execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: ROOT, env: { ...process.env, TIDEGATE_DIST: folder } });
  return folder;
}

/** The mock, and what it has seen. */
export class MockUnderTest {
  readonly port: number;

  constructor(port: number) {
    this.port = port;
  }

  /** Requests it was sent, by the key that they carried. */
  async byKey(): Promise<Record<string, number>> {
    const { byKey } = await this.#json('GET', '/_mock/stats');
    return byKey as Record<string, number>;
  }

  /** Forgets what it has seen and every rule. */
  async reset(): Promise<void> {
    await this.#json('POST', '/_mock/reset');
    await this.#json('DELETE', '/_mock/faults');
  }

  /** See `FaultRule` of the mock. */
  async strike(rule: object): Promise<void> {
    await this.#json('POST', '/_mock/faults', rule);
  }

  async clearFaults(): Promise<void> {
    await this.#json('DELETE', '/_mock/faults');
  }

  async #json(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
    const answer = await send(`http://127.0.0.1:${this.port}${path}`, { method, body });
    return JSON.parse(answer.text) as Record<string, unknown>;
  }
}

export async function startMock(t: TestScope): Promise<MockUnderTest> {
  const mock = await startSingle(parseMockOptions(['--port=0', '--drain=0', '--profile=mock-instant'], {}));
  t.teardown(() => mock.stop());
  return new MockUnderTest(mock.port);
}

export interface ConfigWish {
  readonly mock: MockUnderTest;
  readonly workers?: number;
  /** How many credentials `k1`, `k2`, …; or their weights. */
  readonly credentials?: number | readonly number[];
  readonly redis?: string;
  readonly drainSeconds?: number;
  /** More of the file, over what is here. */
  readonly more?: Readonly<Record<string, unknown>>;
}

/** JSON, which is YAML. Every name of a model is served, and answers name the credential they came by. */
export function configText({ mock, workers = 4, credentials = 4, redis, drainSeconds = 10, more }: ConfigWish): string {
  const weights = typeof credentials === 'number' ? Array<number>(credentials).fill(1) : credentials;
  return JSON.stringify({
    server: { port: 0, workers, drainSeconds, exposeAttempts: true },
    admin: { port: 0 },
    ...(redis !== undefined && { store: { url: redis } }),
    upstreams: [
      {
        name: 'mock',
        protocol: 'openai',
        baseUrl: `http://127.0.0.1:${mock.port}`,
        credentials: weights.map((weight, index) => ({ id: `k${index + 1}`, key: `sk-test-${index + 1}`, weight })),
      },
    ],
    models: [{ name: '*', targets: [{ upstream: 'mock' }] }],
    ...more,
  });
}

export class GatewayUnderTest {
  readonly process: PrimaryProcess;
  origin = '';
  admin = '';

  constructor(process: PrimaryProcess) {
    this.process = process;
  }

  async ready(): Promise<this> {
    this.origin = await this.process.ready();
    const admin = this.process.stdout.map((line) => /dashboard\D*?(http:\S+\d)|admin\D*?(http:\S+\d)/i.exec(line)).find(Boolean);
    this.admin = admin?.[1] ?? admin?.[2] ?? '';
    if (!this.admin) throw new Error(`no admin address: ${this.process.stdout.join('\n')}`);
    return this;
  }

  /** JSON of the admin port. */
  async api(path: string, method = 'GET'): Promise<any> {
    const answer = await send(this.admin + path, { method });
    return JSON.parse(answer.text);
  }

  /** Sum of a metric's samples over all labels that contain `label`. */
  async metric(name: string, label = ''): Promise<number> {
    return readMetric(this.admin, name, label);
  }

  /** Waits until the admin port counts so many workers that take requests. */
  async serving(count: number): Promise<void> {
    await until(async () => {
      const { workers } = await this.api('/api/workers');
      return workers.filter((worker: { state: string }) => worker.state === 'ready').length === count;
    });
  }
}

/** A gateway that is ready, ended with the test. */
export function startGateway(
  t: TestScope,
  folder: string,
  config: string,
  options: { args?: string[]; env?: NodeJS.ProcessEnv } = {},
): Promise<GatewayUnderTest> {
  return new GatewayUnderTest(new PrimaryProcess(t, folder, config, options)).ready();
}
