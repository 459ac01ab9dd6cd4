/**
 * A persistent map from whole numbers to values that also knows ranks: "20 entries from the 70,000th on" costs what it
 * costs at the head, and so does the same among the marked ones or the unmarked ones alone.
 *
 * It is a trie over the digits of the key in base 32, each node with the number of its entries and of the marked ones.
 * Persistent, so that a state before and a state after can both be kept: a change copies one path of small arrays.
 */

const bits = 5
const mask = (1 << bits) - 1

/** Which entries: the marked ones, the others, or (`null`) both. */
export type Marked = boolean | null

interface Twig<A> {
  readonly level: 0
  readonly size: number
  readonly marked: number
  readonly items: ReadonlyArray<A | undefined>
}

interface Branch<A> {
  readonly level: number
  readonly size: number
  readonly marked: number
  readonly nodes: ReadonlyArray<Node<A> | undefined>
}

type Node<A> = Twig<A> | Branch<A>

export interface OrderStatisticMap<A> {
  readonly isMarked: (value: A) => boolean
  readonly root: Node<A>
}

const isTwig = <A>(node: Node<A>): node is Twig<A> => "items" in node

const emptyTwig = { level: 0, size: 0, marked: 0, items: [] } as const

export const empty = <A>(isMarked: (value: A) => boolean): OrderStatisticMap<A> => ({ isMarked, root: emptyTwig })

const countIn = <A>(node: Node<A>, which: Marked): number =>
  which === null ? node.size : which ? node.marked : node.size - node.marked

/** How many entries there are. */
export const count = <A>(self: OrderStatisticMap<A>, which: Marked): number => countIn(self.root, which)

const digit = (key: number, level: number): number => (key >>> (bits * level)) & mask

/** Keys are 32 bits wide, which a seventh digit would run past. */
const fits = (key: number, level: number): boolean => bits * (level + 1) >= 32 || key >>> (bits * (level + 1)) === 0

const isKey = (key: number): boolean => Number.isInteger(key) && key >= 0 && key <= 0xffff_ffff

export const get = <A>(self: OrderStatisticMap<A>, key: number): A | undefined => {
  let node: Node<A> | undefined = self.root
  if (!isKey(key) || !fits(key, node.level)) return undefined
  while (node !== undefined && !isTwig(node)) node = node.nodes[digit(key, node.level)]
  return node?.items[digit(key, 0)]
}

const replaced = <B>(array: ReadonlyArray<B | undefined>, index: number, value: B | undefined) => {
  const copy = array.slice()
  while (copy.length < index) copy.push(undefined)
  copy[index] = value
  return copy
}

const emptyNode = <A>(level: number): Node<A> => (level === 0 ? emptyTwig : { level, size: 0, marked: 0, nodes: [] })

const one = (counts: boolean): number => (counts ? 1 : 0)

/** `undefined` takes the entry away. */
const put = <A>(self: OrderStatisticMap<A>, node: Node<A>, key: number, value: A | undefined): Node<A> => {
  const index = digit(key, node.level)
  if (isTwig(node)) {
    const before = node.items[index]
    return {
      level: 0,
      size: node.size + one(value !== undefined) - one(before !== undefined),
      marked:
        node.marked +
        one(value !== undefined && self.isMarked(value)) -
        one(before !== undefined && self.isMarked(before)),
      items: replaced(node.items, index, value),
    }
  }
  const before = node.nodes[index]
  const after = put(self, before ?? emptyNode<A>(node.level - 1), key, value)
  return {
    level: node.level,
    size: node.size + after.size - (before?.size ?? 0),
    marked: node.marked + after.marked - (before?.marked ?? 0),
    nodes: replaced(node.nodes, index, after.size === 0 ? undefined : after),
  }
}

export const set = <A>(self: OrderStatisticMap<A>, key: number, value: A): OrderStatisticMap<A> => {
  if (!isKey(key)) throw new RangeError(`a key is a whole number of at most 32 bits, not ${key}`)
  let root = self.root
  while (!fits(key, root.level)) {
    root = { level: root.level + 1, size: root.size, marked: root.marked, nodes: root.size === 0 ? [] : [root] }
  }
  return { isMarked: self.isMarked, root: put(self, root, key, value) }
}

export const remove = <A>(self: OrderStatisticMap<A>, key: number): OrderStatisticMap<A> =>
  get(self, key) === undefined ? self : { isMarked: self.isMarked, root: put(self, self.root, key, undefined) }

/** Up to `limit` values in the order of their keys, from the one with rank `offset` on. */
export const slice = <A>(
  self: OrderStatisticMap<A>,
  which: Marked,
  offset: number,
  limit: number,
): ReadonlyArray<A> => {
  const found: Array<A> = []
  let toSkip = offset
  const walk = (node: Node<A>): void => {
    const here = countIn(node, which)
    if (toSkip >= here) {
      toSkip -= here
      return
    }
    if (!isTwig(node)) {
      for (const child of node.nodes) {
        if (found.length >= limit) return
        if (child !== undefined) walk(child)
      }
      return
    }
    for (const item of node.items) {
      if (found.length >= limit) return
      if (item === undefined || (which !== null && self.isMarked(item) !== which)) continue
      if (toSkip > 0) toSkip -= 1
      else found.push(item)
    }
  }
  walk(self.root)
  return found
}

/** How many entries have a smaller key. */
export const rank = <A>(self: OrderStatisticMap<A>, key: number): number => {
  if (key <= 0) return 0
  let node: Node<A> | undefined = self.root
  if (!isKey(key) || !fits(key, node.level)) return node.size
  let before = 0
  while (node !== undefined) {
    const index = digit(key, node.level)
    if (isTwig(node)) {
      for (const item of node.items.slice(0, index)) if (item !== undefined) before += 1
      return before
    }
    for (const child of node.nodes.slice(0, index)) before += child?.size ?? 0
    node = node.nodes[index]
  }
  return before
}

/** How many entries come before the first that is far enough, where all after that one are too. */
export const rankWhere = <A>(self: OrderStatisticMap<A>, isFarEnough: (value: A) => boolean): number => {
  let low = 0
  let high = self.root.size
  while (low < high) {
    const middle = (low + high) >>> 1
    const [value] = slice(self, null, middle, 1)
    if (value === undefined || isFarEnough(value)) high = middle
    else low = middle + 1
  }
  return low
}
