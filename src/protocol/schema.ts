// Messages declared as data. A declaration says what a field is, in which versions it is on the wire, where
// it may be null, and its default; the TypeScript type of a decoded message is inferred from it, and
// compile.ts turns declaration + version into a reader and a writer. Names follow Kafka's message
// specifications with a lower-cased first letter, so that a field is found by its documented name.
//
// A decoded message always has every field: one that is absent in its version has its default, as in Kafka's
// generated classes. On encoding, fields outside the version are not written.

/** '0+', '2-4' or '3' (one version). Kafka's own notation. */
export type VersionRange = `${number}+` | `${number}-${number}` | `${number}`

/** A tagged field (KIP-482) that the declaration does not know, kept so that a round trip loses nothing. */
export interface UnknownTaggedField {
  readonly tag: number
  readonly data: Uint8Array
}

interface WireTypes {
  bool: boolean
  int8: number
  int16: number
  uint16: number
  int32: number
  uint32: number
  int64: bigint
  float64: number
  /** 22 characters of URL-safe base64, as Kafka prints a Uuid. The zero uuid is `ZERO_UUID`. */
  uuid: string
  string: string
  /** A view of the decoded buffer: copy what is kept. */
  bytes: Buffer
  /** Record batches, a view like bytes; null when absent. */
  records: Buffer
}

export type PrimitiveType = keyof WireTypes

export type FieldType = PrimitiveType | StructType | ArrayType

export interface StructType {
  readonly kind: 'struct'
  readonly fields: Fields
}

export interface ArrayType {
  readonly kind: 'array'
  readonly element: PrimitiveType | StructType
}

export interface FieldOptions {
  /** Versions in which the value may be null. */
  readonly nullable?: VersionRange
  /** Value of a field that is absent: in its version, or in the object to be encoded. Zero, '' or [] unless told. */
  readonly default?: unknown
  /** Tag number and versions in which the field is tagged (KIP-482). */
  readonly tag?: number
  readonly tagged?: VersionRange
  /** Overrides the message's flexible versions (the client id of a request header is never compact). */
  readonly flexible?: VersionRange | 'none'
}

export interface Field<T extends FieldType = FieldType, Null extends boolean = boolean> {
  readonly type: T
  readonly versions: VersionRange
  readonly options: FieldOptions
  /** Only for inference: whether null is possible. */
  readonly null: Null
}

export type Fields = Readonly<Record<string, Field>>

export interface MessageSchema<F extends Fields = Fields> {
  readonly name: string
  readonly versions: VersionRange
  /** Versions with compact lengths and tagged fields, or 'none'. */
  readonly flexible: VersionRange | 'none'
  readonly fields: F
}

type ValueOf<T> = T extends PrimitiveType
  ? WireTypes[T]
  : T extends { kind: 'struct'; fields: infer F extends Fields }
    ? StructValue<F>
    : T extends { kind: 'array'; element: infer E }
      ? ValueOf<E>[]
      : never

type FieldValue<X> = X extends Field<infer T, infer N> ? ValueOf<T> | (N extends true ? null : never) : never

type StructValue<F extends Fields> = { -readonly [K in keyof F]: FieldValue<F[K]> } & {
  unknownTaggedFields?: UnknownTaggedField[]
}

/** The decoded value of a message: every field present. */
export type Infer<M extends MessageSchema> = StructValue<M['fields']>

/** What encoding accepts: any field may be left out and then has its default. */
export type Draft<T> = T extends Uint8Array | bigint | string | number | boolean | null
  ? T
  : T extends readonly (infer E)[]
    ? readonly Draft<E>[]
    : { [K in keyof T]?: Draft<T[K]> | undefined }

type NullOf<O> = O extends { nullable: VersionRange } ? true : false

function make<const T extends FieldType>(type: T) {
  return <const O extends FieldOptions = Record<never, never>>(
    versions: VersionRange,
    options?: O,
  ): Field<T, NullOf<O>> => ({ type, versions, options: options ?? {}, null: undefined as never })
}

export const bool = make('bool')
export const int8 = make('int8')
export const int16 = make('int16')
export const uint16 = make('uint16')
export const int32 = make('int32')
export const uint32 = make('uint32')
export const int64 = make('int64')
export const float64 = make('float64')
export const uuid = make('uuid')
export const string = make('string')
export const bytes = make('bytes')
export const records = make('records')

/** An array of primitives (`array('int32')('0+')`) or of structs (`array({ ...fields })('0+')`). */
export function array<const E extends PrimitiveType | Fields>(element: E) {
  type Element = E extends PrimitiveType ? E : { kind: 'struct'; fields: Extract<E, Fields> }
  const type = typeof element === 'string' ? element : { kind: 'struct', fields: element }
  return make<{ kind: 'array'; element: Element }>({ kind: 'array', element: type as Element })
}

/** A struct in place (`struct({ ...fields })('0+')`). */
export function struct<const F extends Fields>(fields: F) {
  return make<{ kind: 'struct'; fields: F }>({ kind: 'struct', fields })
}

/** Declares a message; `versions` is every version that ever shipped. */
export function message<const F extends Fields>(
  name: string,
  versions: VersionRange,
  flexible: VersionRange | 'none',
  fields: F,
): MessageSchema<F> {
  return { name, versions, flexible, fields }
}
