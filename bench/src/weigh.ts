/** Measures a program's size in a browser: bundled by Vite for production, and compressed with gzip. */
import { fileURLToPath } from "node:url"
import { gzipSync } from "node:zlib"
import { bundle } from "../../tools/bundle.ts"

/** Returns the size in bytes. `program` is one in `size/`. */
export const weigh = async (program: string): Promise<number> => {
  const { code } = await bundle(fileURLToPath(new URL(`size/${program}.ts`, import.meta.url)))
  return gzipSync(code, { level: 9 }).length
}

export const kilobytes = (bytes: number): string => (bytes / 1000).toFixed(2)
