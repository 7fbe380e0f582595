// The walls of the house (docs/architecture.md), as a pure function of the files: path → text in, breaches out.
import path from 'node:path'

const LEGACY_NAMES = /^(utils?|helpers?|common|misc|service|services|manager|managers)$/
const MAIL_LIBRARIES = ['imapflow', 'nodemailer', 'smtp-server', 'mailparser', 'mailauth', 'postal-mime']
const README_LINES = 30

/**
 * Every breach as `path: sentence`, sorted.
 * `files`: all files below src/ (`src/tickets/reply.ts`, READMEs and migrations too). `rooms`: what rooms.json holds.
 */
export function findBreaches(files, rooms) {
  const breaches = []
  const tell = (file, sentence) => breaches.push(`${file}: ${sentence}`)
  const sources = new Map()
  for (const [file, text] of files) {
    if (/\.tsx?$/.test(file)) sources.set(file, { ...readSource(text), test: isTest(file) })
  }
  for (const [file, source] of sources) {
    for (const found of source.imports) checkImport(file, source, found, files, rooms, tell)
    checkSource(file, source, rooms, tell)
  }
  checkCycles(sources, files, tell)
  checkFolders(files, rooms, tell)
  checkTables(files, sources, rooms, tell)
  return breaches.sort()
}

// --- reading ------------------------------------------------------------------------------------------------------

/**
 * Splits TypeScript into code without comments (`code`), and the same with the insides of strings blanked (`bare`), and
 * lists its imports. Lengths and lines stay as they are.
 */
export function readSource(text) {
  const code = text.split('')
  const bare = text.split('')
  const blank = (list, from, to) => {
    for (let at = from; at < to; at++) if (list[at] !== '\n') list[at] = ' '
  }
  const templates = []
  let at = 0
  let lastToken = ''
  while (at < text.length) {
    const two = text.slice(at, at + 2)
    const one = text[at]
    if (two === '//') {
      const end = endOf(text, '\n', at)
      blank(code, at, end)
      blank(bare, at, end)
      at = end
    } else if (two === '/*') {
      const end = endOf(text, '*/', at + 2) + 2
      blank(code, at, end)
      blank(bare, at, end)
      at = end
    } else if (one === "'" || one === '"') {
      let end = at + 1
      while (end < text.length && text[end] !== one && text[end] !== '\n') end += text[end] === '\\' ? 2 : 1
      blank(bare, at + 1, end)
      at = end + 1
      lastToken = 'x'
    } else if (one === '`' || (one === '}' && templates.at(-1) === 0)) {
      if (one === '}') templates.pop()
      let end = at + 1
      while (end < text.length && text[end] !== '`' && text.slice(end, end + 2) !== '${') end += text[end] === '\\' ? 2 : 1
      blank(bare, at + 1, end)
      if (text[end] === '`') at = end + 1
      else {
        templates.push(0)
        at = end + 2
      }
      lastToken = text[end] === '`' ? 'x' : '{'
    } else if (one === '/' && /[(,=:[!&|?{};+\-*%~^<>n]/.test(lastToken || '(') && !/[\n ]/.test(text[at + 1] ?? '')) {
      // A regular expression literal: it stands where a value is wanted.
      let end = at + 1
      let inClass = false
      while (end < text.length && text[end] !== '\n' && (inClass || text[end] !== '/')) {
        if (text[end] === '[') inClass = true
        if (text[end] === ']') inClass = false
        end += text[end] === '\\' ? 2 : 1
      }
      blank(bare, at + 1, Math.min(end, text.length))
      at = end + 1
      lastToken = 'x'
    } else {
      if (templates.length > 0) {
        if (one === '{') templates[templates.length - 1]++
        if (one === '}') templates[templates.length - 1]--
      }
      if (/\w/.test(one)) {
        const word = /\w+/y
        word.lastIndex = at
        const found = word.exec(text)[0]
        lastToken = /^(return|typeof|case|in|of|await|yield)$/.test(found) ? 'n' : 'x'
        at += found.length
        continue
      }
      if (!/\s/.test(one)) lastToken = one
      at++
    }
  }
  const plain = code.join('')
  const blanked = bare.join('')
  // What stands inside strings and templates, where the SQL is.
  const strings = [...plain].map((letter, index) => (letter === '\n' || blanked[index] !== letter ? letter : ' ')).join('')
  return { code: plain, bare: blanked, strings, imports: readImports(plain, blanked) }
}

function endOf(text, mark, from) {
  const found = text.indexOf(mark, from)
  return found === -1 ? text.length : found
}

function readImports(code, bare) {
  const imports = []
  const statement = /(?:^|[\n;])\s*(import|export)\b([^'"`;()]*?)(?:\bfrom\s*)?(['"])/g
  for (const found of bare.matchAll(statement)) {
    const [whole, keyword, clause] = found
    if (keyword === 'export' && !/\bfrom\s*$/.test(whole.slice(0, -1)) && !/from/.test(whole)) continue
    if (/=/.test(clause)) continue
    const start = found.index + whole.length
    const specifier = code.slice(start, code.indexOf(found[3], start))
    imports.push({ specifier, typeOnly: isTypeOnly(clause), reexport: keyword === 'export' })
  }
  for (const found of bare.matchAll(/\bimport\s*\(\s*(['"])/g)) {
    const start = found.index + found[0].length
    const before = bare.slice(Math.max(0, found.index - 12), found.index)
    imports.push({ specifier: code.slice(start, code.indexOf(found[1], start)), typeOnly: /typeof\s$/.test(before), lazy: true })
  }
  return imports
}

function isTypeOnly(clause) {
  if (/^\s*type\b(?!\s*,|\s*from)/.test(clause)) return true
  const named = /^\s*\{([\s\S]*)\}\s*(?:from)?\s*$/.exec(clause)
  if (!named) return false
  const names = named[1].split(',').map((name) => name.trim())
  return names.filter(Boolean).length > 0 && names.filter(Boolean).every((name) => name.startsWith('type '))
}

// --- zones --------------------------------------------------------------------------------------------------------

const isTest = (file) => /\.test\.tsx?$/.test(file)

/** `src/doors/web/pages/x.tsx` → { zone: 'doors', room: 'doors', part: 'web' }. Files at the root of src are their own zone. */
function placeOf(file, rooms) {
  const [, first, second, ...rest] = file.split('/')
  if (second === undefined) return { zone: 'root', room: first, part: null }
  const zone = rooms.ground.includes(first)
    ? 'ground'
    : rooms.rooms.includes(first)
      ? 'room'
      : rooms.above.includes(first)
        ? first
        : 'unknown'
  return { zone, room: first, part: rest.length > 0 ? second : null }
}

/** The file of ours that an import names, or null when it is a package. */
function resolveImport(file, specifier, files) {
  const clean = specifier.replace(/\?.*$/, '')
  let target = null
  if (clean.startsWith('#')) target = `src/${clean.slice(1)}`
  else if (clean.startsWith('.')) target = path.posix.normalize(path.posix.join(path.posix.dirname(file), clean))
  if (!target) return null
  return [target, `${target}.ts`, `${target}.tsx`].find((name) => files.has(name)) ?? target
}

function checkImport(file, source, found, files, rooms, tell) {
  const from = placeOf(file, rooms)
  const target = resolveImport(file, found.specifier, files)
  if (target === null) {
    checkPackage(file, from, source, found, rooms, tell)
    return
  }
  if (!target.startsWith('src/') || target.startsWith('src/doors/web/+types') || target.includes('/+types/')) return
  const to = placeOf(target, rooms)
  const named = found.specifier

  if (found.specifier.startsWith('.') && from.room !== to.room && to.zone !== 'root' && from.zone !== 'root') {
    tell(file, `imports ${named}; across rooms write #${target.slice(4)}`)
  }
  // A test may look behind every wall but the order of rooms: it lies beside what it tests.
  if (source.test) return

  if (isStore(target, files) && from.room !== to.room) tell(file, `imports ${named}: a store is for its own room only`)

  if (from.zone === 'root') return checkEntry(file, to, target, named, tell)
  const fromCli = from.room === 'doors' && from.part === 'cli'
  if (to.zone === 'root') {
    if (to.room === 'config.ts' && (from.zone === 'doors' || from.zone === 'plugins')) return
    // The command line is an entry beside main.ts: it opens the application.
    if (!fromCli) tell(file, `imports ${named}: nobody imports ${to.room.replace(/\.ts$/, '')}`)
    return
  }
  if (from.zone === 'ground') {
    const order = rooms.ground
    if (to.zone !== 'ground' || order.indexOf(to.room) > order.indexOf(from.room))
      tell(file, `imports ${named}: ${from.room} stands below ${to.room}`)
    return
  }
  if (to.zone === 'ground') {
    if (isUi(file) && !found.typeOnly && to.room !== 'i18n')
      tell(file, `imports ${named}: the design system takes types only from the server`)
    return
  }
  if (from.zone === 'room') {
    if (to.zone !== 'room') tell(file, `imports ${named}: a room imports only rooms before it`)
    else if (rooms.rooms.indexOf(to.room) > rooms.rooms.indexOf(from.room))
      tell(file, `imports ${named}: ${to.room} stands after ${from.room} in rooms.json`)
    return
  }
  if (from.zone === 'plugins') {
    if (to.zone === 'doors') tell(file, `imports ${named}: nobody imports doors`)
    return
  }
  if (from.zone === 'doors') {
    const mounts = file === 'src/doors/http.ts'
    if (to.zone === 'doors' && from.part !== to.part && to.part !== null && !mounts)
      tell(file, `imports ${named}: doors do not import each other`)
    if (to.zone === 'room' && isUi(file) && !found.typeOnly)
      tell(file, `imports ${named}: the design system imports rooms as types only`)
  }
}

function checkEntry(file, to, target, named, tell) {
  const order = ['config.ts', 'app.ts', 'main.ts']
  const own = path.posix.basename(file)
  if (own === 'config.ts' && target.startsWith('src/') && to.zone !== 'ground')
    tell(file, `imports ${named}: config stands below everything`)
  if (to.zone === 'root' && order.indexOf(to.room) > order.indexOf(own))
    tell(file, `imports ${named}: ${own} stands below ${to.room}`)
}

function checkPackage(file, from, source, found, rooms, tell) {
  const name = found.specifier
    .replace(/^node:/, 'node:')
    .split('/')
    .slice(0, found.specifier.startsWith('@') ? 2 : 1)
    .join('/')
  if (source.test || rooms.measures?.includes(file)) return
  if (name === 'pg' && from.room !== 'db' && !found.typeOnly) tell(file, `imports ${name}: the driver is for db only`)
  if ((name === 'kysely' || name === 'pg') && from.zone === 'doors' && !found.typeOnly)
    tell(file, `imports ${name}: a door holds no SQL`)
  const mail = file.startsWith('src/channels/email/') || file.startsWith('src/doors/mail/')
  if (MAIL_LIBRARIES.includes(name) && !mail)
    tell(file, `imports ${name}: mail libraries are for channels/email and doors/mail only`)
}

/** A file that keeps rows; one that keeps bytes in a folder (files/blob-store.ts) is behind no wall. */
function isStore(file, files) {
  return /-store\.tsx?$/.test(file) && /\bctx\.db\b|from 'kysely'|#db\//.test(files.get(file) ?? '')
}

const isUi = (file) => file.startsWith('src/doors/web/ui/')

// --- words --------------------------------------------------------------------------------------------------------

function checkSource(file, source, rooms, tell) {
  const place = placeOf(file, rooms)
  const name = path.posix.basename(file).replace(/(\.\w+)*\.tsx?$/, '')
  if (name === 'index') tell(file, 'is a barrel (index.ts): import the file that holds the thing')
  // The files of a language are named after the catalogue's namespaces.
  for (const word of file.startsWith('src/i18n/') ? [] : name.split('-'))
    if (LEGACY_NAMES.test(word)) tell(file, `is named "${word}", which says nothing about what it does`)
  // React Router gives $ and leading dots a meaning in route files; elsewhere names are kebab-case.
  if (!/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name) && !/\/pages\//.test(file)) tell(file, 'is not named in kebab-case')
  const statements = source.bare.trim()
  const forwards = statements.length > 0 && !source.test && source.imports.some((found) => found.reexport) && isBarrel(source)
  if (forwards) tell(file, 'only passes on what other files hold (a barrel)')

  // A test and a program that measures from outside start processes and read clocks of their own.
  if (source.test || rooms.measures?.includes(file)) return
  if (/\bprocess\.env\b/.test(source.bare) && file !== 'src/config.ts' && !/NODE_ENV/.test(envNames(source.bare))) {
    tell(file, 'reads process.env: only config.ts does')
  }
  if (/\bexport default\b/.test(source.bare) && !isRouteModule(file)) tell(file, 'has a default export')
  const ownTime = file === 'src/core/clock.ts' || file === 'src/core/random.ts' || file === 'src/config.ts' || place.room === 'db'
  const client =
    file.startsWith('src/doors/web/') && !/\bexport (?:async )?(?:function|const) (?:loader|action)\b/.test(source.bare)
  // What runs in a browser has no ctx; a file with a loader or an action runs on the server as well.
  if (!ownTime && !client) {
    for (const [pattern, what] of [
      [/\bDate\.now\s*\(/, 'Date.now()'],
      [/\bnew Date\s*\(\s*\)/, 'new Date()'],
      [/\bMath\.random\s*\(/, 'Math.random()'],
      [/\brandomUUID\s*\(/, 'randomUUID()'],
      [/\brandomBytes\s*\(/, 'randomBytes()'],
    ]) {
      if (pattern.test(source.bare)) tell(file, `calls ${what}: time and randomness come from ctx`)
    }
  }
  if (place.zone === 'room') {
    if (/^export let /m.test(source.bare)) tell(file, 'holds module state (an exported let)')
    const mayAsk = rooms.egress?.includes(file)
    if (!mayAsk && (/(?<![\w.])fetch\s*\(/.test(source.bare) || /\bhttps?\.(?:request|get)\s*\(/.test(source.bare))) {
      tell(file, 'speaks HTTP by itself: outbound requests go through the one egress client')
    }
  }
  if (hasSqlNow(source.strings)) tell(file, 'says now() in SQL: times come from ctx.clock')
}

function envNames(bare) {
  const names = [...bare.matchAll(/\bprocess\.env(?:\.(\w+))?/g)].map((found) => found[1] ?? '')
  // Bundlers replace NODE_ENV by a constant; it is no setting.
  return names.every((name) => name === 'NODE_ENV') ? 'NODE_ENV' : ''
}

function isBarrel(source) {
  const rest = source.bare
    .replace(/(?:^|\n)\s*(?:import|export)\b[^'"`;=()]*?\bfrom\s*(['"])\s*\1/g, '')
    .replace(/(?:^|\n)\s*import\s*(['"])\s*\1/g, '')
  return rest.trim() === ''
}

function isRouteModule(file) {
  return /^src\/doors\/web\/(?:pages\/.+|(?:root|routes[\w-]*|entry\.\w+))\.tsx?$/.test(file)
}

function hasSqlNow(code) {
  return /(?<![\w.$])(?:now\(\)|clock_timestamp\(\)|statement_timestamp\(\)|transaction_timestamp\(\)|current_timestamp\b|current_date\b)/i.test(
    code,
  )
}

// --- circles ------------------------------------------------------------------------------------------------------

function checkCycles(sources, files, tell) {
  const graph = new Map()
  for (const [file, source] of sources) {
    if (source.test) continue
    // Within a room types may point at each other; between rooms the order of rooms.json leaves no circle at all.
    const values = source.imports.filter((found) => !found.typeOnly).map((found) => resolveImport(file, found.specifier, files))
    graph.set(
      file,
      [...new Set(values)].filter((to) => to && sources.has(to) && to !== file),
    )
  }
  const state = new Map()
  const seen = new Set()
  const walk = (file, trail) => {
    state.set(file, 'open')
    for (const next of graph.get(file) ?? []) {
      if (state.get(next) === 'open') {
        const circle = [...trail.slice(trail.indexOf(next)), next]
        const key = [...circle.slice(1)].sort().join()
        if (!seen.has(key)) tell(circle[0], `stands in a circle: ${circle.join(' → ')}`)
        seen.add(key)
      } else if (!state.has(next)) walk(next, [...trail, next])
    }
    state.set(file, 'done')
  }
  for (const file of [...graph.keys()].sort()) if (!state.has(file)) walk(file, [file])
}

// --- folders and tables -------------------------------------------------------------------------------------------

function checkFolders(files, rooms, tell) {
  const known = [...rooms.ground, ...rooms.rooms, ...rooms.above]
  const folders = new Set([...files.keys()].filter((file) => file.split('/').length > 2).map((file) => file.split('/')[1]))
  for (const folder of folders) {
    if (!known.includes(folder)) tell(`src/${folder}`, 'is not in rooms.json')
    const readme = files.get(`src/${folder}/README.md`)
    if (readme === undefined) tell(`src/${folder}`, 'has no README.md')
    else if (readme.trimEnd().split('\n').length > README_LINES)
      tell(`src/${folder}/README.md`, `has more than ${README_LINES} lines`)
  }
  for (const name of known) if (!folders.has(name)) tell('rooms.json', `names ${name}, and there is no src/${name}`)
}

function checkTables(files, sources, rooms, tell) {
  const owners = new Map()
  for (const [room, tables] of Object.entries(rooms.tables)) {
    for (const table of tables) {
      if (owners.has(table)) tell('rooms.json', `gives ${table} to ${owners.get(table)} and to ${room}`)
      owners.set(table, room)
    }
  }
  const made = new Set()
  for (const [file, text] of files) {
    if (!/^src\/db\/migrations\/.*\.sql$/.test(file)) continue
    const sql = text.replace(/--.*$/gm, '')
    if (hasSqlNow(sql)) tell(file, 'says now() in SQL: times come from ctx.clock')
    for (const found of sql.matchAll(/\bcreate (?:unlogged )?table (?:if not exists )?(\w+)/gi)) made.add(found[1])
    for (const found of sql.matchAll(/\bdrop table (?:if exists )?(\w+)/gi)) made.delete(found[1])
  }
  for (const table of made) if (!owners.has(table)) tell('rooms.json', `does not say which room writes ${table}`)
  if (made.size > 0)
    for (const table of owners.keys())
      if (!made.has(table)) tell('rooms.json', `names the table ${table}, which no migration makes`)

  for (const [file, source] of sources) {
    if (source.test) continue
    const { room, zone } = placeOf(file, rooms)
    for (const table of writtenTables(source.code)) {
      const owner = owners.get(table)
      if (file === rooms.installs) continue
      if (owner && owner !== room) tell(file, `writes ${table}, which is ${owner}'s`)
      if (owner && zone === 'doors') tell(file, `writes ${table}: a door holds no SQL`)
    }
  }
}

/** Names of tables that Kysely calls or raw SQL in this text insert into, update or delete from. */
function writtenTables(code) {
  const tables = new Set()
  for (const found of code.matchAll(/\b(?:insertInto|updateTable|deleteFrom|mergeInto|replaceInto)\(\s*['"`](\w+)/g))
    tables.add(found[1])
  for (const found of code.matchAll(/\b(?:insert\s+into|delete\s+from|merge\s+into|truncate(?:\s+table)?|copy)\s+"?(\w+)"?/gi))
    tables.add(found[1])
  for (const found of code.matchAll(/\bupdate\s+(?:only\s+)?"?(\w+)"?(?:\s+(?:as\s+)?\w+)?\s+set\b/gi)) tables.add(found[1])
  return tables
}
