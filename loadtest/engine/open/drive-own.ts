import type { Drive, DrivePlan } from '../drive-plan.js';
import type { Recorder } from '../recorder.js';
import type { ChannelPlan } from './channel.js';
import { ClosedModel } from './closed-model.js';
import { OpenModel } from './open-model.js';

/**
 * The own engine: bare sockets behind the same recorder as autocannon's, for what that does not do (arrivals that do not wait,
 * stages, iterations, any number of users, GET).
 */
export function driveOwn(plan: DrivePlan, recorder: Recorder): Drive {
  const { request, stamps, url, timeoutMs } = plan;
  const { origin } = new URL(url);
  const form = { streamed: (request?.stream ?? true) && request?.dialect !== 'get', stamps };
  const channelPlan: ChannelPlan = { origin, form, timeoutMs };
  return plan.shape?.arrivals ? new OpenModel(plan, channelPlan, recorder) : new ClosedModel(plan, channelPlan, recorder);
}
