import cluster from 'node:cluster';
import { serveAsWorker, startCluster } from './cluster.js';
import { stopWithSignals } from './life.js';
import { MockOptionError, type MockOptions, parseMockOptions } from './options.js';
import { startSingle } from './single.js';

const BAD_OPTIONS = 78;

if (cluster.isWorker) await serveAsWorker(readOptions());
else await startFirst(readOptions());

async function startFirst(options: MockOptions): Promise<void> {
  const mock = options.workers > 1 ? await startCluster(options) : await startSingle(options);
  stopWithSignals(() => mock.stop());
  console.log(
    `mock LLM listens on ${options.tlsCert === '' ? 'http' : 'https'}://${options.host}:${mock.port} (at most ${options.maxConcurrent} requests at a time, ${options.workers} process(es))`,
  );
  process.send?.({ type: 'listening', port: mock.port });
}

function readOptions(): MockOptions {
  try {
    return parseMockOptions(process.argv.slice(2), process.env);
  } catch (error) {
    if (!(error instanceof MockOptionError)) throw error;
    console.error(error.message);
    process.exit(BAD_OPTIONS);
  }
}
