/** Another gateway, to run the same matrix through. */
import type { Target } from '../cell.js';

export interface Peer {
  readonly name: string;
  /** Installs it under `folder` if it is not there, from its own registry. @throws Error with the reason when it cannot. */
  install(folder: string): Promise<void>;
  /** Starts it before the mock. */
  start(folder: string, mockOrigin: string): Promise<RunningPeer>;
}

export interface RunningPeer {
  readonly target: Target;
  /** Name and version. */
  readonly version: string;
  stop(): Promise<void>;
}
