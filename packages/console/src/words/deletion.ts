/** Sentences about deletions by a filter, before and after they are done. */
import { counted } from "./amounts.ts"

/** Selects permanent tokens (`true`), temporary tokens (`false`), or all of them (`null`). */
export type Filter = boolean | null

/** The tokens of an owner. `noun` is "token" or "stream token", `owner` is a name such as "space 2". */
export interface Holding {
  readonly owner: string
  readonly noun: string
  readonly permanent: number
  readonly temporary: number
}

const kindOf = (permanent: boolean): string => (permanent ? "permanent" : "temporary")

const countOf = ({ permanent, temporary }: Holding, which: boolean): number => (which ? permanent : temporary)

/** Counts the tokens that a deletion removes. */
export const deletedBy = (filter: Filter, holding: Holding): number =>
  filter === null ? holding.permanent + holding.temporary : countOf(holding, filter)

const stays = (holding: Holding, which: boolean): string => {
  const count = countOf(holding, which)
  if (count === 0) return "Nothing else is there."
  return `${counted(count, `${kindOf(which)} ${holding.noun}`)} ${count === 1 ? "stays" : "stay"}.`
}

export const describeDeletion = (filter: Filter, holding: Holding): string => {
  const { noun, owner, permanent, temporary } = holding
  const count = deletedBy(filter, holding)
  if (filter !== null) {
    const which = `${kindOf(filter)} ${noun}`
    if (count === 0) return `There is no ${which} of ${owner}: nothing to delete.`
    const all = count === 1 ? `the only ${which}` : `all ${counted(count, which)}`
    return `This deletes ${all} of ${owner}. ${stays(holding, !filter)}`
  }
  if (count === 0) return `There is no ${noun} of ${owner}: nothing to delete.`
  const parts = [
    ...(permanent > 0 ? [`${permanent} permanent`] : []),
    ...(temporary > 0 ? [`${temporary} temporary`] : []),
  ]
  return `This deletes everything: ${parts.join(" and ")} ${noun}${count === 1 ? "" : "s"} of ${owner}. Nothing stays.`
}

/** Describes a deletion afterwards, without a number: the platform does not report one. */
export const describeDeleted = (filter: Filter, { noun, owner }: Pick<Holding, "noun" | "owner">): string =>
  `${filter === null ? "All" : `The ${kindOf(filter)}`} ${noun}s of ${owner} are deleted.`
