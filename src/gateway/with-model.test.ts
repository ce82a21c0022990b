import fc from 'fast-check';
import { test } from 'tap';
import { readRoutingFields } from '../protocol/openai/routing-fields.js';
import { withModel } from './with-model.js';

const rename = (body: Buffer, model: string) => withModel(body, readRoutingFields(body.toString('latin1')), model);

test('the same name, or no fields, leaves the very same bytes', async (t) => {
  const body = Buffer.from('{"model":"a"}');
  t.equal(rename(body, 'a'), body);
  t.equal(withModel(body, undefined, 'b'), body);
});

test('only the name’s own bytes change, however oddly the rest is written', async (t) => {
  const body = Buffer.from('{ "x":1.0e+2,"user":"\\u0061鍵",\n"model" :\t"модель" ,"x":[ ] }');
  t.equal(rename(body, 'gpt "4"\n').toString(), '{ "x":1.0e+2,"user":"\\u0061鍵",\n"model" :\t"gpt \\"4\\"\\n" ,"x":[ ] }');
});

test('every other byte is kept, and the new name is read back', async () => {
  const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
  // Any text may stand beside: whole characters of several bytes, escapes, nested models.
  const beside = fc.dictionary(fc.constantFrom('a', 'temperature', 'schlüssel'), fc.jsonValue(), { maxKeys: 3 });
  fc.assert(
    fc.property(beside, beside, name, name, (before, after, model, wanted) => {
      const left = `{"before":${JSON.stringify(before)}, "model" : `;
      const right = ` ,"after":${JSON.stringify(after)}}`;
      const renamed = rename(Buffer.from(left + JSON.stringify(model) + right), wanted);
      const middle = renamed.subarray(Buffer.byteLength(left), renamed.length - Buffer.byteLength(right));
      return (
        renamed.subarray(0, Buffer.byteLength(left)).equals(Buffer.from(left)) &&
        renamed.subarray(renamed.length - Buffer.byteLength(right)).equals(Buffer.from(right)) &&
        JSON.parse(middle.toString()) === wanted
      );
    }),
  );
});
