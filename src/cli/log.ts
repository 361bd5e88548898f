// The command's log: JSON lines on standard error by pino, which is loaded with the first line that is to be written.

import { createRequire } from 'node:module'
import type { Logger } from 'pino'
import type { LogLevel } from '../server/options.js'

export const LEVELS = ['silent', 'error', 'warn', 'info', 'debug'] as const
export type Level = (typeof LEVELS)[number]

export type Log = (at: LogLevel, line: string, fields?: object) => void

export function openLog(level: Level): Log {
  const enabled = LEVELS.indexOf(level)
  let logger: Logger | undefined
  return (at, line, fields = {}) => {
    if (LEVELS.indexOf(at) > enabled) return
    logger ??= makeLogger(level)
    logger[at](fields, line)
  }
}

function makeLogger(level: Level): Logger {
  const require = createRequire(import.meta.url)
  const { pino } = require('pino') as typeof import('pino')
  return pino({ level, base: null }, pino.destination({ fd: 2, sync: true }))
}
