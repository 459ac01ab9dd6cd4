/** Sections of the benchmark's report, and their form. */
import { median } from "../table.ts"
import { cpuOf, type Measured, rateOf, ratio } from "./rounds.ts"

/** A goal of this project, and its measure. */
export interface Goal {
  readonly what: string
  readonly against: string
  readonly toReach: string
  readonly measured: string
  readonly isReached: boolean
  /** The reason when the goal is not reached. */
  readonly reason?: string | undefined
}

export interface Section {
  readonly title: string
  readonly heads: ReadonlyArray<string>
  readonly rows: ReadonlyArray<ReadonlyArray<string>>
  /** Notes on how it was measured. */
  readonly notes: string
  readonly goals: ReadonlyArray<Goal>
}

const count = (value: number): string => Math.round(value).toLocaleString("en")

export const times = (value: number): string =>
  `${value >= 100 ? count(value) : value >= 10 ? value.toFixed(1) : value >= 0.1 ? value.toFixed(2) : value.toPrecision(1)}×`

export const spreadOf = (values: ReadonlyArray<number>, show: (value: number) => string): string =>
  `${show(Math.min(...values))} – ${show(Math.max(...values))}`

/** Makes a row for each subject, compared with the first. */
export const compared = (
  heads: { readonly subject: string; readonly unit: string },
  [ours, ...peers]: ReadonlyArray<Measured>,
): Pick<Section, "heads" | "rows"> => {
  if (ours === undefined) throw new Error("There is nothing to compare.")
  return {
    heads: [
      heads.subject,
      `${heads.unit} a second`,
      "slowest – fastest",
      "CPU, µs each",
      "throughput, ours to it",
      "CPU, ours to it",
    ],
    rows: [ours, ...peers].map((one) => {
      const rates = one.rounds.map(rateOf)
      return [
        one.title,
        count(median(rates)),
        spreadOf(rates, count),
        median(one.rounds.map(cpuOf)).toFixed(1),
        one === ours ? "" : times(ratio(ours, one, rateOf)),
        one === ours ? "" : times(ratio(ours, one, cpuOf)),
      ]
    }),
  }
}

/** Makes a goal of a ratio of throughputs. */
export const atLeast = (
  goal: Pick<Goal, "what" | "against" | "reason">,
  ours: Measured,
  peer: Measured,
  least: number,
): Goal => {
  const value = ratio(ours, peer, rateOf)
  const isReached = value >= least
  return {
    what: goal.what,
    against: goal.against,
    toReach: `at least ${times(least)} its throughput`,
    measured: times(value),
    isReached,
    reason: isReached ? undefined : goal.reason,
  }
}

const cell = (text: string): string => text.replaceAll("|", String.raw`\|`)

/** Formats a report as Markdown that is also readable on a terminal. */
export const markdown = (heads: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string => {
  const cells = [heads, ...rows].map((row) => row.map(cell))
  const widths = heads.map((_, column) => Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)))
  const line = (row: ReadonlyArray<string>) =>
    `| ${widths.map((width, column) => (row[column] ?? "").padEnd(width)).join(" | ")} |`
  const [head = [], ...body] = cells
  return [line(head), `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...body.map(line)].join("\n")
}

const showGoals = (goals: ReadonlyArray<Goal>): string =>
  markdown(
    ["what", "against", "to reach", "measured", "reached"],
    goals.map(({ against, isReached, measured, toReach, what }) => [
      what,
      against,
      toReach,
      measured,
      isReached ? "yes" : "no",
    ]),
  )

const showReasons = (goals: ReadonlyArray<Goal>): string =>
  goals
    .filter(({ isReached }) => !isReached)
    .map(
      ({ against, reason = "No reason was measured.", what }) =>
        `- **${what}**${against === "" ? "" : `, against ${against}`}: ${reason}`,
    )
    .join("\n")

export const show = (sections: ReadonlyArray<Section>): string => {
  const goals = sections.flatMap((section) => section.goals)
  const reasons = showReasons(goals)
  return [
    showGoals(goals),
    ...(reasons === "" ? [] : ["What is not reached, and why:", reasons]),
    ...sections.flatMap(({ heads, notes, rows, title }) => [`### ${title}`, markdown(heads, rows), notes]),
  ]
    .filter((part) => part !== "")
    .join("\n\n")
}
