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

/**
 * The URL that relative URLs are resolved against. A worker may have been made of a blob, whose address cannot be one; its
 * origin is the page's.
 */
export const baseUrl = (): string | undefined =>
  [page.document?.baseURI, page.location?.href, ownOrigin()].find((url) => URL.canParse("/", url))

export const isOwnOrigin = (url: string): boolean => {
  const origin = ownOrigin()
  return origin !== undefined && URL.parse(url)?.origin === origin
}
