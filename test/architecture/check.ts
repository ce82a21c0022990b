/** The rules applied to a set of source files. Pure: path → text in, faults as printable sentences out. */
import * as rules from './rules.js';
import { type Import, libraryOf, readSourceFile, resolveImport, type SourceFile } from './source-file.js';

interface Project {
  readonly files: ReadonlyMap<string, SourceFile>;
  readonly paths: ReadonlySet<string>;
}

export interface Longest {
  readonly files: readonly string[];
  readonly functions: readonly string[];
}

/** Tests and contract suites may reach for anything; nothing may reach for them. */
export function isTest(path: string): boolean {
  return /\.test\.m?ts$|\/contract(-[^/]*)?\.ts$|\/fixtures?\/|^test\//.test(path);
}

export function readProject(texts: ReadonlyMap<string, string>): Project {
  const files = new Map([...texts].map(([path, text]) => [path, readSourceFile(path, text)]));
  return { files, paths: new Set(files.keys()) };
}

export function findFaults(project: Project): string[] {
  const sources = [...project.files.values()].filter((file) => !isTest(file.path));
  return [
    ...sources.flatMap((file) => misplaced(file)),
    ...sources.flatMap((file) => forbiddenArrows(file, project)),
    ...sources.flatMap((file) => impurities(file)),
    ...wrongDoors(sources),
    ...sources.flatMap((file) => tooLong(file)),
    ...findRings(sources, project),
  ];
}

function misplaced(file: SourceFile): string[] {
  if (rules.areaOf(file.path) !== undefined) return [];
  return [
    `${file.path}: no rule says where it stands; give its folder a line in test/architecture/rules.ts and docs/architecture.md`,
  ];
}

function forbiddenArrows(file: SourceFile, project: Project): string[] {
  return file.imports.flatMap((found) => {
    const target = resolveImport(file.path, found.specifier, project.paths);
    const fault = target === undefined ? undefined : arrowFault(file.path, target, found);
    return fault === undefined ? [] : [`${file.path} -> ${target}: ${fault}`];
  });
}

function arrowFault(from: string, to: string, found: Import): string | undefined {
  if (isTest(to)) return 'tests and contract suites are not for the code that they test';
  const [source, target] = [rules.areaOf(from), rules.areaOf(to)];
  if (source === undefined || target === undefined || source === target) return undefined;
  const judge = ['loadtest', 'mock', 'reference'].includes(source);
  if (judge && to.startsWith('src/')) {
    if (!includes(rules.TYPES_ONLY, source)) return `${source}/ shares no code with src/, so that one bug cannot hide the other`;
    return found.typeOnly
      ? undefined
      : `${source}/ may use the types of src/ only: it judges the gateway and must not run its code`;
  }
  if (includes(rules.PURE, source) && includes(rules.IMPURE_WORDS, to)) return `${source}/ is pure: it has no log`;
  if (target === 'words' || rules.ARROWS[source]?.includes(target)) return undefined;
  const allowed = [...(rules.ARROWS[source] ?? []), 'words'].join(', ');
  return `${source} may know ${allowed}, not ${target}`;
}

function impurities(file: SourceFile): string[] {
  const area = file.path.split('/')[1] ?? '';
  if (!file.path.startsWith('src/') || !includes(rules.PURE, area)) return [];
  const modules = file.imports.map((found) => found.specifier).filter((specifier) => !specifier.startsWith('.'));
  return [
    ...modules
      .filter((specifier) => !includes([...rules.PURE_NODE_MODULES, ...rules.PURE_LIBRARIES], specifier))
      .map((specifier) => `${file.path}: ${area}/ is pure and may not import ${specifier}`),
    ...file.outside.map((use) => `${file.path}: ${area}/ is pure and may not use ${use}; let it be passed in`),
  ];
}

function wrongDoors(sources: readonly SourceFile[]): string[] {
  const importers = new Map<string, Set<string>>();
  for (const file of sources) {
    if (rules.areaOf(file.path) === 'reference') continue; // Programs to compare with, each complete in itself.
    for (const { specifier } of file.imports) {
      const library = libraryOf(specifier);
      if (library !== undefined) importers.set(library, (importers.get(library) ?? new Set()).add(file.path));
    }
  }
  return [...importers].flatMap(([library, files]) => doorFaults(library, [...files]));
}

function doorFaults(library: string, files: readonly string[]): string[] {
  const door = rules.DOORS[library];
  if (!door) return [`${files.join(', ')}: ${library} has no door; give it one, with the reason, in test/architecture/rules.ts`];
  const through = (file: string) => (door.at.endsWith('/') ? file.startsWith(door.at) : file === door.at);
  const around = files.filter((file) => !through(file));
  const faults = around.map((file) => `${file}: ${library} is imported by ${door.at} only: ${door.reason}`);
  if (files.length - around.length > 1) {
    faults.push(`${files.filter(through).join(', ')}: ${library} is imported by one file only: ${door.reason}`);
  }
  return faults;
}

function tooLong(file: SourceFile): string[] {
  const most = file.path.startsWith('src/protocol/') ? rules.LIMITS.pureFunction : rules.LIMITS.function;
  const faults = file.functions
    .filter((found) => found.lines > most)
    .map((found) => `${file.path}:${found.line}: ${found.name} has ${found.lines} lines, the most is ${most}`);
  if (file.lines > rules.LIMITS.file && !file.path.endsWith('/wire.ts')) {
    faults.push(`${file.path}: ${file.lines} lines, the most is ${rules.LIMITS.file}: it holds more than one idea`);
  }
  return faults;
}

/** One printed ring for each import that closes one; types count, as they tie files together just the same. */
function findRings(sources: readonly SourceFile[], project: Project): string[] {
  const rings: string[] = [];
  const done = new Set<string>();
  const way: string[] = [];
  const walk = (path: string): void => {
    const start = way.indexOf(path);
    if (start >= 0) rings.push(`ring: ${[...way.slice(start), path].join(' -> ')}`);
    if (start >= 0 || done.has(path)) return;
    way.push(path);
    for (const target of targetsOf(path, project)) walk(target);
    way.pop();
    done.add(path);
  };
  for (const file of sources) walk(file.path);
  return rings;
}

function targetsOf(path: string, project: Project): ReadonlySet<string> {
  const specifiers = project.files.get(path)?.imports.map((found) => found.specifier) ?? [];
  const targets = specifiers.map((specifier) => resolveImport(path, specifier, project.paths));
  return new Set(targets.filter((target) => target !== undefined));
}

/** The tail that decides whether code stays readable, for a person to look at. */
export function longest(project: Project, count = 5): Longest {
  const sources = [...project.files.values()].filter((file) => !isTest(file.path));
  const files = sources.toSorted((a, b) => b.lines - a.lines).slice(0, count);
  const functions = sources
    .flatMap((file) => file.functions.map((found) => ({ ...found, path: file.path })))
    .sort((a, b) => b.lines - a.lines)
    .slice(0, count);
  return {
    files: files.map((file) => `${file.lines} ${file.path}`),
    functions: functions.map((found) => `${found.lines} ${found.name} (${found.path}:${found.line})`),
  };
}

function includes(list: readonly string[], value: string): boolean {
  return list.includes(value);
}
