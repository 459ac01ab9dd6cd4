/** Tables in Markdown, as the formatter leaves them. */

/** A cell for operations that mostly come to the same: they are named where they do not, or where one has no text. */
export const cell = (texts: Readonly<Partial<Record<string, string>>>, names: ReadonlyArray<string>): string => {
  const known = names.filter((name) => texts[name] !== undefined)
  const groups = [...Map.groupBy(known, (name) => texts[name])]
  if (groups.length === 0) return "–"
  return groups
    .map(([text, group]) => (group.length === names.length ? text : `${group.join(", ")}: ${text}`))
    .join("<br>")
}

export const table = (head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string => {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)))
  const line = (cells: ReadonlyArray<string>, fill: string) =>
    `| ${widths.map((width, i) => (cells[i] ?? "").padEnd(width, fill)).join(" | ")} |`
  return [line(head, " "), line([], "-"), ...rows.map((row) => line(row, " "))].join("\n")
}

/** The text with what is between two comments of this name replaced. */
export const withPart = (text: string, name: string, part: string): string => {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`]
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from === -1 || to < from) throw new Error(`There is no place for the part "${name}".`)
  return `${text.slice(0, from + begin.length)}\n\n${part}\n\n${text.slice(to)}`
}
