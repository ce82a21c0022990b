/** The models behind the upstreams: what one generation takes, another refuses, and a gateway must know which is which. */
import type { Protocol } from './words.js';

/** What the features must know of one model. */
export interface ModelFacts {
  /** Its name at the provider. */
  readonly model: string;
  /** Whether it thinks when asked, and shows it. */
  readonly thinks: boolean;
  readonly shows: boolean;
  /** Temperature and top_p are taken while it does not think; else they are refused. */
  readonly samples: boolean;
  /** Messages: thinking is asked for as `adaptive` and not by a budget. */
  readonly adaptive?: boolean;
}

export interface Family {
  readonly id: string;
  readonly title: string;
  readonly models: Readonly<Record<Protocol, ModelFacts>>;
  /** All features, or those alone for which the family matters. */
  readonly whole: boolean;
}

const COMPATIBLE: ModelFacts = { model: 'mock-script', thinks: true, shows: true, samples: true };

export const FAMILIES: readonly Family[] = [
  {
    id: 'compatible',
    title: 'a compatible server, which takes every field of its API',
    models: { chat: COMPATIBLE, responses: COMPATIBLE, messages: COMPATIBLE },
    whole: true,
  },
  {
    id: 'today',
    title: 'models as of today: gpt-5.1 in chat and Responses, claude-opus-4-8',
    models: {
      chat: { model: 'gpt-5.1-mock-script', thinks: true, shows: false, samples: true },
      responses: { model: 'gpt-5.1-mock-script', thinks: true, shows: true, samples: true },
      messages: { model: 'claude-opus-4-8-mock-script', thinks: true, shows: true, samples: false, adaptive: true },
    },
    whole: false,
  },
  {
    id: 'earlier',
    title: 'models of before: gpt-4.1 in chat, o4-mini in Responses, claude-sonnet-4-5',
    models: {
      chat: { model: 'gpt-4.1-mock-script', thinks: false, shows: false, samples: true },
      responses: { model: 'o4-mini-mock-script', thinks: true, shows: true, samples: false },
      messages: { model: 'claude-sonnet-4-5-mock-script', thinks: true, shows: true, samples: true },
    },
    whole: false,
  },
];

/** What the gateway calls it. */
export function aliasOf(family: Family, upstream: Protocol): string {
  return family.whole ? `to-${upstream}` : `to-${upstream}-${family.id}`;
}
