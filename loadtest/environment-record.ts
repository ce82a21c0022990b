/** Where a run happened; belongs to every number that is kept. Types only. */
export interface Environment {
  node: string;
  commit: string;
  cores: number;
  cpuModel: string;
  memoryBytes: number;
  kernel: string;
  platform: string;
  /** Of the toolchain that built the Go reference, where it was run. */
  go?: string;
}
