/**
 * Token platforms for tests.
 *
 * @since 0.1.0
 */
export * as ApiTokenLaws from "./umaaas/ApiTokenLaws.ts"
export * as Faults from "./Faults.ts"
export * as Journal from "./Journal.ts"
export * as Laws from "./Laws.ts"
export * as NeuroioControl from "./neuroio/NeuroioControl.ts"
export * as NeuroioMemory from "./neuroio/NeuroioMemory.ts"
export * as NeuroioRules from "./neuroio/NeuroioRules.ts"
export * as Sandbox from "./Sandbox.ts"
export * as Simulation from "./Simulation.ts"
export * as TokenCommand from "./neuroio/TokenCommand.ts"
export * as TokenLaws from "./neuroio/TokenLaws.ts"
export * as UmaaasControl from "./umaaas/UmaaasControl.ts"
export * as UmaaasMemory from "./umaaas/UmaaasMemory.ts"
export * as UmaaasRules from "./umaaas/UmaaasRules.ts"
