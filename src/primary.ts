/** The primary, run by start.ts: options → mock LLM if nothing is configured → cluster or single process → ready line → signals. */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import packageJson from '../package.json' with { type: 'json' };
import { ClusterGateway } from './cluster/cluster-gateway.js';
import { GatewayView } from './cluster/cluster-view.js';
import { fail, leave, say, surviveFaults, WRONG_CONFIG } from './cluster/leave.js';
import { Lifecycle, type Reread } from './cluster/lifecycle.js';
import { supervisionLimits } from './cluster/limits.js';
import { MockProcess } from './cluster/mock-process.js';
import { ADMIN_SETTINGS, settlePort } from './cluster/port.js';
import { demoCommand, demoNotice, readyLine } from './cluster/ready-line.js';
import type { RunningGateway } from './cluster/running-gateway.js';
import { obeySignals } from './cluster/signals.js';
import { SingleProcess } from './cluster/single-process.js';
import { dropForksAhead } from './cluster/worker-fork.js';
import type { GatewayConfig } from './config.js';
import { log, setSecrets } from './log.js';
import { formatFaults, type LoadedOptions, loadOptions, reloadOptions, withDemoUpstream } from './options/index.js';
import { createStoreMaker } from './store/index.js';

process.title = 'tidegate: primary';
await main(checkedOptions()).catch(fail);

/** The options to start on; help, version, faults and `--check` end here. */
function checkedOptions(): LoadedOptions {
  const options = loadOptions({ argv: process.argv.slice(2), env: process.env, availableParallelism: availableParallelism() });
  if (options.kind === 'faults') fail(formatFaults(options.faults, options.source), WRONG_CONFIG);
  if (options.kind === 'help') say(options.text);
  if (options.kind === 'version') say(packageJson.version);
  if (options.kind !== 'ok') leave(0);
  if (options.check) say('The configuration is valid.');
  if (options.check) leave(0);
  return options;
}

async function main(options: LoadedOptions): Promise<void> {
  setSecrets(options.secrets);
  for (const warning of options.warnings) log.warn(warning);
  const mock = options.source === undefined ? new MockProcess(sibling('mock.js'), log) : undefined;
  if (mock) process.on('exit', () => mock.kill());
  const [port, mockUrl] = await Promise.all([settlePort(options.config.server.host, options.config.server.port), mock?.start()]);
  const config = { ...demo(options.config, mockUrl), server: { ...options.config.server, port } };

  const lifecycle = new Lifecycle({ config, log, exit: leave, reread: rereader({ ...options, config }, mockUrl) });
  surviveFaults(lifecycle, log);
  obeySignals(lifecycle);
  const gateway = await createGateway(config);
  process.on('exit', () => gateway.kill());

  if (mock) say(demoNotice());
  const [admin] = await Promise.all([openAdmin(new GatewayView(lifecycle, gateway), mock !== undefined), lifecycle.run(gateway)]);
  if (lifecycle.state !== 'ready') return;
  const { host, workers } = config.server;
  say(readyLine({ host, port, workers, admin }));
  if (mock) say(demoCommand(host, port));
}

/** Workers, or the same service in this process where none are wanted. */
async function createGateway(config: GatewayConfig): Promise<RunningGateway> {
  const stores = await createStoreMaker(config);
  if (config.server.workers > 0) {
    const onHopeless = (reason: string) => fail(`No worker can start: ${reason}`);
    return new ClusterGateway({
      config,
      generation: 1,
      limits: supervisionLimits(process.env),
      log,
      onHopeless,
      stores,
    });
  }
  dropForksAhead();
  const { startService } = await import('./http/service.js');
  const store = stores.single();
  await store.ready;
  return new SingleProcess(config, store, () =>
    startService({ config, store, worker: 'single', taskFile: sibling('thread-tasks.js') }),
  );
}

/** The admin port, loaded while the workers start. A demo takes another port rather than fail: 9090 is Prometheus' own. */
async function openAdmin(cluster: GatewayView, demo: boolean): Promise<{ host: string; port: number }> {
  const { host, port: wanted } = cluster.config.admin;
  const settled = settlePort(host, wanted, ADMIN_SETTINGS);
  const port = await (demo ? settled.catch(() => settlePort(host, 0, ADMIN_SETTINGS)) : settled);
  const { startAdmin } = await import('./admin/server.js');
  await startAdmin({ config: { ...cluster.config.admin, port }, cluster, version: packageJson.version });
  return { host, port };
}

/** Another entry's bundle, beside this one. */
function sibling(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

function demo(config: GatewayConfig, mockUrl: string | undefined): GatewayConfig {
  return mockUrl === undefined ? config : withDemoUpstream(config, mockUrl);
}

/** Reads the same file again, each time against what was in use before. */
function rereader(start: LoadedOptions, mockUrl: string | undefined): () => Promise<Reread> {
  let used = start;
  return async () => {
    const next = reloadOptions(used);
    if (next.kind === 'faults') return { ok: false, faults: next.faults.map(({ path, message }) => `${path}: ${message}`) };
    setSecrets(next.secrets);
    used = { ...next, config: demo(next.config, mockUrl) };
    return { ok: true, config: used.config, warnings: next.warnings };
  };
}
