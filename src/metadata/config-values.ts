// Whether a text is a value of a setting's type and within its bounds, in Kafka's words (Kafka: ConfigDef).

export type ConfigType = 'boolean' | 'string' | 'int' | 'long' | 'double' | 'list'

/** The least value and, where there is one, the greatest. */
export type Within = readonly [least?: number | undefined, most?: number]

const INT = [-(2n ** 31n), 2n ** 31n - 1n] as const
const LONG = [-(2n ** 63n), 2n ** 63n - 1n] as const

export function invalidValue(name: string, shown: string, why: string): string {
  return `Invalid value ${shown} for configuration ${name}: ${why}`
}

/** null: it has the type and is within. What strings and lists may be is not said here. */
export function valueError(name: string, type: ConfigType, text: string, within: Within = []): string | null {
  if (type === 'boolean') {
    const isOne = /^\s*(true|false)\s*$/i.test(text)
    return isOne ? null : invalidValue(name, text, 'Expected value to be either true or false')
  }
  if (type === 'string' || type === 'list') return null
  const value = text.trim()
  if (!isNumber(type, value)) {
    return invalidValue(name, value, `Not a number of type ${type.toUpperCase()}`)
  }
  const [least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY] = within
  const number = Number(value)
  const shown = shownNumber(type, number)
  if (number < least) return invalidValue(name, shown, `Value must be at least ${least}`)
  return number > most ? invalidValue(name, shown, `Value must be no more than ${most}`) : null
}

export function shownNumber(type: ConfigType, number: number): string {
  return type === 'double' && Number.isInteger(number) ? `${number}.0` : String(number)
}

function isNumber(type: 'int' | 'long' | 'double', value: string): boolean {
  if (type === 'double') return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(value)
  if (!/^[+-]?\d+$/.test(value)) return false
  const [first, last] = type === 'int' ? INT : LONG
  const whole = BigInt(value.replace('+', ''))
  return whole >= first && whole <= last
}

/** A value as Kafka tells it again once it has read it. */
export function parsedValue(type: string, text: string): string {
  const value = text.trim()
  if (type === 'boolean') return value.toLowerCase()
  if (type === 'list') return listParts(value).join(',')
  const isWhole = type === 'int' || type === 'long' || type === 'short'
  return isWhole && /^[+-]?\d+$/.test(value) ? String(BigInt(value.replace('+', ''))) : value
}

/** The parts of a list as it is written. */
export function listParts(text: string): string[] {
  const parts = text.split(',').map((part) => part.trim())
  return parts.filter((part) => part !== '')
}
