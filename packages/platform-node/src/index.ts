/**
 * API tokens as Effect services, over Node.
 *
 * @since 0.1.0
 */
export * as NodeNeuroio from "./NodeNeuroio.ts"
export * as NodeUmaaas from "./NodeUmaaas.ts"
