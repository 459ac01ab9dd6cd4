/**
 * API tokens as Effect services, in a browser.
 *
 * @since 0.1.0
 */
export * as BrowserTransport from "./BrowserTransport.ts"
