/** A JSON array of objects → its elements with the line on which each begins. Pure. */

export interface JsonRecord {
  line: number;
  value: unknown;
}

/** Throws SyntaxError with the parser's words, or when the text is no array. */
export function parseJsonRecords(text: string): JsonRecord[] {
  const parsed: unknown = JSON.parse(text);
  if (!Array.isArray(parsed)) throw new SyntaxError('an array of users is wanted: [{"key": "…"}, …]');
  const lines = linesOfElements(text);
  return parsed.map((value, index) => ({ line: lines[index] ?? 1, value }));
}

/** The line on which text stops being JSON: the first one that makes the lines up to it wrong, and not only unfinished. */
export function lineOfFault(text: string): number {
  const lines = text.split('\n');
  let [fine, wrong] = [0, lines.length];
  while (wrong - fine > 1) {
    const middle = Math.floor((fine + wrong) / 2);
    if (isUnfinished(lines.slice(0, middle).join('\n'))) fine = middle;
    else wrong = middle;
  }
  return wrong;
}

/** The parser names no place in its faults but where it stopped for the end of the text. */
function isUnfinished(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    const { message } = error as Error;
    const position = /position (\d+)/.exec(message)?.[1];
    return message.includes('end of JSON input') || (position !== undefined && Number(position) >= text.length);
  }
}

/** Strings as a whole, brackets, commas and line ends: all that says where an element begins. The text is valid JSON. */
const WORDS = /"(?:[^"\\]|\\.)*"|[[\]{},\n]|[^\s"[\]{},]+/g;

function linesOfElements(text: string): number[] {
  const lines: number[] = [];
  let depth = 0;
  let line = 1;
  let isAwaited = false;
  for (const [word] of text.matchAll(WORDS)) {
    if (word === '\n') line++;
    else {
      if (isAwaited && depth === 1 && word !== ']') lines.push(line);
      isAwaited = word === ',' || (depth === 0 && word === '[');
      if (word === '[' || word === '{') depth++;
      else if (word === ']' || word === '}') depth--;
    }
  }
  return lines;
}
