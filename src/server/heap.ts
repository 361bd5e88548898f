// A binary heap: the item that comes before all others is at the top.

export class Heap<T> {
  private readonly items: T[] = []
  private readonly before: (a: T, b: T) => boolean

  constructor(before: (a: T, b: T) => boolean) {
    this.before = before
  }

  get size(): number {
    return this.items.length
  }

  get top(): T | undefined {
    return this.items[0]
  }

  push(item: T): void {
    const { items, before } = this
    let at = items.length
    items.push(item)
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!before(item, items[parent] as T)) break
      items[at] = items[parent] as T
      at = parent
    }
    items[at] = item
  }

  /** Takes the top away; there must be one. */
  pop(): void {
    const { items, before } = this
    const last = items.pop() as T
    if (items.length === 0) return
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= items.length) break
      if (child + 1 < items.length && before(items[child + 1] as T, items[child] as T)) child++
      if (!before(items[child] as T, last)) break
      items[at] = items[child] as T
      at = child
    }
    items[at] = last
  }

  /** Everything, in no order; it is empty afterwards. */
  takeAll(): T[] {
    return this.items.splice(0)
  }
}
