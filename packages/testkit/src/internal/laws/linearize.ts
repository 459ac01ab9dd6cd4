/**
 * Looks for an order in which calls that overlapped, made one after another, would have been answered as they were (N18):
 * the search of Wing and Gong, which passes over what it has seen: the same model with the same calls done.
 */
import { accept, answer, fingerprint, type Model, type ModelCall, type Observed } from "./tokenModel.ts"

/**
 * A call and when it began and ended. One without an answer took effect at any time since it began, and possibly after
 * all others, or never: it ends at infinity.
 */
export interface Operation {
  readonly call: ModelCall
  readonly observed: Observed | undefined
  readonly began: number
  readonly ended: number
}

export type Linearization =
  | { readonly _tag: "Legal"; readonly order: ReadonlyArray<Operation> }
  /** `order` is the longest beginning that is legal, and no call of `rest` can come next. */
  | {
      readonly _tag: "Illegal"
      readonly order: ReadonlyArray<Operation>
      readonly model: Model
      readonly rest: ReadonlyArray<Operation>
    }

export const linearize = (model: Model, operations: ReadonlyArray<Operation>): Linearization => {
  const seen = new Set<string>()
  let longest: Extract<Linearization, { _tag: "Illegal" }> = { _tag: "Illegal", order: [], model, rest: operations }

  const search = (
    current: Model,
    order: ReadonlyArray<Operation>,
    rest: ReadonlyArray<Operation>,
  ): ReadonlyArray<Operation> | undefined => {
    const answered = rest.filter((operation) => operation.observed !== undefined)
    if (answered.length === 0) return order
    const place = `${rest.map((operation) => operations.indexOf(operation)).join(" ")}\n${fingerprint(current)}`
    if (seen.has(place)) return undefined
    seen.add(place)
    if (order.length > longest.order.length) longest = { _tag: "Illegal", order, model: current, rest }

    // What ended before another began comes before it.
    const firstEnd = Math.min(...rest.map((operation) => operation.ended))
    for (const operation of rest) {
      if (operation.began > firstEnd) continue
      const next =
        operation.observed === undefined
          ? answer(current, operation.call).model
          : accept(current, operation.call, operation.observed)
      if (next === undefined) continue
      const found = search(
        next,
        [...order, operation],
        rest.filter((other) => other !== operation),
      )
      if (found !== undefined) return found
    }
    return undefined
  }

  const order = search(model, [], operations)
  return order === undefined ? longest : { _tag: "Legal", order }
}
