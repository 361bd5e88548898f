// The house rules that a machine can hold (docs/architecture.md): which room may import which, what a pure room
// may touch, how large a file may grow, that there are no import cycles.

import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { VERSION } from '../src/server/version.js'

const root = resolve(import.meta.dirname, '..')
const sourcesIn = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .map((name) => join(folder, name))
const files = sourcesIn('src')
const conformance = sourcesIn('conformance')
/** Beside src/simulation: what plays whole runs of it, with the referee. */
const simulation = sourcesIn('simulation')
const source = new Map(
  [...files, ...conformance, ...simulation].map((file) => [file, readFileSync(join(root, file), 'utf8')]),
)

/** Room -> rooms it may import from, besides itself. */
const MAY_IMPORT: Record<string, string[]> = {
  machine: [],
  types: [],
  protocol: ['types'],
  metadata: ['machine', 'protocol'],
  coordinator: ['machine', 'protocol', 'metadata'],
  log: ['machine', 'protocol', 'metadata'],
  store: ['coordinator', 'metadata', 'log', 'protocol'],
  server: ['machine', 'protocol', 'metadata', 'coordinator', 'log', 'store', 'observe'],
  observe: ['coordinator', 'protocol'],
  monitor: ['coordinator', 'observe', 'protocol', 'server'],
  testkit: ['machine', 'monitor', 'coordinator', 'metadata', 'observe', 'protocol', 'server'],
  control: ['coordinator', 'monitor', 'observe', 'protocol', 'server', 'testkit'],
  'start.ts': ['monitor', 'coordinator', 'machine', 'metadata', 'observe', 'server', 'store', 'testkit'],
  client: ['protocol'],
  doctor: ['machine', 'protocol', 'coordinator', 'observe', 'server'],
  'index.ts': ['start.ts', 'control', 'protocol', 'coordinator', 'observe', 'server', 'testkit'],
  simulation: ['coordinator', 'log', 'machine', 'metadata', 'protocol', 'server', 'store'],
  labs: ['observe', 'simulation'],
  // The suite is a command of its own; it knows the protocol and nothing else of ours.
  cli: [
    'coordinator',
    'protocol',
    'store',
    'labs',
    'index.ts',
    'monitor',
    'server',
    'metadata',
    'control',
    'testkit',
    'client',
    'doctor',
    'observe',
    'conformance',
  ],
}
const PURE = ['machine', 'protocol', 'metadata', 'coordinator', 'log', 'simulation', 'labs']
const PURE_LIBRARIES = ['buffer-layout']
const IMPURE =
  /\b(Date\.now|new Date\b|Math\.random|randomUUID|process\.|console\.|setTimeout|setInterval|setImmediate|queueMicrotask|performance\.|async (function|\()|await |Promise\b)/
const CLOCK_OR_CHANCE =
  /\b(Date\.now|new Date\b|Math\.random|randomUUID|process\.|setTimeout|setInterval|performance\.)/
const SIMULATION_COMMANDS = ['simulation/run.ts', 'simulation/defects.ts']
const MAX_LINES = 250

const roomOf = (file: string) =>
  file.startsWith('src/') ? (file.split('/')[1] as string) : (file.split('/')[0] as string)
const withoutComments = (text: string) =>
  text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1')

function importsOf(file: string): { specifier: string; typeOnly: boolean }[] {
  const text = withoutComments(source.get(file) ?? '')
  const statements = text.matchAll(/(?:^|\n)\s*(import|export)\s+(type\s+)?(?:[^'"`;]*?\sfrom\s+)?'([^']+)'/g)
  const dynamic = text.matchAll(/import\(\s*'([^']+)'\s*\)/g)
  return [
    ...Array.from(statements, (m) => ({ specifier: m[3] as string, typeOnly: m[2] !== undefined })),
    ...Array.from(dynamic, (m) => ({ specifier: m[1] as string, typeOnly: true })),
  ]
}

const target = (file: string, specifier: string) =>
  relative(root, resolve(root, dirname(file), specifier)).replace(/\.js$/, '.ts')

describe('tidy', () => {
  it('tells its version as package.json does', () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
    expect(VERSION).toBe(version)
  })

  it('finds the sources', () => expect(files.length).toBeGreaterThan(20))

  it.each(files)('%s imports only what its room may', (file) => {
    const room = roomOf(file)
    expect(MAY_IMPORT, `room '${room}' is not in the table`).toHaveProperty([room])
    for (const { specifier } of importsOf(file)) {
      if (!specifier.startsWith('.')) {
        if (PURE.includes(room)) expect(PURE_LIBRARIES, `${file} is pure`).toContain(specifier)
        continue
      }
      expect(specifier, 'specifiers end in .js').toMatch(/\.js(on)?$/)
      const to = roomOf(target(file, specifier))
      if (to !== room) expect(MAY_IMPORT[room], `${file} -> ${specifier}`).toContain(to)
    }
  })

  it.each(files.filter((file) => PURE.includes(roomOf(file))))('%s has no clock, chance or I/O', (file) => {
    const lines = withoutComments(source.get(file) ?? '').split('\n')
    expect(lines.filter((line) => IMPURE.test(line))).toEqual([])
  })

  it.each(simulation.filter((file) => !SIMULATION_COMMANDS.includes(file)))(
    '%s gives the same run for the same seed',
    (file) => {
      const lines = withoutComments(source.get(file) ?? '').split('\n')
      expect(lines.filter((line) => CLOCK_OR_CHANCE.test(line))).toEqual([])
    },
  )

  it.each([...files, ...conformance, ...simulation])(
    '%s begins with what it knows and stays within its size',
    (file) => {
      const lines = (source.get(file) ?? '').replace(/^#!.*\n/, '').split('\n')
      expect(lines[0]).toMatch(/^\/\/ /)
      if (file.endsWith('.data.ts')) return // a table of facts is as long as there are facts
      expect(lines.length, 'split what holds two ideas').toBeLessThanOrEqual(MAX_LINES + 1)
    },
  )

  it.each(conformance)('%s knows the protocol and nothing else of ours', (file) => {
    for (const { specifier } of importsOf(file)) {
      if (!specifier.startsWith('.')) continue
      const to = target(file, specifier)
      const allowed = to.startsWith('conformance/') || to.startsWith('src/protocol/')
      expect(allowed, `${file} -> ${specifier}: a broker is reached by host:port`).toBe(true)
    }
  })

  it.each(files.filter((file) => roomOf(file) === 'doctor'))(
    '%s knows of the server its settings alone',
    (file) => {
      for (const { specifier } of importsOf(file)) {
        const to = specifier.startsWith('.') ? target(file, specifier) : ''
        if (to.startsWith('src/server/')) expect(to).toMatch(/^src\/server\/config\//)
      }
    },
  )

  it('has no import cycles', () => {
    const graph = new Map(
      files.map((file) => [
        file,
        importsOf(file)
          .filter(({ specifier, typeOnly }) => specifier.startsWith('.') && !typeOnly)
          .map(({ specifier }) => target(file, specifier)),
      ]),
    )
    const done = new Set<string>()
    const visit = (file: string, path: string[]): void => {
      expect(path, 'import cycle').not.toContain(file)
      if (done.has(file)) return
      for (const next of graph.get(file) ?? []) visit(next, [...path, file])
      done.add(file)
    }
    for (const file of files) visit(file, [])
  })
})
