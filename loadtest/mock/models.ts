/** `GET /v1/models` in the words of the caller's API. */
import { SCRIPT_MODELS } from './script/family.js';

const MODELS = ['mock-model', 'mock-instant', 'mock-round', 'mock-paced-200x66', 'mock-size-1024', ...SCRIPT_MODELS];

export function modelList(forAnthropic: boolean): object {
  if (!forAnthropic)
    return { object: 'list', data: MODELS.map((id) => ({ id, object: 'model', created: 1700000000, owned_by: 'mock' })) };
  const data = MODELS.map((id) => ({ type: 'model', id, display_name: id, created_at: '2023-11-14T22:13:20Z' }));
  return { data, has_more: false, first_id: MODELS[0], last_id: MODELS.at(-1) };
}
