/** What the mock says, whatever the API: plain ASCII that needs no escaping. */

const HELLO = 'Hello from the mock model. These words arrive one by one, as those of an answer would.';
const WORDS = [
  'The ',
  'tide ',
  'comes ',
  'in ',
  'twice ',
  'a ',
  'day, ',
  'and ',
  'each ',
  'gate ',
  'opens ',
  'when ',
  'its ',
  'turn ',
  'has ',
  'come. ',
];

/** The default answer, a word or so to the piece. */
export const HELLO_PIECES: readonly string[] = HELLO.split(/(?<= )/);

/** The n-th piece of an answer of any length. */
export function wordAt(index: number): string {
  return WORDS[index % WORDS.length] as string;
}
