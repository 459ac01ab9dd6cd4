import { Stripe } from "stripe"

const stripe = new Stripe("…")
await stripe.rawRequest("GET", "/v1/tokens/1/")
