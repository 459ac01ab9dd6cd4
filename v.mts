import { build } from "vite"
import { gzipSync } from "node:zlib"
import { writeFileSync } from "node:fs"
const out: any = await build({ configFile: false, logLevel: "info", root: "bench/src/size", resolve: { conditions: ["@effect-tokens/source", "module", "browser", "production", "import", "default"] },
    build: { write: false, target: "es2024", rollupOptions: { input: `bench/src/size/${process.argv[2]}.ts` } } })
const chunks = (Array.isArray(out) ? out : [out]).flatMap((o: any) => o.output)
console.log(chunks.map((c: any) => [c.fileName, c.code?.length]))
writeFileSync("/tmp/out.js", chunks.map((c: any) => c.code ?? "").join(""))
