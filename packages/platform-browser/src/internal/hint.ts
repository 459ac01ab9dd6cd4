/** Names possible reasons why there is no response. */
import * as Predicate from "effect/Predicate"
import { isOwnOrigin, ownOrigin } from "./page.ts"

/** Browsers hide from a page why a request failed, so that it cannot explore networks of others. */
const hintFor = (url: string): string | undefined => {
  if (globalThis.navigator?.onLine === false) return "the browser is offline"
  if (isOwnOrigin(url)) return undefined
  const reasons = ["the server cannot be reached", "it does not allow this page's origin (CORS)"]
  if (ownOrigin()?.startsWith("https:") === true && url.startsWith("http:")) {
    reasons.push("the browser keeps a page of https: from calling http:")
  }
  return reasons.join(", or ")
}

/**
 * Marks the error of `fetch` with a hint, which the client makes the `hint` of `ConnectionFailed`.
 *
 * A hint never says that nothing was sent. A browser that calls itself offline may be wrong or may have been online before,
 * and a create must not be done twice (C4).
 */
export const markHint = (cause: unknown, url: string): void => {
  if (!Predicate.isObject(cause) || !Object.isExtensible(cause)) return
  const hint = hintFor(url)
  if (hint !== undefined) Object.assign(cause, { "@effect-tokens/hint": hint })
}
