/** `${NAME}` and `${NAME:-default}` inside the texts of a file, filled in from the environment. `$${` stands for `${`. */
import type { FaultList } from './fault.js';
import { pathTo, showableName } from './fault.js';

export type Environment = Readonly<Record<string, string | undefined>>;

const REFERENCE = /\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]{0,127})(?::-([^}]*))?\}|\$\{/g;

/** A copy of the tree with every reference filled in. One that is unset or empty is a fault: the gateway never runs on half a secret. Map keys are left alone. */
export function substitute(tree: unknown, environment: Environment, faults: FaultList, path = ''): unknown {
  if (typeof tree === 'string') return fillIn(tree, environment, faults, path);
  if (Array.isArray(tree)) return tree.map((value, index) => substitute(value, environment, faults, pathTo(path, index)));
  if (typeof tree !== 'object' || tree === null) return tree;
  return Object.fromEntries(
    Object.entries(tree).map(([key, value]) => [
      key,
      substitute(value, environment, faults, pathTo(path, showableName(key) ?? '(name not shown)')),
    ]),
  );
}

function fillIn(text: string, environment: Environment, faults: FaultList, path: string): string {
  return text.replace(REFERENCE, (whole, name: string | undefined, fallback: string | undefined) => {
    if (whole === '$${') return '${';
    if (name === undefined) {
      faults.add(path, 'holds ${ without a name and }: write ${NAME} or ${NAME:-default}, or $${ for the characters themselves');
      return whole;
    }
    const value = environment[name] || fallback;
    if (value !== undefined) return value;
    faults.add(path, `needs the environment variable ${name}, which is ${environment[name] === undefined ? 'not set' : 'empty'}`);
    return whole;
  });
}
