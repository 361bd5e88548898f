// npm run build: dist/ as it is published. The library is one CommonJS file, which jest and whoever requires it can load; its ES module
// hands on the same objects. The command is made of ES modules that are loaded by command; what is in the library already they take
// from there, so that it is published once. Types for both.

import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, normalize, relative } from 'node:path'
import { build } from 'esbuild'

const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')
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
execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' })
pruneTypes(join(dist, 'types'), 'index.d.ts')

const entry = join(root, 'src/index.ts')
/** What the library exports for the command alone begins so. */
const SHARED = '_'
const command = {
  ...common,
  entryPoints: { cli: join(root, 'src/cli/main.ts') },
  outdir: dist,
  format: 'esm',
  splitting: true,
  chunkNames: 'cli-[name]-[hash]',
}

const shared = await sharedNames()
await build({
  ...common,
  stdin: {
    contents: [
      `export * from './src/index.ts'`,
      ...Array.from(shared, ([file, names]) => {
        return `export { ${names.map((name) => `${name} as ${sharedAs(file, name)}`).join(', ')} } from './${file}'`
      }),
    ].join('\n'),
    resolveDir: root,
  },
  outfile: join(dist, 'library.cjs'),
  format: 'cjs',
})
const values = Object.keys(createRequire(import.meta.url)(join(dist, 'library.cjs')))
  .filter((name) => !name.startsWith(SHARED))
  .sort()
writeFileSync(
  join(dist, 'index.cjs'),
  `const { ${values.join(', ')} } = require('./library.cjs')\nmodule.exports = { ${values.join(', ')} }\n`,
)
writeFileSync(
  join(dist, 'index.js'),
  `import cohort from './index.cjs'\nexport const { ${values.join(', ')} } = cohort\n`,
)
writeFileSync(join(dist, 'index.d.cts'), requiredTypes(values))
await build({ ...command, plugins: [fromLibrary()] })

/** Of the library's files, relative to the root: the names that the command's own files import. */
async function sharedNames() {
  const inputsOf = async (options) =>
    (await build({ ...options, write: false, metafile: true })).metafile.inputs
  const inLibrary = await inputsOf({ ...common, entryPoints: [entry], outdir: dist, format: 'cjs' })
  const names = new Map()
  for (const [file, { imports }] of Object.entries(await inputsOf(command))) {
    if (file in inLibrary) continue
    for (const { path, original } of imports) {
      if (!(path in inLibrary)) continue
      const imported = importedNames(file, original)
      names.set(path, [...new Set([...(names.get(path) ?? []), ...imported])].sort())
    }
  }
  return new Map([...names].sort())
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

/** Short, because it is written many times. */
function sharedAs(file, name) {
  const all = Array.from(shared, ([path, names]) => names.map((each) => `${path} ${each}`)).flat()
  return `${SHARED}${all.indexOf(`${file} ${name}`).toString(36)}`
}

/** Lets the command take shared modules from the library. */
function fromLibrary() {
  return {
    name: 'from the library',
    setup({ onResolve, onLoad, resolve }) {
      onResolve({ filter: /^\.\.?\// }, async ({ path, ...from }) => {
        if (from.pluginData === 'resolved') return undefined
        if (from.namespace === 'shared') return { path: './library.cjs', external: true }
        const found = await resolve(path, { ...from, pluginData: 'resolved' })
        const file = relative(root, found.path)
        return shared.has(file) ? { path: file, namespace: 'shared', sideEffects: false } : found
      })
      onLoad({ filter: /.*/, namespace: 'shared' }, ({ path }) => {
        const names = shared.get(path).map((name) => `${sharedAs(path, name)} as ${name}`)
        return { contents: `export { ${names.join(', ')} } from './library.cjs'`, resolveDir: dist }
      })
    },
  }
}

/** Leaves the declarations that the entry needs: of commands and tools nobody imports types. */
function pruneTypes(folder, entry) {
  const needed = new Set()
  const need = (file) => {
    if (needed.has(file)) return
    needed.add(file)
    const text = readFileSync(join(folder, file), 'utf8')
    for (const [, specifier] of text.matchAll(/(?:from|import\()\s*['"](\.[^'"]+)\.js['"]/g))
      need(normalize(join(dirname(file), `${specifier}.d.ts`)))
  }
  need(entry)
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.d.ts')) continue
    const path = join(folder, file)
    if (!needed.has(normalize(file))) rmSync(path)
    else
      writeFileSync(
        path,
        readFileSync(path, 'utf8').replace(/^(?: {4})+/gm, (spaces) => '\t'.repeat(spaces.length / 4)),
      )
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
