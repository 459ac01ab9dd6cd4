import OpenAI from "openai"

const client = new OpenAI({ apiKey: "…", dangerouslyAllowBrowser: true })
await client.get("/v1/tokens/1/")
