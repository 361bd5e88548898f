// The part of buffer-layout 1.2.2 that is used here; the package brings no types.

declare module 'buffer-layout' {
  export class Layout<T> {
    constructor(span: number, property?: string)
    readonly span: number
    readonly property: string | undefined
    decode(buffer: Uint8Array, offset?: number): T
    encode(source: T, buffer: Uint8Array, offset?: number): number
  }
  export class Structure<T> extends Layout<T> {
    readonly fields: readonly Layout<unknown>[]
    /** Byte offset of a field; undefined when there is none of that name. */
    offsetOf(property: string): number | undefined
  }
  export function struct<T>(fields: readonly Layout<unknown>[], property?: string): Structure<T>
  export function s8(property?: string): Layout<number>
  export function s16be(property?: string): Layout<number>
  export function s32be(property?: string): Layout<number>
  export function u32be(property?: string): Layout<number>
}
