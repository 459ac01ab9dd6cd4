/** The constant answers of the benchmark's servers. */

/** Tokens as NeuroIO writes them. */
const temporary = (id: number) => ({
  id,
  key: id.toString(16).padStart(40, "5f3759df"),
  is_active: true,
  created: `2021-05-28T10:37:${String(id % 60).padStart(2, "0")}.433760+00:00`,
  expires: `2021-05-29T10:37:${String(id % 60).padStart(2, "0")}.433563+00:00`,
})

/** Tokens as short as possible: 10,000 of them are less than the 1 MiB that an answer may have (C10). */
const permanent = (id: number) => ({
  id,
  key: id.toString(16),
  is_active: true,
  created: "2021-05-28T10:37:51Z",
  expires: null,
})

export const one = JSON.stringify(temporary(1))

export const list = (length: number): string =>
  JSON.stringify(Array.from({ length }, (_, i) => (length > 1000 ? permanent(i + 1) : temporary(i + 1))))
