import type { GatewayConfig } from '../config.js';

/** Whether any credential has a cap. */
export function hasCaps({ upstreams }: GatewayConfig): boolean {
  return upstreams.some(({ credentials }) => credentials.some(({ concurrency }) => concurrency !== undefined));
}
