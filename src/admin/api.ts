/** What each route of `/api` answers. */
import type { CredentialKey } from '../credential/types.js';
import type { Context } from '../http/hono.js';
import { mergeMetrics } from '../metrics/merge.js';
import { mergeUsage } from '../metrics/usage-table.js';
import { clientRows } from './client-rows.js';
import type { ClusterView } from './cluster-view.js';
import { configView } from './config-view.js';
import { credentialRows } from './credential-rows.js';
import { refuse } from './guards.js';
import { wantedWorkers } from './health.js';

const MOST_ATTEMPTS = 200;
const MOST_SESSIONS = 100;

export class Api {
  private readonly cluster: ClusterView;

  constructor(cluster: ClusterView) {
    this.cluster = cluster;
  }

  workers(context: Context): Response {
    const workers = this.cluster.workers();
    return context.json({ wanted: wantedWorkers(this.cluster), workers });
  }

  async credentials(context: Context): Promise<Response> {
    const [snapshot, metrics] = await Promise.all([this.cluster.storeSnapshot(), this.cluster.metrics()]);
    return context.json({ credentials: credentialRows(this.cluster.config, snapshot, mergeMetrics(metrics)) });
  }

  async sessions(context: Context): Promise<Response> {
    const { sessions } = await this.cluster.storeSnapshot();
    return context.json({ count: sessions.count, newest: sessions.newest.slice(0, MOST_SESSIONS) });
  }

  async usage(context: Context): Promise<Response> {
    const [usage, { clients }] = await Promise.all([this.cluster.usage(), this.cluster.storeSnapshot()]);
    return context.json({ usage: mergeUsage([usage]), clients: clientRows(this.cluster.config, clients) });
  }

  async attempts(context: Context): Promise<Response> {
    const attempts = [...(await this.cluster.attempts())].sort((a, b) => b.at - a.at);
    return context.json({ attempts: attempts.slice(0, MOST_ATTEMPTS) });
  }

  config(context: Context): Response {
    return context.json(configView(this.cluster.config));
  }

  async setPaused(context: Context, paused: boolean): Promise<Response> {
    const { upstream = '', credential = '' } = context.req.param();
    if (!this.isConfigured(upstream, credential))
      return refuse(context, 404, 'unknown_credential', 'No such credential is configured.');
    const key: CredentialKey = `${upstream}/${credential}`;
    await (paused ? this.cluster.pause(key) : this.cluster.resume(key));
    return context.json({ upstream, credential, paused });
  }

  restart(context: Context): Response {
    const result = this.cluster.rollingRestart();
    return context.json(result, result.started ? 202 : 409);
  }

  async reload(context: Context): Promise<Response> {
    const result = await this.cluster.reload();
    return context.json(result, result.ok ? 200 : 422);
  }

  async collectGarbage(context: Context): Promise<Response> {
    await this.cluster.collectGarbage();
    return context.json({ collected: true });
  }

  private isConfigured(upstream: string, credential: string): boolean {
    const found = this.cluster.config.upstreams.find(({ name }) => name === upstream);
    return found?.credentials.some(({ id }) => id === credential) ?? false;
  }
}
