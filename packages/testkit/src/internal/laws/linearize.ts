/**
 * Looks for an order in which calls that overlapped, made one after another, would have been answered as they were (N18,
 * U12): the search of Wing and Gong, which passes over what it has seen: the same model with the same calls done.
 */
import type { Specification } from "./specification.ts"

/**
 * A call and when it began and ended. One without an answer took effect at any time since it began, and possibly after
 * all others, or never: it ends at infinity.
 */
export interface Operation<Call, Observed> {
  readonly call: Call
  readonly observed: Observed | undefined
  readonly began: number
  readonly ended: number
}

export type Linearization<Model, Call, Observed> =
  | { readonly _tag: "Legal"; readonly order: ReadonlyArray<Operation<Call, Observed>> }
  /** `order` is the longest beginning that is legal, and no call of `rest` can come next. */
  | {
      readonly _tag: "Illegal"
      readonly order: ReadonlyArray<Operation<Call, Observed>>
      readonly model: Model
      readonly rest: ReadonlyArray<Operation<Call, Observed>>
    }

export const linearize = <Model, Call, Observed>(
  machine: Specification<Model, Call, Observed>,
  model: Model,
  operations: ReadonlyArray<Operation<Call, Observed>>,
): Linearization<Model, Call, Observed> => {
  type Calls = ReadonlyArray<Operation<Call, Observed>>
  const seen = new Set<string>()
  let longest: Extract<Linearization<Model, Call, Observed>, { _tag: "Illegal" }> = {
    _tag: "Illegal",
    order: [],
    model,
    rest: operations,
  }

  const search = (current: Model, order: Calls, rest: Calls): Calls | undefined => {
    const answered = rest.filter((operation) => operation.observed !== undefined)
    if (answered.length === 0) return order
    const place = `${rest.map((operation) => operations.indexOf(operation)).join(" ")}\n${machine.fingerprint(current)}`
    if (seen.has(place)) return undefined
    seen.add(place)
    if (order.length > longest.order.length) longest = { _tag: "Illegal", order, model: current, rest }

    // What ended before another began comes before it.
    const firstEnd = Math.min(...rest.map((operation) => operation.ended))
    for (const operation of rest) {
      if (operation.began > firstEnd) continue
      const next =
        operation.observed === undefined
          ? machine.takeEffect(current, operation.call)
          : machine.accept(current, operation.call, operation.observed)
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
