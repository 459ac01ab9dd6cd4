/** What the searches and plays of laws want to know of a model, whichever platform it is a model of. */

/** The rules as a model has them: one call after another. */
export interface Specification<Model, Call, Observed> {
  /** What there is after a call that was answered so; or nothing, if it must not be answered so. */
  readonly accept: (model: Model, call: Call, observed: Observed) => Model | undefined
  /** What there is after a call that took effect, though nobody knows its answer. */
  readonly takeEffect: (model: Model, call: Call) => Model
  /** Two models with the same fingerprint answer alike, whatever the calls of one run are. */
  readonly fingerprint: (model: Model) => string
}
