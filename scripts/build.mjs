// npm run build [-- DIRECTORY]: dist/, or the directory, as it is published. All of it is CommonJS, because Node 20 loads that in half the
// time, and jest and whoever requires it can; ES modules hand on to it: index.js for the library, cli.js for who starts the command by
// that path. The library is one file, and what it loads by import() files beside it. The command is made of files that are loaded
// by command; what is in the library already they take from there, so that it is published once. Types for both.

import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join, relative, resolve } from 'node:path'
import { build, transform } from 'esbuild'
import { errorCodesAsNumbers } from './build-error-codes.mjs'
import { pruneTypes } from './build-types.mjs'

const root = join(import.meta.dirname, '..')
const dist = resolve(root, process.argv[2] ?? 'dist')
const common = {
  bundle: true,
  packages: 'external',
  platform: 'node',
  target: 'node20',
  minify: !process.env.COHORT_READABLE,
  logLevel: 'warning',
}
rmSync(dist, { recursive: true, force: true })
const tsc = join(root, 'node_modules/typescript/bin/tsc')
const types = join(dist, 'types')
execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', types], {
  cwd: root,
  stdio: 'inherit',
})
pruneTypes(types, 'index.d.ts')

const ENTRY = 'src/index.ts'
const numbers = await errorCodesAsNumbers(join(root, 'src/protocol/errors.ts'))
/**
 * From Node 22 on, what was compiled once is kept in the user's folder for temporary files. The factor: src/cli/engine-heap.ts, which
 * would be loaded too late to say it.
 */
const COMMAND = `#!/usr/bin/env node
require('node:v8').setFlagsFromString('--semi-space-growth-factor=8')
require('node:module').enableCompileCache?.()
require('./command.cjs')
`
/** File from the root -> the name of what is made of it in dist/: what the library loads when it is needed. */
const later = new Map()
const library = {
  ...common,
  outfile: join(dist, 'library.cjs'),
  format: 'esm',
  write: false,
  plugins: [laterOnes(), numbers],
}
const inLibrary = await inputsOf({ ...library, entryPoints: [join(root, ENTRY)] })
const parts = {
  ...common,
  entryPoints: {
    command: join(root, 'src/cli/main.ts'),
    ...Object.fromEntries(Array.from(later, ([file, name]) => [name, join(root, file)])),
  },
  outdir: dist,
  outExtension: { '.js': '.cjs' },
  format: 'esm',
  splitting: true,
  chunkNames: '[name]-[hash]',
  write: false,
}
const shared = await sharedNames()
const values = await publicValues()
const short = shortNames()

const { outputFiles: libraryFiles } = await build({
  ...library,
  stdin: {
    contents: [
      `export * from './${ENTRY}'`,
      ...Array.from(shared, ([file, names]) => {
        const list = names.map((name) => (short.has(name) ? `${name} as ${short.get(name)}` : name))
        return file === ENTRY ? '' : `export { ${list.join(', ')} } from './${file}'`
      }),
    ].join('\n'),
    resolveDir: root,
  },
})
const { outputFiles: partFiles } = await build({ ...parts, plugins: [fromLibrary(), numbers] })
for (const { path, text } of [...libraryFiles, ...partFiles]) writeFileSync(path, await asCommonJs(text))
writeFileSync(
  join(dist, 'index.cjs'),
  `const { ${values.join(', ')} } = require('./library.cjs')\nmodule.exports = { ${values.join(', ')} }\n`,
)
writeFileSync(
  join(dist, 'index.js'),
  `import cohort from './index.cjs'\nexport const { ${values.join(', ')} } = cohort\n`,
)
writeFileSync(join(dist, 'cli.cjs'), COMMAND)
writeFileSync(join(dist, 'cli.js'), `#!/usr/bin/env node\nimport './cli.cjs'\n`)
writeFileSync(join(dist, 'index.d.cts'), requiredTypes(values))

/** What src/index.ts exports, types left out. */
async function publicValues() {
  const options = { ...common, entryPoints: [join(root, ENTRY)], outdir: dist, format: 'esm' }
  const { metafile } = await build({ ...options, write: false, metafile: true })
  return Object.values(metafile.outputs)[0].exports.sort()
}

async function inputsOf(options) {
  return (await build({ ...options, write: false, metafile: true })).metafile.inputs
}

/**
 * What esbuild makes is ES modules. What they take from each other, and from the library, are names that keep their value: so one
 * look-up will do, where esbuild's own conversion looks up at each use. It does the rest.
 */
async function asCommonJs(text) {
  const { rest, taken } = withoutImports(text.replace(/^#!.*\n/, ''))
  const heads = Array.from(taken, ([from, names]) =>
    isOurs(from) ? requiring(from, names) : importing(from, names),
  )
  const code = rest
    .replace(/import\(("\.\/[^"]+\.cjs")\)/g, 'Promise.resolve().then(() => require($1))')
    .replace(/export\s*\{([^}]*)\};\s*$/, (_, names) => {
      const exported = names.split(',').map((name) => name.replace(/(\S+) as (\S+)/, '$2: $1'))
      return `module.exports = { ${exported.join()} };`
    })
  const { minify, target, platform } = common
  const define = { 'import.meta.url': '__filename' }
  /** import() becomes require: in jest, and ahead of Node's reading of a CommonJS file for what it exports. */
  const commonJs = { format: 'cjs', supported: { 'dynamic-import': false } }
  return (await transform(heads.join('') + code, { ...commonJs, define, minify, target, platform })).code
}

/** esbuild imports anew for each file that it has put in. Taken: from where -> the names. */
function withoutImports(text) {
  const taken = new Map()
  const rest = text.replace(
    /import\s*\{([^}]*)\}\s*from\s*"(\.\/[^"]+\.cjs|node:[^"]+)";/g,
    (_, names, from) => {
      taken.set(from, [...(taken.get(from) ?? []), ...names.split(',').map((name) => name.trim())])
      return ''
    },
  )
  return { rest, taken }
}

function isOurs(from) {
  return from.startsWith('.')
}

function importing(from, names) {
  return `import { ${names.join()} } from "${from}";`
}

function requiring(from, names) {
  const locals = new Map()
  const again = []
  for (const [name, local = name] of names.map((entry) => entry.split(' as '))) {
    if (locals.has(name)) again.push(`, ${local} = ${locals.get(name)}`)
    else locals.set(name, local)
  }
  const nameThere = (name) => (from === './library.cjs' && short.get(name)) || name
  const list = Array.from(locals, ([name, local]) => `${nameThere(name)}: ${local}`)
  return `const { ${list.join()} } = require("${from}")${again.join('')};`
}

/** Leaves files that are loaded by import() out of the library, and notes them. */
function laterOnes() {
  return {
    name: 'later',
    setup({ onResolve, resolve }) {
      onResolve({ filter: /^\.\.?\// }, async ({ path, kind, ...from }) => {
        if (kind !== 'dynamic-import') return undefined
        const found = await resolve(path, { ...from, kind: 'import-statement' })
        const file = relative(root, found.path)
        later.set(file, `library-${basename(file, '.ts')}`)
        return { path: `./${later.get(file)}.cjs`, external: true }
      })
    },
  }
}

/** Of the library's files, relative to the root: the names that the other files import. */
async function sharedNames() {
  const names = new Map()
  for (const [file, { imports }] of Object.entries(await inputsOf(parts))) {
    if (file in inLibrary) continue
    for (const { path, original } of imports) {
      if (!(path in inLibrary)) continue
      const imported = importedNames(file, original)
      names.set(path, [...new Set([...(names.get(path) ?? []), ...imported])].sort())
    }
  }
  return new Map([...names].sort())
}

/** Name -> what the library hands it on as to our other files, where the name is not public. */
function shortNames() {
  const names = [...new Set([...shared.values()].flat())].filter((name) => !values.includes(name))
  return new Map(common.minify ? names.map((name, i) => [name, `_${i.toString(36)}`]) : [])
}

/** What `file` imports as values by this specifier. */
function importedNames(file, specifier) {
  const source = readFileSync(join(root, file), 'utf8')
  const escaped = specifier.replaceAll('.', '\\.')
  const lists = [...source.matchAll(new RegExp(`(?:import|export) \\{([^}]*)\\} from '${escaped}'`, 'g'))]
  if (lists.length === 0) throw new Error(`${file}: ${specifier} is not imported by names`)
  const all = lists.flatMap(([, list]) => list.split(',').map((name) => name.trim()))
  return all.filter((name) => name !== '' && !name.startsWith('type ')).map((name) => name.split(' as ')[0])
}

/** Lets the other files take shared modules from the library. */
function fromLibrary() {
  return {
    name: 'from the library',
    setup({ onResolve, resolve }) {
      onResolve({ filter: /^\.\.?\// }, async ({ path, ...from }) => {
        if (from.pluginData === 'resolved') return undefined
        const found = await resolve(path, { ...from, pluginData: 'resolved' })
        const isShared = shared.has(relative(root, found.path))
        return isShared ? { path: './library.cjs', external: true, sideEffects: false } : found
      })
    },
  }
}

/** For who requires it: the types of the ES module, by TypeScript 5.3 or newer (resolution-mode). */
function requiredTypes(values) {
  const from = `'./types/index.js' with { 'resolution-mode': 'import' }`
  const entry = readFileSync(join(dist, 'types/index.d.ts'), 'utf8')
  const types = Array.from(entry.matchAll(/^export (type )?\{([^}]*)\} from/gm), ([, isType, names]) =>
    names
      .split(',')
      .map((name) => name.trim())
      .filter((name) => isType || name.startsWith('type '))
      .map((name) => name.replace(/^type /, '')),
  ).flat()
  const isClass = (name) => /^[A-Z]/.test(name)
  return [
    `import type * as cohort from ${from}`,
    `export type { ${types.join(', ')} } from ${from}`,
    ...values.map((name) => `export declare const ${name}: typeof cohort.${name}`),
    ...values.filter(isClass).map((name) => `export type ${name} = cohort.${name}`),
    '',
  ].join('\n')
}
