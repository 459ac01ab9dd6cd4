import * as Effect from "effect/Effect"
import { useNeuroio } from "./useNeuroio.ts"

await Effect.runPromise(useNeuroio)
