import { BookKeeper } from './book-keeper.js';
import type { MockOptions } from './options.js';
import { MockServer } from './server.js';

/** A mock that is ready to serve. */
export interface RunningMock {
  port: number;
  stop(): Promise<void>;
}

/** The mock in this very process, books and all. Tests start it so. */
export async function startSingle(options: MockOptions): Promise<RunningMock> {
  const keeper: BookKeeper = new BookKeeper(options.maxConcurrent, {
    read: async () => [server.gauges()],
    clear: () => server.clearGauges(),
  });
  const server: MockServer = new MockServer(options, keeper);
  const port = await server.listen();
  return { port, stop: () => server.stop() };
}
