/** What a caller is told whose request nobody could be asked to serve. */
import type { NoCredential } from '../credential/types.js';
import { GatewayError } from '../errors.js';
import { credentialsRefused } from './failure.js';

export function nobodyFree({ reason, rest, retryAfter }: NoCredential): GatewayError {
  if (reason === 'busy')
    return new GatewayError('overloaded', 'Every credential for this model is at its cap of requests.', { retryAfter });
  if (rest === 'refused') return credentialsRefused();
  if (rest === 'rate-limited')
    return new GatewayError('rate_limit_exceeded', 'Every credential for this model is rate limited.', { retryAfter });
  return new GatewayError('no_credential_available', 'No credential for this model is available.', { retryAfter });
}
