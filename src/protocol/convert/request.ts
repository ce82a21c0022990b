/** A client's request in one dialect as an upstream's in another: text in, text out, so that a thread can do it as well. */
import { GatewayError } from '../../errors.js';
import { parseObject } from '../json-object.js';
import { hasMoreContainers } from '../json-scan.js';
import type { AnswerHints } from '../middle/answer.js';
import type { Dialect } from '../middle/dialect.js';

export interface ConvertedRequest {
  /** JSON. */
  readonly body: string;
  /** The client's fields that did not reach the upstream, by its own names. */
  readonly dropped: readonly string[];
  readonly hints: AnswerHints;
}

/** Objects and lists in a request that is converted. A long talk of agents has thousands. */
const MOST_CONTAINERS = 200_000;

/**
 * `body`: the client's, as text. `model`: what the upstream is asked for.
 * @throws GatewayError 400 that names the client's field which is wrong or cannot be expressed.
 */
export function convertRequest(from: Dialect, to: Dialect, body: string, model: string): ConvertedRequest {
  if (hasMoreContainers(body, MOST_CONTAINERS))
    throw new GatewayError('invalid_request', 'The request body has too many objects and lists to be converted.');
  const parsed = parseObject(body);
  if (!parsed) throw new GatewayError('invalid_json', 'The request body is not a valid JSON object.');
  const request = from.readRequest(parsed, model);
  const { body: written, dropped, hints } = to.writeRequest(request);
  return {
    body: JSON.stringify(written),
    dropped,
    hints: {
      ...hints,
      model: String(parsed.model),
      includeUsage: request.includeUsage ?? false,
      ...(from.echo && { echo: from.echo(parsed) }),
    },
  };
}
