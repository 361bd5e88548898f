// The commands besides the broker itself. Each is loaded only when it is asked for: none is part of the broker.

import type { Io } from './io.js'

export interface CommandEntry {
  /** For --help. */
  readonly summary: string
  /** Resolves to the exit code. */
  readonly load: () => Promise<(argv: readonly string[], io: Io) => Promise<number>>
}

export const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  explain: {
    summary: 'why a group rebalanced the last time',
    load: async () => (await import('./explain.js')).explainGroup,
  },
  watch: {
    summary: 'draws the members of a group over time, as it happens',
    load: async () => (await import('./watch.js')).watch,
  },
  replay: {
    summary: 'steps through a journal',
    load: async () => (await import('./replay.js')).replay,
  },
  doctor: {
    summary: 'what is wrong with a group, a broker or a client configuration, and what to set',
    load: async () => (await import('./doctor.js')).doctor,
  },
  lab: {
    summary: 'plays a question about rebalancing with simulated consumers, in virtual time',
    load: async () => (await import('./lab.js')).lab,
  },
  groups: {
    summary: 'lists the groups of any broker',
    load: async () => (await import('./admin/groups.js')).groups,
  },
  describe: {
    summary: 'members and assignments of a group',
    load: async () => (await import('./admin/describe.js')).describe,
  },
  lag: {
    summary: 'how far a group is behind',
    load: async () => (await import('./admin/lag.js')).lag,
  },
  offsets: {
    summary: 'resets, sets or deletes committed offsets',
    load: async () => (await import('./admin/offsets.js')).offsets,
  },
  dump: {
    summary: 'prints all that a data directory has',
    load: async () => (await import('./data/dump.js')).dump,
  },
  export: {
    summary: 'writes the groups and offsets of a data directory as JSON lines',
    load: async () => (await import('./data/export.js')).exportGroups,
  },
  import: {
    summary: 'reads them into another data directory',
    load: async () => (await import('./data/import.js')).importGroups,
  },
  control: {
    summary: 'the test kit of a running broker',
    load: async () => (await import('./control.js')).control,
  },
  conform: {
    summary: 'the conformance suite, against this broker or any other',
    load: async () => (await import('../../conformance/main.js')).conform,
  },
}

/** One line each. */
export const commandList = (): string =>
  Object.entries(COMMANDS)
    .map(([name, { summary }]) => `  cohort ${name.padEnd(9)} ${summary}`)
    .join('\n')
