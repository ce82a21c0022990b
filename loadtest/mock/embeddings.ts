import { createHash } from 'node:crypto';

const DEFAULT_DIMENSIONS = 1536;
const MOST_DIMENSIONS = 3072;
const MOST_INPUTS = 2048;

interface EmbeddingRequest {
  model?: unknown;
  input?: unknown;
  dimensions?: unknown;
  encoding_format?: unknown;
}

/** The body of `/v1/embeddings`: the same vector for the same text, of length one. Undefined when the request names no input. */
export function embeddingsBody(request: EmbeddingRequest): string | undefined {
  const inputs = listInputs(request.input);
  if (inputs === undefined) return undefined;
  const dimensions = Math.min(MOST_DIMENSIONS, Math.max(1, Number(request.dimensions) || DEFAULT_DIMENSIONS));
  const encode = request.encoding_format === 'base64' ? asBase64 : (vector: Float32Array) => Array.from(vector);
  const data = inputs.map((input, index) => ({ object: 'embedding', index, embedding: encode(vectorOf(input, dimensions)) }));
  const tokens = inputs.reduce((sum, input) => sum + Math.ceil(input.length / 4), 0);
  return JSON.stringify({ object: 'list', data, model: request.model, usage: { prompt_tokens: tokens, total_tokens: tokens } });
}

/** A text, a list of texts, a list of tokens or a list of such lists; at most 2048. */
function listInputs(input: unknown): string[] | undefined {
  if (typeof input === 'string') return [input];
  if (!Array.isArray(input) || input.length === 0 || input.length > MOST_INPUTS) return undefined;
  if (typeof input[0] === 'number') return [JSON.stringify(input)];
  return input.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
}

function vectorOf(text: string, dimensions: number): Float32Array {
  let state = createHash('sha256').update(text).digest().readUInt32LE(0) || 1;
  const vector = new Float32Array(dimensions);
  for (let index = 0; index < dimensions; index++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    vector[index] = (state >>> 0) / 0xffffffff - 0.5;
  }
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

function asBase64(vector: Float32Array): string {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64');
}
