/** Copies the workspace to a folder where a test may build and break packages. */
import { cpSync, mkdirSync, readdirSync, symlinkSync } from "node:fs"
import { basename, join } from "node:path"
import { fileURLToPath } from "node:url"

export const root = fileURLToPath(new URL("../..", import.meta.url))

const notCopied = new Set([".git", "node_modules", "dist"])

/**
 * Copies the sources without what was built from them. Links installed packages to the original; those of the workspace
 * resolve to the copies.
 */
export const copyWorkspace = (folder: string): void => {
  cpSync(root, folder, { recursive: true, filter: (path) => !notCopied.has(basename(path)) })
  const installed = join(root, "node_modules")
  const links = join(folder, "node_modules")
  mkdirSync(join(links, ".cache"), { recursive: true })
  for (const name of readdirSync(installed)) {
    if (name !== ".cache" && name !== "@effect-tokens") symlinkSync(join(installed, name), join(links, name))
  }
  // npm links the workspace's packages by relative paths, which lead into the copy.
  cpSync(join(installed, "@effect-tokens"), join(links, "@effect-tokens"), { recursive: true, verbatimSymlinks: true })
}
