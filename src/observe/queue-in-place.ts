// A queue that goes round in one array: first in, first out, without a copy of what is left whenever the front has gone far enough.
// A large array is garbage that stays for long.

const FIRST_PLACES = 16

export class QueueInPlace<T> {
  private places = new Array<T | undefined>(FIRST_PLACES).fill(undefined)
  private first = 0
  private count = 0

  get oldest(): T | undefined {
    return this.places[this.first]
  }

  push(item: T): void {
    if (this.count === this.places.length) this.grow()
    const at = this.first + this.count++
    this.places[at < this.places.length ? at : at - this.places.length] = item
  }

  private grow(): void {
    const { length } = this.places
    this.places = [...this.all(), ...new Array<undefined>(length).fill(undefined)]
    this.first = 0
  }

  /** Takes the oldest away, if there is one. */
  shift(): void {
    if (this.count === 0) return
    this.places[this.first] = undefined
    this.first = this.first + 1 === this.places.length ? 0 : this.first + 1
    this.count--
  }

  /** Oldest first. */
  all(): T[] {
    const end = this.first + this.count
    const { places, first } = this
    const round = Math.max(0, end - places.length)
    return [...places.slice(first, end), ...places.slice(0, round)] as T[]
  }
}
