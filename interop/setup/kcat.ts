// kcat: the one of the machine, or Debian's packages of it, unpacked into a folder without being installed.

import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { MissingTool, run } from '../../conformance/targets/processes.js'
import { type Client, Unavailable } from '../client.js'
import type { Command } from '../runner/program.js'
import { folder, PROGRAMS } from './home.js'

const VERSION = '1.7.1'
const PACKAGES = ['kcat', 'librdkafka1', 'libyajl2']
const MEND = 'kcat must be on the path, or apt-get and dpkg to get it'
const SCRIPT = 'cd "$0" && apt-get download -q "$@" && for each in *.deb; do dpkg -x "$each" root; done'

function kcat(): Command {
  const own = { command: process.execPath, args: [join(PROGRAMS, 'node', 'kcat.mjs')] }
  if (isThere()) return own
  const root = join(unpacked(), 'root', 'usr')
  const library = join(root, 'lib', process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu')
  return { ...own, env: { INTEROP_KCAT: join(root, 'bin', 'kcat'), LD_LIBRARY_PATH: library } }
}

function isThere(): boolean {
  try {
    execFileSync('kcat', ['-V'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

function unpacked(): string {
  try {
    return folder(`kcat-${VERSION}`, (path) => run('sh', ['-c', SCRIPT, path, ...PACKAGES], MEND))
  } catch (error) {
    if (error instanceof MissingTool) throw error
    throw new Unavailable(MEND)
  }
}

export const KCAT: readonly Client[] = [
  {
    name: 'kcat',
    language: 'c',
    title: 'kcat 1.7.1 (librdkafka 2.0.2)',
    prepare: kcat,
    lacks: {},
    pausesBySilence: true,
    slowLoop: 'ends',
    notes: {
      slow: 'its output is not read: it leaves, and ends with an error when it goes on; it is started again',
      pause: 'it has no pause: its output is not read for a while, shorter than max.poll.interval.ms',
    },
    tellsCommits: false,
    fault: 'when it is ended, it may commit a record that it has not printed',
  },
]
