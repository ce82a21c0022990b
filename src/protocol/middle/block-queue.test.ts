import fc from 'fast-check';
import { test } from 'tap';
import type { AnswerSink } from './answer.js';
import { BlockQueue } from './block-queue.js';

/** Writes down what it is told. */
class Told implements AnswerSink {
  readonly log: string[] = [];
  begin(): void {}
  open(block: { kind: string; name?: string }): void {
    this.log.push(`open ${block.name ?? block.kind}`);
  }
  text(piece: string): void {
    this.log.push(piece);
  }
  signature(proof: string): void {
    this.log.push(`signed ${proof}`);
  }
  close(): void {
    this.log.push('close');
  }
  usage(): void {}
  end(): void {}
  fail(): void {}
}

function queue() {
  const told = new Told();
  return { told, blocks: new BlockQueue(told) };
}

const tool = (name: string) => ({ kind: 'tool-call', id: `id ${name}`, name }) as const;

test('the first block passes through piece by piece', async (t) => {
  const { told, blocks } = queue();
  blocks.open('a', { kind: 'text' });
  blocks.text('a', 'one');
  t.strictSame(told.log, ['open text', 'one'], 'at once');
  blocks.text('a', 'two');
  blocks.close('a');
  t.strictSame(told.log, ['open text', 'one', 'two', 'close']);
});

test('edge case 33: the others wait until those before them are closed, and follow whole and in order', async (t) => {
  const { told, blocks } = queue();
  for (const name of ['a', 'b', 'c']) blocks.open(name, tool(name));
  blocks.text('c', 'c1');
  blocks.text('b', 'b1');
  blocks.text('a', 'a1');
  blocks.text('b', 'b2');
  blocks.close('c');
  t.strictSame(told.log, ['open a', 'a1']);
  blocks.close('a');
  t.strictSame(told.log.slice(2), ['close', 'open b', 'b1b2']);
  blocks.text('b', 'b3');
  blocks.close('b');
  t.strictSame(told.log.slice(5), ['b3', 'close', 'open c', 'c1', 'close']);
});

test('edge case 33: a place is kept before it is known what stands there, and text that comes early is not lost', async (t) => {
  const { told, blocks } = queue();
  blocks.reserve('a');
  blocks.text('a', 'early');
  blocks.open('b', tool('b'));
  t.strictSame(told.log, []);
  blocks.open('a', tool('a'));
  blocks.text('a', ' late');
  t.strictSame(told.log, ['open a', 'early', ' late']);
});

test('edge case 33: a second head of the same block is ignored', async (t) => {
  const { told, blocks } = queue();
  blocks.open('a', tool('a'));
  blocks.open('a', tool('other'));
  blocks.text('a', 'x');
  blocks.closeAll();
  blocks.open('a', tool('again'));
  t.strictSame(told.log, ['open a', 'x', 'close']);
});

test('a block that never got a head is left out, and holds up nobody', async (t) => {
  const { told, blocks } = queue();
  blocks.reserve('a');
  blocks.text('a', 'lost');
  blocks.open('b', { kind: 'text' });
  blocks.text('b', 'kept');
  blocks.closeAll();
  t.strictSame(told.log, ['open text', 'kept', 'close']);
});

test('a proof is told within its block, whether it waited or not', async (t) => {
  const { told, blocks } = queue();
  for (const key of ['a', 'b']) {
    blocks.open(key, { kind: 'thinking', maker: 'chat' });
    blocks.text(key, key);
    blocks.signature(key, `of ${key}`);
  }
  blocks.closeAll();
  t.strictSame(told.log, ['open thinking', 'a', 'signed of a', 'close', 'open thinking', 'b', 'signed of b', 'close']);
});

test('empty text, text of a closed or unknown block is no text', async (t) => {
  const { told, blocks } = queue();
  blocks.open('a', { kind: 'text' });
  blocks.text('a', '');
  blocks.close('a');
  blocks.text('a', 'late');
  blocks.text('z', 'unknown');
  blocks.close('z');
  t.strictSame(told.log, ['open text', 'close']);
});

test('what waits is bounded; what passes through and what has been told is not counted', async (t) => {
  const piece = 'x'.repeat(1024 * 1024);
  const { blocks } = queue();
  blocks.open('a', { kind: 'text' });
  for (let count = 0; count < 40; count += 1) blocks.text('a', piece);
  blocks.open('b', { kind: 'text' });
  for (let count = 0; count < 16; count += 1) blocks.text('b', piece);
  t.throws(() => blocks.text('b', 'x'), { code: 'upstream_error' });
  const other = queue();
  for (let block = 0; block < 4; block += 1) {
    other.blocks.reserve(`nobody ${block}`);
    for (let count = 0; count < 10; count += 1) other.blocks.text(`nobody ${block}`, piece);
    other.blocks.closeAll();
  }
  t.pass('blocks that were left out make room again');
});

test('whatever the interleaving, each block is told once, whole, unmixed and in the order of its first mention', async () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.string({ minLength: 1 }))), (pieces) => {
      const { told, blocks } = queue();
      const wanted = new Map<number, string>();
      for (const [block, piece] of pieces) {
        blocks.open(String(block), tool(`t${block}`));
        blocks.text(String(block), `|${piece}`);
        wanted.set(block, `${wanted.get(block) ?? ''}|${piece}`);
      }
      blocks.closeAll();
      const expected = [...wanted].map(([block, all]) => `open t${block}${all}close`).join('');
      return told.log.join('') === expected;
    }),
  );
});
