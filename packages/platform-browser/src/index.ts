/**
 * API tokens as Effect services, in a browser.
 *
 * @since 0.1.0
 */
export * as BrowserNeuroio from "./BrowserNeuroio.ts"
export * as BrowserUmaaas from "./BrowserUmaaas.ts"
