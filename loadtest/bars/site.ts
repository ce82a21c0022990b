import { resolve } from 'node:path';
import { buildGoGateway } from '../engine/targets/go-build.js';
import type { Program } from '../engine/targets/program.js';
import { type RunningTarget, startMock, startTarget, TARGET_KINDS, type TargetKind } from '../engine/targets/target.js';
import { type Certificate, makeCertificate } from './certificate.js';
import { Client } from './client.js';
import type { JobTarget } from './client-messages.js';
import type { Pace } from './figure.js';
import { copyNode } from './node-copy.js';

/** A target by name: its kind, and after an `@` the folder of another build than this one. */
export type TargetName = string;

/** What is in place while something is measured. */
export interface Scene {
  mock: Program;
  target: RunningTarget;
  /** A client process that has done nothing yet; more by `newClient`. */
  client: Client;
  newClient(): Client;
  /** Where requests of a model go through the target, and past it. */
  through(model: string): JobTarget;
  direct(model: string): JobTarget;
}

export interface SceneWish {
  /** The mock behind TLS. */
  tls?: boolean;
  workers?: number;
  /** The gateway on a Node file that no other process runs, so that its memory is all its own. */
  ownNode?: boolean;
  /** Requests at a time that the mock takes. */
  room?: number;
}

/** How the command was set up. */
export interface SiteSettings {
  /** Folder of the built programs. */
  home: string;
  /** The command's own file, to fork clients from. */
  entry: string;
  /** The Node that runs the gateway. */
  nodePath: string;
  workers: number;
  pace: Pace;
  say(line: string): void;
}

/** Credentials of the published second round. */
export const CREDENTIALS = 500;
const ROOM = 12_000;

/** Starts what a row needs, fresh for each measurement, and stops it whatever happens. */
export class Site {
  readonly settings: SiteSettings;
  readonly problems: string[] = [];
  #goMissing: Promise<string | undefined> | undefined;
  #certificate: Promise<Certificate> | undefined;
  #nodeCopy: Promise<string> | undefined;

  constructor(settings: SiteSettings) {
    this.settings = settings;
  }

  get pace(): Pace {
    return this.settings.pace;
  }

  /** Of the wished targets those that can be started here; why others cannot is noted once. */
  async available(names: readonly TargetName[]): Promise<TargetName[]> {
    if (!names.includes('go')) return [...names];
    this.#goMissing ??= buildGoGateway(this.settings.home).then(
      () => undefined,
      (error: Error) => {
        this.problems.push(`no Go column: ${error.message}`);
        return error.message;
      },
    );
    return (await this.#goMissing) === undefined ? [...names] : names.filter((name) => name !== 'go');
  }

  /** Only the target, before a mock that runs; the caller stops it. */
  startTarget(
    name: TargetName,
    wish: { mockUrl: string; caFile?: string; workers?: number; nodePath?: string },
  ): Promise<RunningTarget> {
    const { nodePath, workers } = this.settings;
    const { kind, home } = parseTarget(name, this.settings.home);
    return startTarget(kind, { workers, nodePath, ...wish, home, credentials: CREDENTIALS });
  }

  /** Mock, target and client for one measurement. */
  async with<Result>(name: TargetName, wish: SceneWish, measure: (scene: Scene) => Promise<Result>): Promise<Result> {
    const clients: Client[] = [];
    const stops: (() => Promise<void>)[] = [];
    try {
      const scene = await this.#raise(name, wish, stops, clients);
      return await measure(scene);
    } finally {
      for (const client of clients) client.stop();
      for (const stop of stops.reverse()) await stop();
    }
  }

  async close(): Promise<void> {
    await (await this.#certificate)?.remove();
  }

  async #raise(name: TargetName, wish: SceneWish, stops: (() => Promise<void>)[], clients: Client[]): Promise<Scene> {
    const { home, entry, nodePath, workers } = this.settings;
    if (wish.tls) this.#certificate ??= makeCertificate();
    const certificate = wish.tls ? await this.#certificate : undefined;
    const args = certificate ? ['--tls-cert', certificate.certFile, '--tls-key', certificate.keyFile] : [];
    const mock = await startMock({ home, maxConcurrent: wish.room ?? ROOM, args });
    stops.push(() => mock.stop());
    if (wish.ownNode) this.#nodeCopy ??= copyNode(nodePath);
    const target = await this.startTarget(name, {
      ...{ mockUrl: mock.origin, caFile: certificate?.certFile, workers: wish.workers ?? workers },
      nodePath: wish.ownNode ? await this.#nodeCopy : nodePath,
    });
    stops.push(() => target.stop());
    const newClient = (): Client => {
      const client = new Client(entry);
      clients.push(client);
      return client;
    };
    const [key = ''] = target.keys;
    return {
      ...{ mock, target, newClient, client: newClient() },
      through: (model) => ({ origin: target.url, key, model }),
      direct: (model) => ({ origin: mock.origin, key: 'sk-load-1', model }),
    };
  }
}

/** `cluster` or `cluster@other-dist` → kind and folder of the build. */
export function parseTarget(name: TargetName, home: string): { kind: TargetKind; home: string } {
  const [kind = '', other] = name.split('@', 2);
  if (!(TARGET_KINDS as readonly string[]).includes(kind))
    throw new Error(`no target '${name}': ${TARGET_KINDS.join(', ')}, or one of them with @folder of another build`);
  return { kind: kind as TargetKind, home: other ? resolve(other) : home };
}
