import type * as DateTime from "effect/DateTime"

const format = new Intl.DateTimeFormat(undefined, {
  month: "short",
  day: "numeric",
  hour: "numeric",
  minute: "2-digit",
})

/** Shows a time in the language of the browser. */
export const Moment = ({ at }: { readonly at: DateTime.Utc }) => (
  <time dateTime={new Date(at.epochMilliseconds).toISOString()}>{format.format(at.epochMilliseconds)}</time>
)
