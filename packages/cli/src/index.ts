/**
 * The sandbox as a server, for programs that start one.
 *
 * @since 0.1.0
 */
export * as SandboxServer from "./SandboxServer.ts"
