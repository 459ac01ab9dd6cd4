/** What can be said of why there is no answer. */
import * as Predicate from "effect/Predicate"
import { isOwnOrigin, ownOrigin } from "./page.ts"

/** Browsers tell a program nothing of why a request failed, lest it learn of networks that are not its own. */
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
 * The client reads the mark on what `fetch` failed with, and makes it the `hint` of `ConnectionFailed`.
 *
 * That nothing was sent is not said, even of a browser that calls itself offline: it may have been online in between, or
 * be wrong, and a create must not be done twice (C4).
 */
export const markHint = (cause: unknown, url: string): void => {
  if (!Predicate.isObject(cause) || !Object.isExtensible(cause)) return
  const hint = hintFor(url)
  if (hint !== undefined) Object.assign(cause, { "@effect-tokens/hint": hint })
}
