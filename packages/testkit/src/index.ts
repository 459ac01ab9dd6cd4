/**
 * Token platforms for tests.
 *
 * @since 0.1.0
 */
export * as ApiTokenLaws from "./ApiTokenLaws.ts"
export * as Faults from "./Faults.ts"
export * as Journal from "./Journal.ts"
export * as Laws from "./Laws.ts"
export * as NeuroioControl from "./NeuroioControl.ts"
export * as NeuroioMemory from "./NeuroioMemory.ts"
export * as NeuroioPlatform from "./NeuroioPlatform.ts"
export * as Sandbox from "./Sandbox.ts"
export * as TokenCommand from "./TokenCommand.ts"
export * as TokenLaws from "./TokenLaws.ts"
export * as UmaaasControl from "./UmaaasControl.ts"
export * as UmaaasMemory from "./UmaaasMemory.ts"
export * as UmaaasPlatform from "./UmaaasPlatform.ts"
