// Part of npm run build: `ErrorCodes.NOT_COORDINATOR` is published as 16. A thousand names of errors are 1.7 % of the package, and the
// numbers are there before anything runs. The table itself stays: what looks up a name in it does so at run time.

import { readFileSync } from 'node:fs'
import { build } from 'esbuild'

const IMPORT = /import \{[^}]*\bErrorCodes\b(?: as (\w+))?[^}]*\} from '[./\w-]+\/errors\.js'/

/** A plugin for esbuild. `file` has the table. */
export async function errorCodesAsNumbers(file) {
  const { outputFiles } = await build({
    entryPoints: [file],
    write: false,
    format: 'esm',
    logLevel: 'warning',
  })
  const { ErrorCodes } = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`)
  return {
    name: 'error codes as numbers',
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const source = readFileSync(path, 'utf8')
        const name = path === file ? 'ErrorCodes' : importedAs(source)
        return { contents: name === null ? source : withNumbers(source, name, ErrorCodes), loader: 'ts' }
      })
    },
  }
}

/** What a source calls the table; null: nothing. */
function importedAs(source) {
  const imported = IMPORT.exec(source)
  return imported === null ? null : (imported[1] ?? 'ErrorCodes')
}

/** What is no error's name is left as it is. */
function withNumbers(source, table, codes) {
  return source.replace(new RegExp(`(?<![\\w.$])${table}\\.(\\w+)`, 'g'), (used, name) => {
    return Object.hasOwn(codes, name) ? `(${codes[name]})` : used
  })
}
