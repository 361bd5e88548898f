// A binary heap: the item that comes before all others is at the top. It tells where it puts an item, so that one can be taken out, or
// moved up, from wherever it is.

export class Heap<T> {
  private readonly items: T[] = []
  private readonly before: (a: T, b: T) => boolean
  private readonly placed: (item: T, at: number) => void

  constructor(before: (a: T, b: T) => boolean, placed: (item: T, at: number) => void = () => {}) {
    this.before = before
    this.placed = placed
  }

  get size(): number {
    return this.items.length
  }

  get top(): T | undefined {
    return this.items[0]
  }

  push(item: T): void {
    this.items.push(item)
    this.rise(item, this.items.length - 1)
  }

  /** Takes the top away; there must be one. */
  pop(): void {
    this.removeAt(0)
  }

  /** `at` is where it was put last. */
  removeAt(at: number): void {
    const { items, before } = this
    const last = items.pop() as T
    if (at === items.length) return
    if (at > 0 && before(last, items[(at - 1) >> 1] as T)) this.rise(last, at)
    else this.sink(last, at)
  }

  /** The item at this place now comes earlier than it did. */
  moveUp(at: number): void {
    this.rise(this.items[at] as T, at)
  }

  /** The item at this place now comes later than it did. */
  moveDown(at: number): void {
    this.sink(this.items[at] as T, at)
  }

  private rise(item: T, from: number): void {
    const { items, before, placed } = this
    let at = from
    while (at > 0) {
      const parentAt = (at - 1) >> 1
      const parent = items[parentAt] as T
      if (!before(item, parent)) break
      items[at] = parent
      placed(parent, at)
      at = parentAt
    }
    items[at] = item
    placed(item, at)
  }

  private sink(item: T, from: number): void {
    const { items, before, placed } = this
    let at = from
    for (;;) {
      let childAt = 2 * at + 1
      if (childAt >= items.length) break
      if (childAt + 1 < items.length && before(items[childAt + 1] as T, items[childAt] as T)) childAt++
      const child = items[childAt] as T
      if (!before(child, item)) break
      items[at] = child
      placed(child, at)
      at = childAt
    }
    items[at] = item
    placed(item, at)
  }

  /** Takes all away, and tells what there was. */
  clear(): T[] {
    return this.items.splice(0)
  }
}
