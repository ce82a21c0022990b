/** New configuration and new workers while requests run. */
import { readFileSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { join } from 'node:path';
import { test } from 'tap';
import { ask, buildWithFakeWorker, configText, fetchText, PrimaryProcess, until } from './helpers/primary-process.js';

test('cluster renewal', async (t) => {
  const folder = buildWithFakeWorker(t);

  t.test('SIGHUP brings a new configuration to the same workers', async (t) => {
    const primary = new PrimaryProcess(t, folder, configText());
    const origin = await primary.ready();
    const workers = primary.workers();
    writeFileSync(primary.configFile, configText({ upstream: 'second' }));
    primary.child.kill('SIGHUP');
    await primary.logged('configuration reloaded');
    await until(async () => (await ask(origin)).generation === 2 && (await ask(origin)).generation === 2);
    t.same((await ask(origin)).upstreams, ['second']);
    t.same(primary.workers(), workers);
  });

  t.test('SIGHUP with a wrong file keeps the old configuration and tells every fault', async (t) => {
    const primary = new PrimaryProcess(t, folder, configText());
    const origin = await primary.ready();
    writeFileSync(primary.configFile, `${configText({ upstream: 'second' })}\nsurprise: 1\nwonder: 2`);
    primary.child.kill('SIGHUP');
    const line = await primary.logged('the new configuration has faults; the old one stays in use');
    t.match(JSON.stringify(line.faults), /surprise.*wonder/);
    t.match(await ask(origin), { generation: 1, upstreams: ['first'] });
  });

  t.test('SIGHUP with another number of workers scales', async (t) => {
    const primary = new PrimaryProcess(t, folder, configText({ workers: 1 }));
    const origin = await primary.ready();
    writeFileSync(primary.configFile, configText({ workers: 3 }));
    primary.child.kill('SIGHUP');
    await primary.logged('worker is ready', 3);
    t.equal(primary.workers().length, 3);
    writeFileSync(primary.configFile, configText({ workers: 2 }));
    primary.child.kill('SIGHUP');
    await until(() => primary.workers().length === 2);
    t.ok((await ask(origin)).pid);
    t.same(
      primary.log.filter(({ msg }) => msg === 'worker died'),
      [],
    );
  });

  t.test('SIGUSR2 replaces every worker under load without a failed request', async (t) => {
    const primary = new PrimaryProcess(t, folder, configText());
    const origin = await primary.ready();
    const before = primary.workers();
    const load = new ClosedLoop(origin, 8);
    const slow = fetchText(`${origin}/slow`);
    for (const _ of [1, 2, 3]) primary.child.kill('SIGUSR2');
    const done = await primary.logged('rolling restart done');
    t.equal(done.replaced, 2);
    await until(() => primary.workers().length === 2);
    await load.stop();
    t.equal(await slow, 'firstlast');
    t.ok(load.answered > 0);
    t.same(load.failures, []);
    t.comment(`${load.answered} requests`);
    t.notOk(primary.workers().some((pid) => before.includes(pid)));
  });

  t.test('a new worker that does not start ends the roll and the old ones go on', async (t) => {
    const primary = new PrimaryProcess(t, folder, configText());
    const origin = await primary.ready();
    const before = primary.workers();
    const file = join(folder, 'worker.js');
    const good = readFileSync(file);
    t.teardown(() => writeFileSync(file, good));
    writeFileSync(file, 'process.exit(3)');
    primary.child.kill('SIGUSR2');
    const line = await primary.logged('rolling restart given up: the new worker does not start, the old ones stay');
    t.equal(line.reason, 'exit code 3');
    t.same(primary.workers(), before);
    t.ok(before.includes((await ask(origin)).pid));
  });
});

/** So many callers, every other one on a kept connection, each with its next request as soon as the last is answered. */
class ClosedLoop {
  answered = 0;
  readonly failures: string[] = [];
  #going = true;
  readonly #callers: Promise<void>[];

  constructor(origin: string, callers: number) {
    this.#callers = Array.from({ length: callers }, (_, index) => this.#call(origin, index % 2 === 0));
  }

  async stop(): Promise<void> {
    this.#going = false;
    await Promise.all(this.#callers);
  }

  async #call(origin: string, keepAlive: boolean): Promise<void> {
    const agent = new Agent({ keepAlive, maxSockets: 1 });
    while (this.#going) {
      await new Promise<void>((resolve) => {
        get(origin, { agent }, (response) => {
          response.resume().on('close', () => {
            if (response.complete && response.statusCode === 200) this.answered++;
            else this.failures.push(`status ${response.statusCode}`);
            setTimeout(resolve, 5);
          });
        }).on('error', (error) => {
          this.failures.push(error.message);
          resolve();
        });
      });
    }
    agent.destroy();
  }
}
