#!/usr/bin/env node
/** The command `effect-tokens`. What Node compiles of it is kept for the next start. */
import { enableCompileCache } from "node:module"

enableCompileCache()
await import("./main.ts")
