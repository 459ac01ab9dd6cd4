import * as vendor from "@neuroio/rest-api"

const api = vendor.createNeuroioRestApi({ version: 1, token: "…" })
await api?.tokens.getToken(1)
