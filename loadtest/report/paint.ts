/** Colours of the terminal, or none. */
export interface Paint {
  good(text: string): string;
  bad(text: string): string;
  warn(text: string): string;
  quiet(text: string): string;
  strong(text: string): string;
}

const code = (number: string) => (text: string) => `\u001b[${number}m${text}\u001b[0m`;
const plain = (text: string): string => text;

/** `color` is false where nobody sees colours: `NO_COLOR`, `--no-color`, no terminal. */
export function paintFor(color: boolean): Paint {
  if (!color) return { good: plain, bad: plain, warn: plain, quiet: plain, strong: plain };
  return { good: code('32'), bad: code('31'), warn: code('33'), quiet: code('2'), strong: code('1') };
}

/** Text of unknown origin must not steer the terminal: no control characters but the line's end. */
export function tame(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, ' ');
}
