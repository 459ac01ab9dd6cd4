/** Knows the page or the worker that calls. Other programs have neither a page nor an origin. */

/** The properties of the global object that a page and a worker have. */
interface Page {
  readonly origin?: string
  readonly location?: { readonly href: string }
  readonly document?: { readonly baseURI: string }
}

const page: Page = globalThis

/**
 * The page's own origin, such as `https://app.example`. A `file:` page and a sandboxed frame have none.
 */
export const ownOrigin = (): string | undefined => (page.origin === "null" ? undefined : page.origin)

/**
 * The URL that relative URLs are resolved against. The address of a worker that was made from a blob cannot be one: its
 * origin, the page's, serves instead.
 */
export const baseUrl = (): string | undefined =>
  [page.document?.baseURI, page.location?.href, ownOrigin()].find((url) => URL.canParse("/", url))

export const isOwnOrigin = (url: string): boolean => {
  const origin = ownOrigin()
  return origin !== undefined && URL.parse(url)?.origin === origin
}
