/** The rules of one vendor, as a model has them: one call after another. */
export interface Specification<Model, Call, Observed> {
  /** The model after a call with that answer. `undefined` if the answer is wrong. */
  readonly accept: (model: Model, call: Call, observed: Observed) => Model | undefined
  /** The model after a call that took effect, and whose answer is unknown. */
  readonly takeEffect: (model: Model, call: Call) => Model
  /** The model after so many milliseconds. */
  readonly advance: (model: Model, millis: number) => Model
  /** Two models with the same fingerprint answer the calls of one run alike. */
  readonly fingerprint: (model: Model) => string
  /** The right answer, in words. `name` gives the name of a token in the story. */
  readonly describe: (model: Model, call: Call, name: (service: string, id: unknown) => string) => string
}
