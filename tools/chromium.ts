/**
 * Finds a Chromium for tests: the one that `CHROMIUM_PATH` (or `CHROME_BIN`) names, an installed one, Playwright's, or
 * on Linux x64 the one inside the package `@sparticuz/chromium`. Downloads nothing.
 */
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { delimiter, join } from "node:path"
import { fileURLToPath } from "node:url"
import type * as Playwright from "playwright"

/** Launch options for Playwright. */
export interface Chromium {
  readonly executablePath: string
  readonly args: Array<string>
  /** The whole environment of the browser's process. */
  readonly env: Record<string, string>
}

/** Switches off Chromium's calls to its maker: they fail in a closed network, and cost time on a busy machine. */
const args = [
  "--headless",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
]

const environment = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )

const named = (): string | undefined => {
  for (const name of ["CHROMIUM_PATH", "CHROME_BIN"]) {
    const path = process.env[name]
    if (path === undefined || path === "") continue
    if (!isBrowser(path)) throw new Error(`${name} is ${path}, and that is no browser.`)
    return path
  }
  return undefined
}

const programFiles = ["PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"].flatMap((name) => process.env[name] ?? [])

const knownPlaces: Partial<Record<NodeJS.Platform, ReadonlyArray<string>>> = {
  darwin: ["Google Chrome", "Chromium"].map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`),
  win32: programFiles.map((folder) => join(folder, "Google/Chrome/Application/chrome.exe")),
}

/** Starts it: some systems have a command of that name that only says where to get the browser. */
const isBrowser = (path: string): boolean =>
  existsSync(path) && (process.platform !== "linux" || spawnSync(path, ["--version"]).status === 0)

const installed = (): string | undefined => {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/bin", "/usr/local/bin", "/opt/google/chrome"]
  const commands = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"]
  const onPath =
    process.platform === "win32" ? [] : commands.flatMap((name) => folders.map((folder) => join(folder, name)))
  return [...onPath, ...(knownPlaces[process.platform] ?? [])].find(isBrowser)
}

const require = createRequire(import.meta.url)

/** Finds the browser that Playwright has downloaded, if any. */
const ofPlaywright = (): string | undefined => {
  const { chromium }: Pick<typeof Playwright, "chromium"> = require("playwright")
  const path = chromium.executablePath()
  return existsSync(path) ? path : undefined
}

/** A program that unpacks the browser and its libraries into the folder for temporary files. */
const unpack = 'import("@sparticuz/chromium").then(({ default: chromium }) => chromium.executablePath())'

/** Names folders of fonts that exist: without a font, the browser crashes when it draws a text field. */
const fontSettings = (folder: string): string => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${folder}/fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${folder}/fonts-cache</cachedir>
</fontconfig>
`

/**
 * Unpacks the browser of the package. Two processes that unpack into the same folder at once would get half a browser,
 * so each unpacks into another folder first, and renames that.
 */
const ofPackage = (): Pick<Chromium, "executablePath" | "env"> | undefined => {
  if (process.platform !== "linux" || process.arch !== "x64") return undefined
  const manifest = new URL("../package.json", import.meta.resolve("@sparticuz/chromium"))
  const { version }: { readonly version: string } = JSON.parse(readFileSync(manifest, "utf8"))
  const root = fileURLToPath(new URL("..", import.meta.url))
  const folder = join(root, "node_modules/.cache/chromium", version)
  if (!existsSync(folder)) {
    const fresh = `${folder}.${process.pid}`
    mkdirSync(fresh, { recursive: true })
    const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", unpack], {
      cwd: root,
      encoding: "utf8",
      // Makes the package unpack the libraries that a system without a desktop lacks.
      env: { ...environment(), TMPDIR: fresh, AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x" },
    })
    if (status !== 0) throw new Error(`The browser inside @sparticuz/chromium cannot be unpacked: ${stderr}`)
    writeFileSync(join(fresh, "fonts.conf"), fontSettings(folder))
    try {
      renameSync(fresh, folder)
    } catch (error) {
      // Another process has put it there.
      rmSync(fresh, { recursive: true })
      if (!existsSync(folder)) throw error
    }
  }
  const libraries = join(folder, "al2023/lib")
  const env = environment()
  return {
    executablePath: join(folder, "chromium"),
    env: {
      ...env,
      FONTCONFIG_FILE: join(folder, "fonts.conf"),
      LD_LIBRARY_PATH: [libraries, ...(env["LD_LIBRARY_PATH"]?.split(":") ?? [])].join(":"),
    },
  }
}

let found: Chromium | undefined

export const findChromium = (): Chromium => {
  if (found !== undefined) return found
  const path = named() ?? installed() ?? ofPlaywright()
  const browser = path === undefined ? ofPackage() : { executablePath: path, env: environment() }
  if (browser === undefined) {
    throw new Error("There is no Chromium: install Chromium or Chrome, or name one in CHROMIUM_PATH.")
  }
  // Chromium's own sandbox does not start as root.
  found = { ...browser, args: process.getuid?.() === 0 ? [...args, "--no-sandbox"] : args }
  return found
}

/** Finds a Chromium. Undefined when there is none. */
export const lookForChromium = (): Chromium | undefined => {
  try {
    return findChromium()
  } catch {
    return undefined
  }
}
