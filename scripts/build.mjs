// npm run build: dist/ as it is published. The library and the command as ES modules that share what they have in common, the
// library once more as one CommonJS file for jest and whoever requires it, and the types.

import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
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
const types = (folder, ...more) => {
  execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', folder, ...more], {
    cwd: root,
    stdio: 'inherit',
  })
  pruneTypes(folder, 'index.d.ts')
}
types(join(dist, 'types'))
// Once more for who requires it: declarations of an ES module cannot be required. Their texts are in the others.
types(join(dist, 'types-cjs'), '--removeComments')
writeFileSync(join(dist, 'types-cjs/package.json'), '{"type":"commonjs"}\n')
writeFileSync(join(dist, 'index.d.cts'), "export * from './types-cjs/index.js'\n")

await build({
  ...common,
  entryPoints: { index: join(root, 'src/index.ts'), cli: join(root, 'src/cli/main.ts') },
  outdir: dist,
  format: 'esm',
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
})
await build({
  ...common,
  entryPoints: [join(root, 'src/index.ts')],
  outfile: join(dist, 'index.cjs'),
  format: 'cjs',
})

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
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    if (file.endsWith('.d.ts') && !needed.has(normalize(file))) rmSync(join(folder, file))
}
