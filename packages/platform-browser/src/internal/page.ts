/** The page, or the worker, that calls. What runs elsewhere has none: there is no origin of its own then. */

/** What a page and a worker have; other programs do not. */
interface Page {
  readonly origin?: string
  readonly location?: { readonly href: string }
  readonly document?: { readonly baseURI: string }
}

const page: Page = globalThis

/**
 * The page's own origin, such as `https://app.example`. A page without one (`file:`, or a frame that is kept apart) shares
 * it with nobody.
 */
export const ownOrigin = (): string | undefined => (page.origin === "null" ? undefined : page.origin)

/** A path: with less than that, a host whose `https://` was forgotten would be taken for one. */
const isRelative = /^\.{0,2}\//

/**
 * A base URL that is relative is the page's. One that is none is left as it is, for the client to refuse by name.
 *
 * A worker may have been made of a blob, whose address is nothing to be relative to; its origin is the page's.
 */
export const resolveUrl = (url: string | undefined): string | undefined => {
  if (typeof url !== "string" || !isRelative.test(url)) return url
  return (URL.parse(url, page.document?.baseURI ?? page.location?.href) ?? URL.parse(url, ownOrigin()))?.href ?? url
}

/** A URL that is none is for the client to refuse, by its name. */
export const isOfOthers = (url: string | undefined): boolean =>
  url === undefined || (URL.canParse(url) && !isOwnOrigin(url))

export const isOwnOrigin = (url: string | undefined): boolean => {
  const origin = ownOrigin()
  return origin !== undefined && url !== undefined && URL.parse(url)?.origin === origin
}
