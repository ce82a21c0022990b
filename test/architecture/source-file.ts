/** What the architecture rules need to know of one source file, read with the TypeScript parser. No type checking: fast. */
import { posix } from 'node:path';
import ts from 'typescript';

export interface SourceFile {
  /** From the project's root, with forward slashes. */
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly Import[];
  readonly functions: readonly FunctionSize[];
  /** Uses of the outside world that need no import: `Date.now`, `process`, `console`, timers, chance. */
  readonly outside: readonly string[];
}

export interface Import {
  /** As written, e.g. `./x.js`, `node:net`, `hono/sse`. */
  readonly specifier: string;
  /** Only types pass: `import type`, `export type`, `import('x').T`. */
  readonly typeOnly: boolean;
}

export interface FunctionSize {
  readonly name: string;
  readonly line: number;
  readonly lines: number;
}

/** Globals that a pure folder may not touch. */
const IMPURE_GLOBALS = new Set([
  'console',
  'fetch',
  'performance',
  'process',
  'queueMicrotask',
  'setImmediate',
  'setInterval',
  'setTimeout',
  'WebSocket',
]);
const IMPURE_MEMBERS = new Set(['Date.now', 'Math.random', 'crypto.randomUUID', 'crypto.getRandomValues']);

export function readSourceFile(path: string, text: string): SourceFile {
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const imports: Import[] = [];
  const functions: FunctionSize[] = [];
  const outside: string[] = [];
  const visit = (node: ts.Node): void => {
    const found = importOf(node);
    if (found) imports.push(found);
    if (ts.isFunctionLike(node) && 'body' in node && node.body) functions.push(sizeOf(node, tree));
    const use = outsideUse(node);
    if (use) outside.push(`${use} (line ${lineOf(node, tree)})`);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return { path, lines: text.split('\n').length - (text.endsWith('\n') ? 1 : 0), imports, functions, outside };
}

function importOf(node: ts.Node): Import | undefined {
  if (ts.isImportDeclaration(node)) return { specifier: textOf(node.moduleSpecifier), typeOnly: onlyTypes(node.importClause) };
  if (ts.isExportDeclaration(node) && node.moduleSpecifier) {
    const named = node.exportClause && ts.isNamedExports(node.exportClause) ? node.exportClause.elements : undefined;
    return { specifier: textOf(node.moduleSpecifier), typeOnly: node.isTypeOnly || allTypes(named) };
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return { specifier: textOf(node.argument.literal), typeOnly: true };
  }
  if (!ts.isCallExpression(node) || !node.arguments[0] || !ts.isStringLiteralLike(node.arguments[0])) return undefined;
  const called = node.expression;
  const loads = called.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(called) && called.text === 'require');
  return loads ? { specifier: node.arguments[0].text, typeOnly: false } : undefined;
}

function onlyTypes(clause: ts.ImportClause | undefined): boolean {
  if (!clause) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  if (clause.name || !clause.namedBindings || !ts.isNamedImports(clause.namedBindings)) return false;
  return allTypes(clause.namedBindings.elements);
}

function allTypes(elements: readonly (ts.ImportSpecifier | ts.ExportSpecifier)[] | undefined): boolean {
  return elements !== undefined && elements.length > 0 && elements.every((element) => element.isTypeOnly);
}

function textOf(node: ts.Node): string {
  return ts.isStringLiteralLike(node) ? node.text : node.getText();
}

function outsideUse(node: ts.Node): string | undefined {
  if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression)) {
    const member = `${node.expression.text}.${node.name.text}`;
    if (IMPURE_MEMBERS.has(member) || IMPURE_GLOBALS.has(node.expression.text)) return member;
    return node.expression.text === 'globalThis' ? member : undefined;
  }
  if (ts.isNewExpression(node) && node.expression.getText() === 'Date' && !node.arguments?.length) return 'new Date()';
  if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) {
    if (node.expression.text === 'Date' || IMPURE_GLOBALS.has(node.expression.text)) return `${node.expression.text}()`;
  }
  return undefined;
}

function sizeOf(node: ts.SignatureDeclaration, tree: ts.SourceFile): FunctionSize {
  const first = lineOf(node, tree);
  const last = tree.getLineAndCharacterOfPosition(node.end).line + 1;
  return { name: nameOf(node), line: first, lines: last - first + 1 };
}

function nameOf(node: ts.Node): string {
  if (ts.isConstructorDeclaration(node)) return `${nameOf(node.parent)} constructor`;
  const named = node as ts.Node & { readonly name?: ts.Node };
  if (named.name) return named.name.getText();
  const holder = node.parent as (ts.Node & { readonly name?: ts.Node }) | undefined;
  return holder?.name && !ts.isSourceFile(holder) ? holder.name.getText() : '(unnamed)';
}

function lineOf(node: ts.Node, tree: ts.SourceFile): number {
  return tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1;
}

/** The file of the project that a relative specifier means, if it is among `paths`; the library's name for others. */
export function resolveImport(from: string, specifier: string, paths: ReadonlySet<string>): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  const target = posix.join(posix.dirname(from), specifier);
  const candidates = [target, target.replace(/\.js$/, '.ts'), target.replace(/\.mjs$/, '.mts'), `${target}.ts`];
  return candidates.find((candidate) => paths.has(candidate));
}

/** `hono/sse` → `hono`, `@hono/node-server/x` → `@hono/node-server`; undefined for the project's own and Node's modules. */
export function libraryOf(specifier: string): string | undefined {
  if (specifier.startsWith('.') || specifier.startsWith('node:')) return undefined;
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
