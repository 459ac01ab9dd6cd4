/** All wrong UMAaaS platforms. */
import { creating } from "./creating.ts"
import { credentials } from "./credentials.ts"
import { races, rareRaces } from "./races.ts"
import { reading } from "./reading.ts"
import type { Mutant } from "./wrong.ts"

/** Those that a law of their rule sees in a run or two. */
export const plain: ReadonlyArray<Mutant> = [...creating, ...reading, ...credentials, ...rareRaces]

export const mutants: ReadonlyArray<Mutant> = [...plain, ...races]
