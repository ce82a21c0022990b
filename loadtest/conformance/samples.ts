/** What requests of the matrix are made of. */
import type { Media, ToolSpec } from './words.js';

const CITY = {
  type: 'object',
  properties: { city: { type: 'string', description: 'A city' } },
  required: ['city'],
  additionalProperties: false,
};

export const WEATHER: ToolSpec = { name: 'get_weather', description: 'The weather of a city', schema: CITY };
export const POPULATION: ToolSpec = { name: 'get_population', description: 'How many live in a city', schema: CITY };
export const CLOCK: ToolSpec = {
  name: 'get_time',
  description: 'The time',
  schema: { type: 'object', properties: {}, additionalProperties: false },
};
export const PATCH: ToolSpec = { name: 'apply_patch', description: 'Changes files', schema: {}, custom: true };
export const TOOLS: readonly ToolSpec[] = [WEATHER, POPULATION, CLOCK];

export const ANSWER_SCHEMA = {
  type: 'object',
  properties: { city: { type: 'string' }, temperature: { type: 'number' } },
  required: ['city', 'temperature'],
  additionalProperties: false,
};

/** One red pixel. */
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==';
export const PICTURE: Media = { base64: PNG, mediaType: 'image/png' };
export const PICTURE_URL: Media = { url: 'https://example.com/picture.png', mediaType: 'image/png' };

const PDF_TEXT =
  '%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n';
export const PDF: Media = { base64: Buffer.from(PDF_TEXT).toString('base64'), mediaType: 'application/pdf', name: 'report.pdf' };
export const PDF_URL: Media = { url: 'https://example.com/report.pdf', mediaType: 'application/pdf' };
