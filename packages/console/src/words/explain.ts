/** Explains errors to a person: what each means here, and what may help. */
import type { Failure } from "../state/Failure.ts"

const sentences: Readonly<Record<string, string>> = {
  PermanentTokenLimitReached:
    "All five permanent slots are taken. Delete a permanent token to free one, or create a temporary token instead.",
  OutcomeUnknown: "The answer got lost: a token may have been made, or not. It was not tried again.",
  Unauthorized: "The credential is not accepted: it is unknown, expired, inactive or deleted.",
  Forbidden: "This credential may not do that.",
  NotFound: "This token is not there any more. Somebody else may have deleted it.",
  TooManyRequests: "The platform asks for fewer calls, also after retries.",
  ConnectionFailed: "The connection broke, also in each retry.",
  ServiceUnavailable: "The platform takes no calls right now. Retries did not help.",
  TimedOut: "No answer came in time.",
}

/** Explains an error. The transport's hint takes precedence over the general sentence. */
export const explain = ({ _tag, hint, message }: Failure): string =>
  hint === undefined ? (sentences[_tag] ?? message) : `There was no answer, also after retries: ${hint}.`
