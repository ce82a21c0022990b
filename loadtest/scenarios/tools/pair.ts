/** A gateway and the mock behind it, and both as places to ask: the mock asked past the gateway is the control. */
import type { Program } from '../../engine/targets/program.js';
import { CLIENT_KEY, type RunningTarget, type TargetSettings } from '../../engine/targets/target.js';
import type { Stage } from '../scenario.js';
import type { Place } from './requests.js';

export interface Pair {
  readonly mock: Program;
  readonly gateway: RunningTarget;
  readonly places: { readonly direct: Place; readonly gateway: Place };
}

export interface PairWish {
  /** Upstream credentials, where `config` does not say. Default 20. */
  readonly credentials?: number;
  readonly mockArgs?: readonly string[];
  /** Sections of the gateway's config, from the mock's origin. */
  config?(mockUrl: string): Readonly<Record<string, unknown>>;
  readonly target?: Partial<TargetSettings>;
}

/** Requests at a time that the mock takes: more than any scenario of this kind sends. */
const ROOM = 12_000;
/** Asked past the gateway with one of the keys that it would use. */
const DIRECT_KEY = 'sk-load-1';

export async function startPair(stage: Stage, { credentials = 20, mockArgs, config, target }: PairWish = {}): Promise<Pair> {
  const mock = await stage.startMock({ maxConcurrent: ROOM, args: mockArgs });
  const sections = config && { config: config(mock.origin) };
  const gateway = await stage.startTarget('cluster', { mockUrl: mock.origin, credentials, ...sections, ...target });
  return { mock, gateway, places: placesOf(mock, gateway) };
}

function placesOf(mock: Program, gateway: RunningTarget): Pair['places'] {
  return {
    direct: { origin: mock.origin, key: DIRECT_KEY },
    gateway: { origin: gateway.url, key: gateway.keys[0] ?? CLIENT_KEY },
  };
}
