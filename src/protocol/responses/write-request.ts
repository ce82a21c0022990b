/** The middle form as a Responses request that leaves nothing behind at the upstream. */
import type { WrittenRequest } from '../middle/dialect.js';
import { Losses } from '../middle/losses.js';
import type { MiddleRequest, TextPart } from '../middle/request.js';
import { FittedNames } from '../middle/tool-names.js';
import { traitsOf } from '../openai/model-traits.js';
import { writeInput } from './write-input.js';
import { writeSettings } from './write-settings.js';
import { writeTools } from './write-tools.js';

/** @throws GatewayError 400 `unsupported_value` naming the client's field that Responses cannot express. */
export function writeRequest(request: MiddleRequest): WrittenRequest {
  const losses = new Losses(request);
  const names = new FittedNames();
  const traits = traitsOf(request.model);
  const tools = writeTools(request, names, losses);
  const settings = writeSettings(request, traits, losses);
  const instructions = writeInstructions(request.system, losses);
  const body = {
    model: request.model,
    ...(instructions && { instructions }),
    input: writeInput(request, names, losses),
    ...tools,
    ...settings,
    ...(request.stream && { stream: true }),
    // What the model thought comes back encrypted and is sent again with the next turn: no other way without storing.
    store: false,
    ...((traits.reasons || (!traits.openai && settings.reasoning !== undefined)) && { include: ['reasoning.encrypted_content'] }),
  };
  return { body, dropped: losses.names, ...(names.given && { hints: { toolNames: names.given } }) };
}

/** One string for all of them, in order (edge case 12). */
function writeInstructions(system: readonly TextPart[], losses: Losses): string {
  for (const { cache, at } of system) if (cache) losses.drop(`${at}.cache_control`);
  return system.map(({ text }) => text).join('\n\n');
}
