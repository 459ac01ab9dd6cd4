/** The server's side of `startServer`: reports its URL, and its CPU time on demand. */
export const tellCpu = (greeting: string): void => {
  process.on("message", () => {
    const { system, user } = process.cpuUsage()
    process.send?.((user + system) / 1e6)
  })
  process.on("disconnect", () => process.exit())
  process.send?.(greeting)
}
