/** The workspace once more, in a folder of its own, where a test builds and breaks packages. */
import { cpSync, mkdirSync, readdirSync, symlinkSync } from "node:fs"
import { basename, join } from "node:path"
import { fileURLToPath } from "node:url"

export const root = fileURLToPath(new URL("../..", import.meta.url))

const notCopied = new Set([".git", "node_modules", "dist"])

/**
 * Copies the sources without what was built from them. Installed packages are linked; those of the workspace are the
 * copied ones.
 */
export const copyWorkspace = (folder: string): void => {
  cpSync(root, folder, { recursive: true, filter: (path) => !notCopied.has(basename(path)) })
  const installed = join(root, "node_modules")
  const links = join(folder, "node_modules")
  mkdirSync(join(links, ".cache"), { recursive: true })
  for (const name of readdirSync(installed)) {
    if (name !== ".cache" && name !== "@effect-tokens") symlinkSync(join(installed, name), join(links, name))
  }
  // npm links them by relative paths, which lead into the copy.
  cpSync(join(installed, "@effect-tokens"), join(links, "@effect-tokens"), { recursive: true, verbatimSymlinks: true })
}
