import { build } from "vite"
import { gzipSync } from "node:zlib"
for (const name of process.argv.slice(2)) {
  const out = await build({ configFile: false, logLevel: "warn", root: "bench/src/size", resolve: { conditions: ["@effect-tokens/source", "module", "browser", "production", "import", "default"] },
    build: { write: false, target: "es2024", rollupOptions: { input: `bench/src/size/${name}.ts` } } })
  const chunks = (Array.isArray(out) ? out : [out]).flatMap((o: any) => o.output)
  const code = chunks.map((c: any) => c.code ?? "").join("")
  console.log(name, code.length, gzipSync(code, { level: 9 }).length, /node:/.test(code))
}
