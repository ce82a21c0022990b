/** What the command line may say of baselines. */
export interface BaselineWishes {
  /** A git revision or a folder of built programs, to run in turn with this build. */
  base?: string;
  /** Name of a kept baseline. */
  baseline?: string;
  saveBaseline?: string;
  /** Share, 0.05 = 5 %. */
  maxRegression?: number;
  /** Folder of the kept ones. */
  baselines: string;
  /** Pairs of runs. */
  repeats?: number;
}

/** Of these sizes on, two sides that do not overlap are told apart, and a median has an interval of 95 %. */
export const USUAL_RUNS = 6;
export const DEFAULT_MAX_REGRESSION = 0.05;
/** Below, no result could be significant, however large the difference. */
const LEAST_RUNS = 4;

/** Whether runs are made to be kept or compared. */
export function isBaseline({ base, baseline, saveBaseline }: BaselineWishes): boolean {
  return base !== undefined || baseline !== undefined || saveBaseline !== undefined;
}

/** Throws when the words contradict each other, or promise what cannot be kept. */
export function checkBaselineWishes(
  wishes: BaselineWishes & { target?: string; compare?: unknown; emulateCores?: unknown },
): void {
  const { base, baseline, maxRegression, repeats = USUAL_RUNS, target = 'cluster', compare, emulateCores } = wishes;
  if (compare || emulateCores)
    throw new Error('--base and --baseline compare revisions: not together with --compare or --emulate-cores');
  if (base !== undefined && baseline !== undefined) throw new Error('either --base or --baseline');
  if (maxRegression !== undefined && base === undefined && baseline === undefined)
    throw new Error('--max-regression wants --base or --baseline');
  if (isSideBySide(wishes) && target !== 'cluster' && target !== 'single')
    throw new Error(
      'two builds can be run in turn as cluster or single; for other targets keep a baseline and look at the trend',
    );
  if ((base !== undefined || baseline !== undefined) && repeats < LEAST_RUNS)
    throw new Error(`--repeats ${repeats}: fewer than ${LEAST_RUNS} runs a side can show nothing; ${USUAL_RUNS} is usual`);
}

/** Both sides are run in this job, so that a regression may fail it. With a kept baseline only on demand, as its revision has to be built. */
export function isSideBySide({ base, baseline, maxRegression }: BaselineWishes): boolean {
  return base !== undefined || (baseline !== undefined && maxRegression !== undefined);
}
