/** One run after another on one platform: each resets it, and moves its time. */
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"

const turns = new WeakMap<object, Semaphore.Semaphore>()

const turnOf = (platform: object): Semaphore.Semaphore => {
  const turn = turns.get(platform) ?? Semaphore.makeUnsafe(1)
  turns.set(platform, turn)
  return turn
}

/** Waits for its turn, which ends with the scope. */
export const acquireExclusive = (platform: object) => {
  const turn = turnOf(platform)
  return Effect.acquireRelease(turn.take(1), () => turn.release(1))
}
