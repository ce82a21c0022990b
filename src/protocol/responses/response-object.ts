/** The Response object as the API sends it, whole or inside its events (openai `resources/responses/responses.d.ts`). */
import type { Usage } from '../../usage.js';
import { echo } from './echo.js';
import { usageObject } from './usage.js';

export type OutputItem = Readonly<Record<string, unknown>>;

export interface ResponseParts {
  readonly id: string;
  /** Seconds since 1970. */
  readonly createdAt: number;
  readonly model: string;
  readonly status: 'in_progress' | 'completed' | 'incomplete' | 'failed';
  readonly error?: { readonly code: string; readonly message: string };
  readonly incompleteReason?: 'max_output_tokens' | 'content_filter';
  readonly output: readonly OutputItem[];
  /** Absent while it runs. */
  readonly usage?: Partial<Usage>;
  /** What `echo` made of the request; its defaults without it. */
  readonly echo?: Readonly<Record<string, unknown>>;
}

export function responseObject(parts: ResponseParts): Record<string, unknown> {
  return {
    id: parts.id,
    object: 'response',
    created_at: parts.createdAt,
    status: parts.status,
    error: parts.error ?? null,
    incomplete_details: parts.incompleteReason ? { reason: parts.incompleteReason } : null,
    model: parts.model,
    output: parts.output,
    usage: parts.usage ? usageObject(parts.usage) : null,
    ...(parts.echo ?? echo({})),
  };
}
