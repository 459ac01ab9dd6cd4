/** An owner of tokens: an account, a space or a manager of the sandbox. */
import * as Schema from "effect/Schema"

export const Owner = Schema.Struct({
  number: Schema.Int,
  kind: Schema.Literals(["account", "space", "manager"]),
  key: Schema.RedactedFromValue(Schema.String, { disallowEncode: true }),
})

export type Owner = typeof Owner.Type

/** The owner's name within a sentence: "space 3". */
export const ownerName = ({ kind, number }: Owner): string => `${kind} ${number}`

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** The owner's name as a heading: "Space 3". */
export const ownerTitle = (owner: Owner): string => capital(ownerName(owner))
