/**
 * What the file says, read leniently: faults in one corner must not hide those in another, so the checks across
 * options run even where the schema found fault. A value of a wrong kind is simply absent here.
 */
import { pathTo } from './fault.js';

export interface Draft {
  readonly server: Fields;
  readonly admin: Fields;
  readonly store: Fields;
  readonly clients: readonly Entry[];
  readonly upstreams: readonly Entry[];
  readonly models: readonly Entry[];
}

export type Fields = Readonly<Record<string, unknown>>;

/** One entry of a list, with its path in the file. */
export interface Entry {
  readonly path: string;
  readonly fields: Fields;
}

/** The lists and maps of a tree, empty where they are missing or of another kind. */
export function draftOf(tree: unknown): Draft {
  const root = fieldsOf(tree);
  return {
    server: fieldsOf(root.server),
    admin: fieldsOf(root.admin),
    store: fieldsOf(root.store),
    clients: entriesOf(root.clients, 'clients'),
    upstreams: entriesOf(root.upstreams, 'upstreams'),
    models: entriesOf(root.models, 'models'),
  };
}

/** A map's fields; empty for anything else. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/** A list's entries; empty for anything else. */
export function entriesOf(value: unknown, path: string): readonly Entry[] {
  if (!Array.isArray(value)) return [];
  return value.map((item: unknown, index) => ({ path: pathTo(path, index), fields: fieldsOf(item) }));
}

/** A text field; undefined for anything else. */
export function textOf(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  return typeof value === 'string' ? value : undefined;
}
