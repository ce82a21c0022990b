/** Where an event says which one of its stream it is and when it was written. Pure, on bytes: read of every event of a stamped run. */

/**
 * `member`: the mock's own member in each event (`+stamps`, `mock-round`), gone when a gateway converts ·
 * `text`: at the head of each piece of text (`+marks`), there in any API.
 */
export type StampForm = 'member' | 'text';

/** One stamp; `end` is where the search for the next one of the event begins. */
export interface Stamp {
  sequence: number;
  /** The writer's monotonic clock, nanoseconds: exact to 2 ns after 100 days without a reboot. */
  ns: number;
  end: number;
}

const MEMBER = Buffer.from('"mock":{"seq":');
const BEFORE_NS = Buffer.from(',"ns":"');
const TILDE = 0x7e;
const AT = 0x40;

/** What form the stamps of a model have; undefined for a model without. */
export function stampFormOf(model: string): StampForm | undefined {
  if (model.includes('+marks')) return 'text';
  return model.includes('+stamps') || model.startsWith('mock-round') ? 'member' : undefined;
}

/** The first stamp at or behind `from`; undefined when there is none. */
export function findStamp(event: Buffer, from: number, form: StampForm): Stamp | undefined {
  return form === 'member' ? findMember(event, from) : findMark(event, from);
}

/** `"mock":{"seq":12,"ns":"84211003377"` */
function findMember(event: Buffer, from: number): Stamp | undefined {
  const at = event.indexOf(MEMBER, from);
  if (at === -1) return undefined;
  const digits = at + MEMBER.length;
  const comma = endOfDigits(event, digits);
  if (comma === digits || event.compare(BEFORE_NS, 0, BEFORE_NS.length, comma, comma + BEFORE_NS.length) !== 0) return undefined;
  const time = comma + BEFORE_NS.length;
  const end = endOfDigits(event, time);
  return { sequence: numberAt(event, digits, comma), ns: numberAt(event, time, end), end };
}

/** `~12@84211003377~`; a tilde that means nothing else is passed over. */
function findMark(event: Buffer, from: number): Stamp | undefined {
  for (let at = event.indexOf(TILDE, from); at !== -1; at = event.indexOf(TILDE, at + 1)) {
    const sign = endOfDigits(event, at + 1);
    if (sign === at + 1 || event[sign] !== AT) continue;
    const end = endOfDigits(event, sign + 1);
    if (end === sign + 1 || event[end] !== TILDE) continue;
    return { sequence: numberAt(event, at + 1, sign), ns: numberAt(event, sign + 1, end), end: end + 1 };
  }
  return undefined;
}

function endOfDigits(bytes: Buffer, from: number): number {
  let at = from;
  while (((bytes[at] ?? 0) ^ 0x30) <= 9) at++;
  return at;
}

function numberAt(bytes: Buffer, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) value = value * 10 + ((bytes[at] as number) ^ 0x30);
  return value;
}
