/** Formats calls as a table. */
import * as DateTime from "effect/DateTime"
import type { Entry, Snapshot } from "./callLog.ts"

const describeOutcome = ({ millis, outcome }: Entry): string => {
  switch (outcome._tag) {
    case "Pending":
      return "pending"
    case "Success":
      return `${outcome.tokens.length === 0 ? "done" : `gave ${outcome.tokens.join(", ")}`} (${millis} ms)`
    case "Failure": {
      const status = outcome.status === undefined ? "" : ` ${outcome.status}`
      return `${outcome.error}${status} (${millis} ms): ${outcome.message}`
    }
    case "Interrupted":
      return `interrupted (${millis} ms)`
  }
}

/** A text from a server may have lines of its own. */
const toOneLine = (text: string): string =>
  text
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join(" ")

const rowOf = (entry: Entry): ReadonlyArray<string> =>
  [
    String(entry.index),
    DateTime.formatIso(entry.at),
    `${entry.began}–${entry.ended ?? ""}`,
    entry.caller,
    `${entry.operation}(${Object.entries(entry.input)
      .map(([name, value]) => `${name}: ${value}`)
      .join(", ")})`,
    describeOutcome(entry),
  ].map(toOneLine)

const header = ["#", "at", "order", "caller", "call", "outcome"]

export const formatCalls = (calls: Snapshot | ReadonlyArray<Entry>): string => {
  const { dropped, entries } = "dropped" in calls ? calls : { entries: calls, dropped: 0 }
  const rows = [header, ...entries.map(rowOf)]
  const widths = header.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const lines = rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padStart(widths[0] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join("  ")
      .trimEnd(),
  )
  const mark = dropped === 0 ? [] : [`… ${dropped} earlier ${dropped === 1 ? "call is" : "calls are"} not kept`]
  return [...mark, ...lines].join("\n")
}
