/** Instructions, wherever they stood, as the top-level `system` in their order (edge case 12). */
import type { WritingState } from './writing-state.js';

export function writeSystem({ request, marks }: WritingState): { system?: unknown[] } {
  if (request.system.length === 0) return {};
  return { system: request.system.map((part) => marks.put({ type: 'text', text: part.text }, part)) };
}
