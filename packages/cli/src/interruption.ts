/** With which code the process ends when it is interrupted: 130, as a shell has it, unless that was the way to end it. */
export const interruption = { exitCode: 130 }
