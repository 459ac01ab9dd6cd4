#!/usr/bin/env node
/** The command `effect-tokens`. Node caches the compiled code for the next start. */
import { enableCompileCache } from "node:module"

enableCompileCache()
await import("./main.ts")
