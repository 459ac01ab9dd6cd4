/**
 * API tokens as Effect services, over Node.
 *
 * @since 0.1.0
 */
export * as NodeTransport from "./NodeTransport.ts"
