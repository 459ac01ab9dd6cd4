/** What went wrong, to a person who sees a page: what it means here, and what may help. */
import type { Failure } from "../state/Failure.ts"

const sentences: Readonly<Record<string, string>> = {
  PermanentTokenLimitReached:
    "All five permanent slots are taken. Delete a permanent token to free one, or create a temporary token instead.",
  OutcomeUnknown: "The answer got lost: a token may have been made, or not. It is not tried again by itself.",
  Unauthorized: "The credential is not accepted: it is unknown, expired, inactive or deleted.",
  Forbidden: "This credential may not do that.",
  NotFound: "This token is not there any more. Somebody else may have deleted it.",
  TooManyRequests: "The platform asks for fewer calls. It was tried again, and still too many.",
  ConnectionFailed: "The connection broke, also when it was tried again.",
  ServiceUnavailable: "The platform takes no calls right now. It was tried again, to no avail.",
  TimedOut: "No answer came in time.",
}

/** A reason that the transport suspects goes before the sentence that knows of none. */
export const explain = ({ _tag, hint, message }: Failure): string =>
  hint === undefined ? (sentences[_tag] ?? message) : `There was no answer, also when it was tried again: ${hint}.`
