import * as Schema from "effect/Schema"

/** Any text. An editor proposes the known ones. */
export const openUnion = <Known extends string>() =>
  Schema.String.pipe(Schema.refine((_text): _text is Known | (string & {}) => true))
