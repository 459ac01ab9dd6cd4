/** Whose tokens are shown: an account, a space or a manager of the sandbox. */
import * as Schema from "effect/Schema"

export const Owner = Schema.Struct({
  number: Schema.Int,
  kind: Schema.Literals(["account", "space", "manager"]),
  key: Schema.RedactedFromValue(Schema.String, { disallowEncode: true }),
})

export type Owner = typeof Owner.Type

/** As a sentence has it: "space 3". */
export const ownerName = ({ kind, number }: Owner): string => `${kind} ${number}`

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** As a heading has it: "Space 3". */
export const ownerTitle = (owner: Owner): string => capital(ownerName(owner))
