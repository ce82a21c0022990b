import { test } from 'tap';
import { FAMILIES } from './families.js';
import { type Feature, WHOLE } from './feature.js';
import { CLIENTS } from './kinds.js';
import { conformancePage } from './page.js';
import { renderText, rowsOf, type Shape } from './table.js';
import { type CellResult, PROTOCOLS } from './words.js';

const FEATURE: Feature = { id: 'x', title: 'a feature', modes: WHOLE, run: async () => {} };
const [FIRST] = FAMILIES as [(typeof FAMILIES)[number]];
const SHAPE: Shape = { features: [FEATURE], families: [FIRST], clients: CLIENTS.slice(0, 1), upstreams: PROTOCOLS };
const cell = (upstream: CellResult['upstream'], outcome: CellResult['outcome'], note = ''): CellResult => ({
  ...{ feature: 'x', family: FIRST.id, client: 'openai chat', upstream, outcome, note },
});
const RESULTS = [cell('messages', 'fail', 'text: 1, not 2'), cell('chat', 'pass'), cell('responses', 'refused', 'no stop')];

test('a square has a sign for each upstream in the order chat, responses, messages', async (t) => {
  t.same(rowsOf(RESULTS, SHAPE, FIRST), [['a feature', '✓R✗']]);
  t.same(rowsOf(RESULTS.slice(0, 1), SHAPE, FIRST), [['a feature', '  ✗']]);
});

test('the report says first what is asked and what was found, and every failure in words', async (t) => {
  const text = renderText(RESULTS, SHAPE);
  t.match(text, /^Asked: no cell fails\. Found: 1 pass, 1 refused as designed, 1 fail/);
  t.match(text, /x \(compatible\) · openai chat → messages: text: 1, not 2$/);
});

test('the page has the table, the reasons and the failures', async (t) => {
  const page = conformancePage(RESULTS, SHAPE, [], { node: '20', libraries: { openai: '6' } });
  t.match(page, '| a feature | ✓R✗ |');
  t.match(page, '- a feature: refused: no stop.');
  t.match(page, '- x (compatible), openai chat → messages: text: 1, not 2');
});
