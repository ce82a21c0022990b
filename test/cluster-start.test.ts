/** How the cluster starts, or says why it does not. */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'tap';
import { alive, ask, buildWithFakeWorker, configText, kill, PrimaryProcess, until } from './helpers/primary-process.js';

test('cluster start', async (t) => {
  const folder = buildWithFakeWorker(t);

  t.test('one ready line on stdout, with the port that port 0 became, when all workers serve', async (t) => {
    const primary = new PrimaryProcess(t, folder, configText({ workers: 3 }));
    const origin = await primary.ready();
    t.match(primary.stdout, [/^Tidegate is ready on http:\/\/127\.0\.0\.1:\d+ \(3 workers.*\)$/]);
    t.equal(primary.stdout.length, 1);
    t.equal(primary.workers().length, 3);
    const pids = new Set<number>();
    for (let request = 0; request < 9; request++) pids.add((await ask(origin)).pid);
    t.equal(pids.size, 3, 'connections go round');
  });

  t.test('workers forked ahead of the options are taken over, and those too many end', async (t) => {
    const misleading = configText({ workers: 1 }).replace('sk-secret-of-test', 'sk-workers:3').split('\n').reverse().join('\n');
    const primary = new PrimaryProcess(t, folder, misleading);
    const origin = await primary.ready();
    await until(() => primary.workers().length === 1);
    t.equal(primary.workers().length, 1);
    t.equal((await ask(origin)).pid, primary.workers()[0]);
    t.equal(primary.log.filter(({ msg }) => msg === 'worker died').length, 0);
  });

  t.test('without a configuration it serves the bundled mock, says so, and gives a command to try', async (t) => {
    const primary = new PrimaryProcess(t, folder, undefined, { args: ['--port', '0', '--workers', '1'] });
    const origin = await primary.ready();
    await until(() => primary.stdout.length === 4);
    t.match(primary.stdout[0], 'serving the bundled mock LLM');
    t.match(primary.stdout[2], 'Tidegate is ready on');
    t.match(primary.stdout[3], `curl -N ${origin}/v1/chat/completions`);
    t.same((await ask(origin)).upstreams, ['mock']);
    const children = primary.workers();
    t.equal(children.length, 2, 'a worker and the mock');
    kill(primary.child.pid!);
    await until(() => !children.some(alive));
    t.notOk(children.some(alive), 'the end of the primary leaves no process behind');
  });

  t.test('--check ends with 0 and starts nothing', async (t) => {
    const primary = new PrimaryProcess(t, folder, configText(), { args: ['--check'] });
    t.same(await primary.exit, { code: 0, signal: null });
    t.notMatch(primary.stdout.join('\n'), 'is ready');
  });

  t.test('faults of the configuration end with 78, all told, no secret, no stack', async (t) => {
    const config = `${configText().replace('port: 0', 'port: 99999')}\nsurprise: 1`;
    const primary = new PrimaryProcess(t, folder, config);
    t.same(await primary.exit, { code: 78, signal: null });
    const text = primary.stderr.join('\n');
    t.match(text, 'server.port');
    t.match(text, 'surprise');
    t.notMatch(text, 'sk-secret-of-test');
    t.notMatch(text, /^\s+at /m);
  });

  t.test('a port in use is one clear line and exit 1', async (t) => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    t.teardown(() => holder.close());
    const { port } = holder.address() as AddressInfo;
    const primary = new PrimaryProcess(t, folder, configText({ port }));
    t.same(await primary.exit, { code: 1, signal: null });
    t.same(primary.stderr, [`Port ${port} on 127.0.0.1 is in use: stop the program that has it, or choose another with --port.`]);
  });

  t.test('workers that never start end the primary with the reason instead of a fork bomb', async (t) => {
    const primary = new PrimaryProcess(t, folder, configText(), { env: { FAKE_WORKER_DIES: 'the moon is wrong' } });
    t.same(await primary.exit, { code: 1, signal: null });
    t.match(primary.stderr, ['No worker can start: the moon is wrong']);
    const forks = primary.log.filter(({ msg }) => msg === 'worker died').length;
    t.ok(forks <= 10, `${forks} forks`);
  });

  t.test('configuration travels by message: neither arguments nor environment of a worker hold a secret', async (t) => {
    const primary = new PrimaryProcess(t, folder, configText({ workers: 1 }));
    await primary.ready();
    const { readFileSync } = await import('node:fs');
    for (const pid of primary.workers()) {
      t.notMatch(readFileSync(`/proc/${pid}/cmdline`, 'utf8'), 'sk-secret');
      t.notMatch(readFileSync(`/proc/${pid}/environ`, 'utf8'), 'sk-secret');
    }
  });
});
