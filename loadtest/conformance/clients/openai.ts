/** What both APIs of the `openai` library share. */
import OpenAI from 'openai';
import type { Reach } from './client.js';

export type { OpenAI };

const TIMEOUT_MS = 20_000;

export function openAi({ origin, key, fetch }: Reach): OpenAI {
  return new OpenAI({ baseURL: `${origin}/v1`, apiKey: key, maxRetries: 0, timeout: TIMEOUT_MS, fetch });
}

export async function listWith(client: OpenAI): Promise<string[]> {
  const ids: string[] = [];
  for await (const model of client.models.list()) {
    if (model.object !== 'model') throw new Error(`a model whose object is ${model.object}`);
    ids.push(model.id);
  }
  return ids;
}

/** The library asks for base64 and decodes it unless a format is named. */
export async function embedWith(client: OpenAI, model: string, input: string[], format: 'float' | 'base64'): Promise<number[][]> {
  const { data } = await client.embeddings.create({ model, input, ...(format === 'float' ? { encoding_format: 'float' } : {}) });
  return data.map(({ embedding }) => embedding);
}
