/** Troubles that calls may have, in words, and as the sandbox's fault plan. */
import type { Faults } from "@effect-tokens/testkit"

export interface Trouble {
  readonly label: string
  readonly fault: Faults.Fault
}

/** The delay of an answer in milliseconds: less than the client's time limit. */
const latency = 2000

/**
 * The troubles to choose from. A broken connection may go unseen: when a reused connection breaks before its answer
 * begins, browsers send the request again, also a create.
 */
export const troubles: ReadonlyArray<Trouble> = [
  { label: "503 Service Unavailable", fault: { _tag: "Status", status: 503 } },
  { label: "429, to be tried again after 1 s", fault: { _tag: "Status", status: 429, retryAfter: 1 } },
  { label: "Broken connection", fault: { _tag: "Reset" } },
  { label: "Answers 2 s late", fault: { _tag: "Latency", millis: latency } },
  { label: "Done, but answered 502", fault: { _tag: "Status", status: 502, afterEffect: true } },
]

export type Operation = Faults.Rule["operation"]

export const operations: ReadonlyArray<readonly [group: string, names: ReadonlyArray<Operation>]> = [
  ["NeuroIO tokens", ["Tokens.list", "Tokens.create", "Tokens.update", "Tokens.delete", "Tokens.deleteList"]],
  [
    "NeuroIO stream tokens",
    [
      "StreamTokens.list",
      "StreamTokens.create",
      "StreamTokens.update",
      "StreamTokens.delete",
      "StreamTokens.deleteList",
    ],
  ],
  ["UMAaaS API tokens", ["ApiTokens.list", "ApiTokens.create", "ApiTokens.delete"]],
]

/** `times` counts the next requests of the operation that get the fault. A call with retries makes several. */
export interface Plan {
  readonly trouble: Trouble
  readonly operation: Operation
  readonly times: number
}

export const planOf = ({ operation, times, trouble }: Plan): Faults.Plan => ({
  _tag: "Script",
  rules: [{ operation, times, fault: trouble.fault }],
})
