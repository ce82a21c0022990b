/** The options of one start: flags, environment and file brought together, or everything that is wrong with them. */
import { dirname, resolve } from 'node:path';
import type { GatewayConfig } from '../config.js';
import { buildConfig } from './build.js';
import { checkAcross, type Doors } from './checks.js';
import { CredentialReader, type SourcedCredential } from './credentials.js';
import { type Draft, draftOf } from './draft.js';
import { type Fault, FaultList } from './fault.js';
import { type Flags, HELP, parseFlags } from './flags.js';
import { type Overrides, readOverrides } from './overrides.js';
import { type FileReader, readBoundedFile } from './read-file.js';
import { type ConfigFile, readConfigFile } from './schema.js';
import { secretsOf } from './secrets.js';
import { type Environment, substitute } from './substitute.js';
import { warningsOf } from './warnings.js';
import { parseYaml } from './yaml.js';

/** What the world around gives. */
export interface OptionsInput {
  /** Arguments after the program's name. */
  readonly argv: readonly string[];
  readonly env: Environment;
  /** What `workers: auto` stands for: `os.availableParallelism()`. */
  readonly availableParallelism: number;
  /** How files are read; the file system if absent. */
  readonly readFile?: FileReader;
}

/** Options that the gateway can start on. */
export interface LoadedOptions {
  readonly kind: 'ok';
  readonly config: GatewayConfig;
  /** Path of the config file; undefined: none was given, so the bundled mock LLM answers and `upstreams` is empty. */
  readonly source: string | undefined;
  /** Only check, then leave. */
  readonly check: boolean;
  /** To be logged once: not wrong, but hardly meant. */
  readonly warnings: readonly string[];
  /** For `log.setSecrets`. */
  readonly secrets: readonly string[];
  /** What it was made from, for a reload. */
  readonly input: OptionsInput;
}

export interface OptionFaults {
  readonly kind: 'faults';
  readonly faults: readonly Fault[];
  readonly source: string | undefined;
}

export type OptionsResult =
  | LoadedOptions
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'version' }
  | OptionFaults;

/** Settings of the running process that a reload cannot change. */
export type Pinned = Pick<GatewayConfig, 'server' | 'admin' | 'store'>;

/** Read and check everything. Never throws for what an operator can do wrong. */
export function loadOptions(input: OptionsInput): OptionsResult {
  const faults = new FaultList();
  const flags = parseFlags(input.argv, faults);
  if (flags.help) return { kind: 'help', text: HELP };
  if (flags.version) return { kind: 'version' };
  return loadWith(input, flags, faults);
}

/** The same for known flags; `pinned` holds what the process already listens on, which then decides in place of the file. */
export function loadWith(input: OptionsInput, flags: Flags, faults: FaultList, pinned?: Pinned): LoadedOptions | OptionFaults {
  const overrides = readOverrides(flags, input.env, faults);
  const source = overrides.config;
  const readFile = input.readFile ?? readBoundedFile;
  const tree = source === undefined ? {} : readTree(source, readFile, input.env, faults);
  if (tree === undefined) return { kind: 'faults', faults: faults.all, source };

  const { file, faults: found } = readConfigFile(tree);
  for (const { path, message } of found) faults.add(path, message);
  const draft = draftOf(tree);
  if (source !== undefined && draft.upstreams.length === 0) faults.add('upstreams', 'is empty: at least one is needed');
  const credentials = readCredentials(draft, dirname(source ?? '.'), readFile, faults);
  checkAcross(draft, doorsOf(file, draft, overrides, pinned), credentials, faults);
  if (faults.some || file === undefined) return { kind: 'faults', faults: faults.all, source };

  const config = buildConfig({ file, credentials, overrides, parallelism: parallelismOf(input) });
  return {
    kind: 'ok',
    config,
    source,
    check: flags.check,
    warnings: warningsOf(config, draft),
    secrets: secretsOf(draft, credentials, config.store.url),
    input,
  };
}

const MOST_WORKERS = 256;

function parallelismOf({ availableParallelism }: OptionsInput): number {
  return Math.min(MOST_WORKERS, Math.max(1, Math.floor(availableParallelism)));
}

function readTree(source: string, readFile: FileReader, environment: Environment, faults: FaultList): unknown {
  const read = readFile(source);
  if ('fault' in read) {
    faults.add(source, read.fault);
    return undefined;
  }
  const parsed = parseYaml(read.bytes);
  if (parsed.ok) return substitute(parsed.tree, environment, faults);
  parsed.messages.forEach((message, index) => {
    faults.add(index === 0 ? source : `${source} (${index + 1})`, message);
  });
  return undefined;
}

function readCredentials(
  draft: Draft,
  folder: string,
  readFile: FileReader,
  faults: FaultList,
): readonly (readonly SourcedCredential[])[] {
  const reader = new CredentialReader((file) => {
    const read = readFile(resolve(folder, file));
    return 'fault' in read ? { fault: read.fault } : { text: new TextDecoder('utf-8').decode(read.bytes) };
  }, faults);
  return draft.upstreams.map((upstream) => reader.read(upstream));
}

/** Where it will listen: the running process, else flag and environment, else the file even if faulty elsewhere, else the default. */
function doorsOf(file: ConfigFile | undefined, draft: Draft, overrides: Overrides, pinned: Pinned | undefined): Doors {
  const written = (value: unknown, fallback: string) => (typeof value === 'string' ? value : fallback);
  const number = (value: unknown, fallback: number) => (value === undefined ? fallback : Number(value));
  return {
    host: pinned?.server.host ?? overrides.host ?? file?.server.host ?? written(draft.server.host, '127.0.0.1'),
    port: pinned?.server.port ?? overrides.port ?? file?.server.port ?? number(draft.server.port, 8080),
    adminHost: pinned?.admin.host ?? file?.admin.host ?? written(draft.admin.host, '127.0.0.1'),
    adminPort: pinned?.admin.port ?? file?.admin.port ?? number(draft.admin.port, 9090),
  };
}
