/** What faults are made of, in the services and on the wire alike: texts and bytes. */
import type { BodyFault, Fault } from "./faultPlan.ts"

/** What an answer with a planned status says. */
export const plannedMessage = "This answer was planned as a fault."

/** A success with nothing in it has no body that could go wrong. */
export const hasBody = (status: number): boolean => status >= 200 && status < 300 && status !== 204 && status !== 205

/** Whether the call is done first. */
export const isAfterEffect = (fault: Exclude<Fault, { readonly _tag: "Latency" }>): boolean =>
  fault._tag === "Body" || ("afterEffect" in fault && fault.afterEffect === true)

/** In bytes: more than any client here reads. */
const oversize = 1024 * 1024 + 1

const invalidUtf8 = 0xff
const space = 0x20

/** What becomes of the bytes of a body. The oversized one is still good JSON: only its size is wrong. */
export const corrupt = (bytes: Uint8Array, fault: typeof BodyFault.Type): Uint8Array<ArrayBuffer> => {
  switch (fault) {
    case "empty":
      return new Uint8Array(0)
    case "garbled": {
      const garbled = new Uint8Array(bytes.length + 1).fill(invalidUtf8)
      garbled.set(bytes, 1)
      return garbled
    }
    case "truncated":
      return Uint8Array.from(bytes.subarray(0, bytes.length >> 1))
    case "oversized": {
      const padded = new Uint8Array(Math.max(bytes.length, oversize)).fill(space)
      padded.set(bytes)
      return padded
    }
  }
}

/** What the client says of such a body. */
export const problems: Readonly<Record<typeof BodyFault.Type, string>> = {
  empty: "the body is empty",
  garbled: "the body is not valid UTF-8",
  truncated: "the body is not valid JSON",
  oversized: "the body is larger than 1 MiB",
}
