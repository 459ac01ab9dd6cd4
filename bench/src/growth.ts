/**
 * Measures an in-memory platform as it grows. Figures are microseconds a call, the median of rounds. Rounds take turns
 * over the sizes, so that a noisy neighbour hits all alike.
 */
import { median, table } from "./table.ts"

export const sizes = [1_000, 10_000, 100_000]
export const rounds = 9

export interface Subject {
  readonly size: number
}

/** Makes that many calls. */
export type Measure<S> = (subject: S, calls: number) => void

/** Spreads the calls over all items, the same way in each round. */
export const pick = (i: number, size: number): number => (i * 7919) % size

/** Makes the table of all measures, with a column for each subject. */
export const growth = <S extends Subject>(
  title: string,
  subjects: ReadonlyArray<S>,
  measures: Readonly<Record<string, Measure<S>>>,
  callsPerRound: number,
): string => {
  const rows = Object.entries(measures).map(([name, measure]) => {
    const times = subjects.map((): Array<number> => [])
    for (let round = -1; round < rounds; round++) {
      for (const [i, subject] of subjects.entries()) {
        const calls = Math.min(callsPerRound, subject.size)
        const start = performance.now()
        measure(subject, calls)
        // The round before the first one is the warm-up.
        if (round >= 0) times[i]?.push(((performance.now() - start) * 1000) / calls)
      }
    }
    return [name].concat(times.map((values) => median(values).toFixed(2)))
  })
  return table([`${title}, µs a call, with tokens`, ...subjects.map(({ size }) => size.toLocaleString("en"))], rows)
}

/** Times each of many calls alone. Returns the time of the slowest, by the median of its rounds. */
export const slowest = (calls: ReadonlyArray<() => void>): number => {
  const times = calls.map((): Array<number> => [])
  for (let round = -1; round < rounds; round++) {
    for (const [i, call] of calls.entries()) {
      const start = performance.now()
      call()
      if (round >= 0) times[i]?.push((performance.now() - start) * 1000)
    }
  }
  return Math.max(...times.map(median))
}
