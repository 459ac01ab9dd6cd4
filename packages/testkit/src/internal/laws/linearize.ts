/**
 * Searches for an order of overlapping calls in which, made one after another, they would get the same answers. This is the
 * search of Wing and Gong. It skips a model that it has seen with the same calls left.
 */
import type { Specification } from "./specification.ts"

/**
 * A call, and when it began and ended. A call without an answer ends at infinity: it took effect at any time since it
 * began, or never.
 */
export interface Operation<Call, Observed> {
  readonly call: Call
  readonly observed: Observed | undefined
  readonly began: number
  readonly ended: number
}

export type Linearization<Model, Call, Observed> =
  | { readonly _tag: "Legal"; readonly order: ReadonlyArray<Operation<Call, Observed>> }
  /** `order` is the longest legal beginning. No call of `rest` can come next. */
  | {
      readonly _tag: "Illegal"
      readonly order: ReadonlyArray<Operation<Call, Observed>>
      readonly model: Model
      readonly rest: ReadonlyArray<Operation<Call, Observed>>
    }

export const linearize = <Model, Call, Observed>(
  specification: Specification<Model, Call, Observed>,
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
    const place = `${rest.map((operation) => operations.indexOf(operation)).join(" ")}\n${specification.fingerprint(current)}`
    if (seen.has(place)) return undefined
    seen.add(place)
    if (order.length > longest.order.length) longest = { _tag: "Illegal", order, model: current, rest }

    // A call that ended before another began comes before it.
    const firstEnd = Math.min(...rest.map((operation) => operation.ended))
    for (const operation of rest) {
      if (operation.began > firstEnd) continue
      const next =
        operation.observed === undefined
          ? specification.takeEffect(current, operation.call)
          : specification.accept(current, operation.call, operation.observed)
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
