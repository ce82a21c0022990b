/** Heap snapshots → what the memory is made of, and what grew between two. Pure. */

/** As V8 writes it, as far as it is read. */
export interface HeapSnapshot {
  snapshot: { meta: { node_fields: string[]; node_types: [string[], ...unknown[]] } };
  nodes: number[];
  strings: string[];
}

export interface HeapClass {
  /** A constructor's name, or what V8 calls the kind of thing: `(string)`, `(code)`. */
  name: string;
  count: number;
  /** Without what they refer to, bytes. */
  bytes: number;
}

/** Kinds whose things have names of their own that mean something. */
const NAMED: ReadonlySet<string> = new Set(['object', 'native', 'closure']);

export function heapClasses({ snapshot, nodes, strings }: HeapSnapshot): Map<string, HeapClass> {
  const { node_fields: fields, node_types: types } = snapshot.meta;
  const [type, name, size] = ['type', 'name', 'self_size'].map((field) => fields.indexOf(field)) as [number, number, number];
  const classes = new Map<string, HeapClass>();
  for (let at = 0; at < nodes.length; at += fields.length) {
    const kind = types[0][nodes[at + type] ?? 0] ?? '';
    const called = NAMED.has(kind) ? (strings[nodes[at + name] ?? 0] ?? '') : `(${kind})`;
    const one = classes.get(called) ?? { name: called, count: 0, bytes: 0 };
    one.count++;
    one.bytes += nodes[at + size] ?? 0;
    classes.set(called, one);
  }
  return classes;
}

/** What there is more of in the later one, most bytes first. */
export function grown(before: ReadonlyMap<string, HeapClass>, after: ReadonlyMap<string, HeapClass>): HeapClass[] {
  return [...after.values()]
    .map(({ name, count, bytes }) => {
      const earlier = before.get(name);
      return { name, count: count - (earlier?.count ?? 0), bytes: bytes - (earlier?.bytes ?? 0) };
    })
    .filter(({ bytes }) => bytes > 0)
    .sort((a, b) => b.bytes - a.bytes);
}
