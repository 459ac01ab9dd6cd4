/** A server's side of `startServer`: says where it listens, and what it has used of the processor when it is asked. */
export const tellCpu = (greeting: string): void => {
  process.on("message", () => {
    const { system, user } = process.cpuUsage()
    process.send?.((user + system) / 1e6)
  })
  process.on("disconnect", () => process.exit())
  process.send?.(greeting)
}
