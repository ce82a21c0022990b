import { join } from 'node:path';
import { test } from 'tap';
import { expectedWorkers } from './expected-workers.js';

test('the number of workers is guessed as the options will decide it', async (t) => {
  const folder = t.testdir({
    'flow.yaml': 'server: { port: 1, workers: 3 }\n',
    'block.yaml': '# workers: 9\nserver:\n  "workers": 4 # per box\n',
    'auto.yaml': 'server:\n  workers: auto\n',
    'silent.yaml': 'upstreams: []\n',
    'variable.yaml': 'server: { workers: ${N} }\n',
  });
  const guess = (argv: string[], env = {}) => expectedWorkers({ argv, env, parallelism: 2 });
  const inFile = (name: string) => guess(['--config', join(folder, name)]);
  t.equal(inFile('flow.yaml'), 3);
  t.equal(inFile('block.yaml'), 4);
  t.equal(inFile('auto.yaml'), 2);
  t.equal(inFile('silent.yaml'), 2, 'auto is the default');
  t.equal(inFile('variable.yaml'), 0, 'what it cannot read it does not guess');
  t.equal(inFile('missing.yaml'), 0);
  t.equal(guess([]), 2, 'the demo');
  t.equal(guess([`--config=${join(folder, 'flow.yaml')}`, '--workers=1'], { WORKERS: '7' }), 1, 'flag before environment');
  t.equal(guess([], { WORKERS: '7', GATEWAY_CONFIG: join(folder, 'flow.yaml') }), 7, 'environment before file');
  t.equal(guess([], { WORKERS: '', GATEWAY_CONFIG: join(folder, 'flow.yaml') }), 3);
  t.equal(guess(['--workers', '0']), 0);
  t.equal(guess(['--workers', '999']), 16, 'bounded');
  t.equal(guess(['--workers', 'many']), 0);
  t.equal(guess(['--workers', '-3']), 0);
});

test('nothing is forked where nothing will be served', async (t) => {
  for (const argument of ['--check', '--help', '-h', '--version']) {
    t.equal(expectedWorkers({ argv: ['--workers', '2', argument], env: {}, parallelism: 2 }), 0, argument);
  }
});
