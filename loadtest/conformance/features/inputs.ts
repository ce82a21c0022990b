/** What a request carries: instructions, pictures, documents, limits, markers, names. */
import { fingerprint } from '../../mock/script/proof.js';
import { schemaHash } from '../../mock/script/seen.js';
import type { Cell } from '../cell.js';
import { equal, includes, NotApplicable, ok } from '../expect.js';
import { BOTH, type Feature, WHOLE } from '../feature.js';
import { mustBeNamed } from '../named.js';
import { ANSWER_SCHEMA, PDF, PDF_URL, PICTURE, PICTURE_URL, TOOLS } from '../samples.js';
import type { Media } from '../words.js';

/** How the mock names bytes. */
function hashOf({ base64 = '' }: Media): string {
  return fingerprint(Buffer.from(base64, 'base64'));
}

/** A client that speaks to a model of its own maker knows what it takes. */
function mustSample({ same, facts }: Cell): void {
  if (same && !facts.samples)
    throw new NotApplicable('the model takes no sampling settings, and the client’s bytes pass untouched');
}

export const INPUT_FEATURES: readonly Feature[] = [
  {
    id: 'system',
    title: 'instructions, several',
    modes: WHOLE,
    run: async (cell) => {
      const { system } = await cell.echo({ system: ['First rule.', 'Second rule.'] });
      const text = system.join('\n');
      includes(text, 'First rule.', 'instructions');
      includes(text, 'Second rule.', 'instructions');
    },
  },
  {
    id: 'images',
    title: 'pictures, inline and by URL',
    modes: WHOLE,
    run: async (cell) => {
      const { images } = await cell.echo({}, { images: [PICTURE, PICTURE_URL] });
      equal(
        images.map(({ hash, url }) => hash ?? url),
        [hashOf(PICTURE), PICTURE_URL.url],
        'pictures',
      );
      equal(images[0]?.mediaType, 'image/png', 'media type');
    },
  },
  {
    id: 'document',
    title: 'PDF, inline',
    modes: WHOLE,
    run: async (cell) => {
      const { documents } = await cell.echo({}, { documents: [PDF] });
      equal(
        documents.map(({ hash, mediaType }) => ({ hash, mediaType })),
        [{ hash: hashOf(PDF), mediaType: 'application/pdf' }],
        'documents',
      );
    },
  },
  {
    id: 'document-url',
    title: 'PDF by URL',
    modes: WHOLE,
    exceptions: [
      { client: 'chat', outcome: 'n/a', why: 'chat has no files by URL' },
      { upstream: 'chat', outcome: 'refused', names: /messages|input|content/, why: 'chat has no files by URL' },
    ],
    run: async (cell) => {
      equal(
        (await cell.echo({}, { documents: [PDF_URL] })).documents.map(({ url }) => url),
        [PDF_URL.url],
        'documents',
      );
    },
  },
  {
    id: 'json-schema',
    byFamily: true,
    title: 'JSON schema output',
    modes: BOTH,
    run: async (cell) => {
      const { text } = await cell.ask('[[json]]', { schema: ANSWER_SCHEMA });
      equal(JSON.parse(text), { city: 'Paris', temperature: 18 }, 'answer');
    },
  },
  {
    id: 'json-schema-sent',
    title: 'JSON schema as sent',
    modes: WHOLE,
    exceptions: [{ sdk: 'ai', outcome: 'n/a', why: 'the ai library parses the answer by the schema, an echo fits none' }],
    run: async (cell) => {
      const { format } = await cell.echo({ schema: ANSWER_SCHEMA });
      equal(
        format && { kind: format.kind, schemaHash: format.schemaHash },
        { kind: 'schema', schemaHash: schemaHash(ANSWER_SCHEMA) },
        'format',
      );
    },
  },
  {
    id: 'limits',
    byFamily: true,
    title: 'token limit, temperature, top_p',
    modes: WHOLE,
    run: async (cell) => {
      equal((await cell.echo({ maxTokens: 321 })).maxTokens, 321, 'limit');
      mustSample(cell);
      const { temperature } = await cell.echo({ temperature: 0.3 });
      if (temperature === undefined && !cell.facts.samples) mustBeNamed(cell.dropped, /temperature/);
      else equal(temperature, 0.3, 'temperature');
      const { topP } = await cell.echo({ topP: 0.5 });
      if (topP === undefined && !cell.facts.samples) mustBeNamed(cell.dropped, /top_p/);
      else equal(topP, 0.5, 'top_p');
    },
  },
  {
    id: 'hot',
    byFamily: true,
    title: 'temperature above what the upstream takes',
    modes: WHOLE,
    exceptions: [{ client: 'messages', outcome: 'n/a', why: 'Messages ends at 1' }],
    run: async (cell) => {
      mustSample(cell);
      const { temperature = 1 } = await cell.echo({ temperature: 1.7 });
      const taken = cell.upstream !== 'messages' && cell.facts.samples;
      equal(temperature, taken ? 1.7 : 1, 'temperature');
      if (!taken) mustBeNamed(cell.dropped, /temperature/);
    },
  },
  {
    id: 'cache',
    title: 'prompt cache markers',
    modes: WHOLE,
    run: async (cell) => {
      const { cacheMarks, cacheKey } = await cell.echo({ cache: true, system: ['Be brief.'], tools: TOOLS });
      const marks = cell.kind.protocol === 'messages';
      if (marks && cell.upstream === 'messages') ok(cacheMarks > 0, 'the markers did not arrive');
      else if (!marks && cell.upstream !== 'messages') equal(cacheKey, 'conformance', 'cache key');
      else mustBeNamed(cell.dropped, marks ? /cache_control/ : /prompt_cache_key/);
    },
  },
  {
    id: 'user',
    title: 'name of the end user',
    modes: WHOLE,
    run: async (cell) => equal((await cell.echo({ user: 'user-17' })).user, 'user-17', 'user'),
  },
  {
    id: 'metadata',
    title: 'metadata',
    modes: WHOLE,
    exceptions: [{ client: 'messages', outcome: 'n/a', why: 'Messages knows the user only' }],
    run: async (cell) => {
      const { metadata } = await cell.echo({ metadata: { team: 'blue' } });
      // OpenAI's chat takes it only of answers that it is to keep.
      if (metadata === undefined && !cell.same) mustBeNamed(cell.dropped, /metadata/);
      else equal(metadata, { team: 'blue' }, 'metadata');
    },
  },
  {
    id: 'tier',
    title: 'service tier',
    modes: WHOLE,
    exceptions: [{ sdk: 'ai', outcome: 'n/a', why: 'the ai library says it for models that it knows' }],
    run: async (cell) => {
      const { serviceTier } = await cell.echo({ serviceTier: 'priority' });
      const asked = cell.kind.protocol === 'messages' ? 'standard_only' : 'priority';
      if (cell.same || (cell.kind.protocol !== 'messages' && cell.upstream !== 'messages')) equal(serviceTier, asked, 'tier');
      else if (serviceTier === undefined) mustBeNamed(cell.dropped, /service_tier/);
    },
  },
];
