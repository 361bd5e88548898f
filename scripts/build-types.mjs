// Part of npm run build: of the declarations that tsc writes, those that somebody can come to who imports the package. It has one door,
// so nobody misses the others.

import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

/** As tsc writes it: a statement begins where a line does, with what documents it. */
const BEGIN = /^(?<!\*\/\n)(?=(?:\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n)*(?:import|export|declare|interface|type) )/m
const DECLARATION = /^(?:export )?(?:declare )?(?:abstract )?(?:class|const|function|interface|type) (\w+)/m
const IMPORT = /^((?:import|export) (?:type )?)\{([^}]*)\}( from '(.+?)(?:\.js)?';\n)/
const INLINE_IMPORT = /import\("(\..+?)\.js"\)\.(\w+)/g

/** Leaves in `folder` what `entry`, a file there, needs: whole declarations, as they were written but for tabs. */
export function pruneTypes(folder, entry) {
  const files = new Map()
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    if (file.endsWith('.d.ts')) files.set(normalize(file), read(folder, normalize(file)))

  const needed = new Set()
  const need = (file, name) => {
    for (const member of files.get(file).flatMap(({ members }) => members)) {
      if (member.name !== name || needed.has(member)) continue
      needed.add(member)
      for (const word of member.words ?? []) need(file, word)
      for (const { from, original } of member.imports) need(from, original)
    }
  }
  for (const { members } of files.get(entry)) for (const { name } of members) need(entry, name)

  for (const [file, statements] of files) {
    const path = join(folder, file)
    if (statements.some(({ members }) => members.some((member) => needed.has(member))))
      writeFileSync(path, statements.map((statement) => statement.written(needed)).join(''))
    else rmSync(path)
  }
}

/** The statements of a file. Members are what they bring into it: one declaration, or the names of an import. */
function read(folder, file) {
  const fileAt = (path) => normalize(join(dirname(file), `${path}.d.ts`))
  const text = readFileSync(join(folder, file), 'utf8')
  return text.split(BEGIN).map((text) => {
    const [, start, list, end, path] = IMPORT.exec(text) ?? []
    if (list !== undefined) {
      const members = list.split(',').map((entry) => {
        const [original, name = original] = entry
          .trim()
          .replace(/^type /, '')
          .split(' as ')
        const imports = path.startsWith('.') ? [{ from: fileAt(path), original }] : []
        return { entry: entry.trim(), name, imports }
      })
      const left = (needed) => members.filter((member) => needed.has(member)).map(({ entry }) => entry)
      return {
        members,
        written: (needed) => (left(needed).length > 0 ? `${start}{ ${left(needed).join(', ')} }${end}` : ''),
      }
    }
    const code = text.replace(/\/\*\*.*?\*\//gs, '')
    if (code.trim() === 'export {};') return { members: [], written: () => text }
    const [, name] = DECLARATION.exec(code) ?? []
    if (name === undefined) throw new Error(`${file}: a statement that this does not know: ${code}`)
    const imports = Array.from(code.matchAll(INLINE_IMPORT), ([, path, original]) => {
      return { from: fileAt(path), original }
    })
    const member = { name, words: new Set(code.match(/\w+/g)), imports }
    return { members: [member], written: (needed) => (needed.has(member) ? withTabs(text) : '') }
  })
}

function withTabs(text) {
  return text.replace(/^(?: {4})+/gm, (spaces) => '\t'.repeat(spaces.length / 4))
}
