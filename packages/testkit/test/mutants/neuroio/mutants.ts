/** All wrong platforms. */
import { beyond } from "./beyond.ts"
import { changing } from "./changing.ts"
import { creating } from "./creating.ts"
import { credentials } from "./credentials.ts"
import { races } from "./races.ts"
import { reading } from "./reading.ts"
import type { Mutant } from "./wrong.ts"

/** Wrong even to calls one after another. */
export const sequential: ReadonlyArray<Mutant> = [...creating, ...reading, ...changing, ...credentials, ...beyond]

export const mutants: ReadonlyArray<Mutant> = [...sequential, ...races]
