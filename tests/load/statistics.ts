/**
 * The value below which `share` (0 … 1) of the samples lie, by the nearest-rank rule: always one of
 * the samples, never a value between two. NaN for no samples.
 */
export function percentile(samples: readonly number[], share: number): number {
  if (samples.length === 0) return Number.NaN
  const sorted = [...samples].sort((one, other) => one - other)
  const rank = Math.ceil(share * sorted.length)
  return sorted[Math.min(sorted.length, Math.max(1, rank)) - 1]
}

/** The median: half of the samples took at most this long. */
export const p50 = (samples: readonly number[]) => percentile(samples, 0.5)
/** One in twenty took longer. With fewer than 20 samples this is the slowest one. */
export const p95 = (samples: readonly number[]) => percentile(samples, 0.95)
/** One in a hundred took longer. With fewer than 100 samples this is the slowest one. */
export const p99 = (samples: readonly number[]) => percentile(samples, 0.99)

/** Milliseconds with one decimal: what is behind it is noise. */
export const rounded = (value: number) => Math.round(value * 10) / 10

/** Milliseconds that `work` takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

/** `times` samples, one after the other. */
export async function sampled(times: number, work: (index: number) => Promise<unknown>) {
  const samples: number[] = []
  for (let index = 0; index < times; index++) samples.push(await timed(() => work(index)))
  return samples
}
