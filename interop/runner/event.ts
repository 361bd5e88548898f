// What a client program says: one JSON object a line. Every one has `at`, ms since the epoch on the program's clock; all
// programs run on one machine.

interface Told {
  readonly at: number
}

interface OfPartitions extends Told {
  readonly event: 'assigned' | 'revoked' | 'lost'
  readonly partitions: readonly number[]
}

interface Consumed extends Told {
  readonly event: 'consumed'
  readonly partition: number
  readonly offset: number
  readonly value: string
}

interface Committed extends Told {
  readonly event: 'committed'
  readonly offsets: Readonly<Record<string, number>>
}

interface Produced extends Told {
  readonly event: 'produced'
  readonly count: number
}

/** Of a call that an administrator made. */
interface Result extends Told {
  readonly event: 'result'
  readonly call: string
  readonly value?: unknown
  readonly error?: string
}

interface Unsupported extends Told {
  readonly event: 'unsupported'
  readonly call: string
}

interface Bare extends Told {
  readonly event: 'paused' | 'resumed' | 'left'
}

/** An error ends the check, a note does not. */
interface Message extends Told {
  readonly event: 'note' | 'error'
  readonly message: string
}

export type Event = OfPartitions | Consumed | Committed | Produced | Result | Unsupported | Bare | Message

/** Those events that may have this name. */
export type Named<Name extends Event['event']> = Event extends infer E
  ? E extends { event: infer Own }
    ? Name extends Own
      ? E
      : never
    : never
  : never

/** Null for a line that is none: libraries print too. */
export function readEvent(line: string): Event | null {
  if (!line.startsWith('{')) return null
  try {
    const event: unknown = JSON.parse(line)
    return typeof event === 'object' && event !== null && 'event' in event && 'at' in event
      ? (event as Event)
      : null
  } catch {
    return null
  }
}
