import { isAppError } from '#core/errors.ts'
import { translatorFor } from '#i18n/messages.ts'
import { commands } from './commands.ts'
import { exitCode, type Terminal, UsageError } from './terminal.ts'

/** Entry of the command line: `tessera COMMAND …`. Answers go to stdout, everything about the run itself to stderr. */
async function main(args: string[], terminal: Terminal): Promise<number> {
  const [name, ...rest] = args
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    terminal.stdout.write(overview())
    return exitCode.done
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (!command) {
    terminal.stderr.write(`There is no command ${name}.\n\n${overview()}`)
    return exitCode.usage
  }
  const { run, usage } = await command.load()
  if (usage && rest.some((arg) => arg === '--help' || arg === '-h')) {
    terminal.stdout.write(usage)
    return exitCode.done
  }
  try {
    return await run(rest, terminal)
  } catch (error) {
    const { sentence, code } = explain(error)
    terminal.stderr.write(`${sentence}\n`)
    if (code === exitCode.usage && usage) terminal.stderr.write(usage)
    return name === 'pipe-mail' && code !== exitCode.usage ? exitCode.tryAgain : code
  }
}

function overview(): string {
  const lines = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(14)} ${summary}\n`)
  return `Usage: tessera COMMAND [OPTION]…\n\n${lines.join('')}\ntessera COMMAND --help says more. Settings come from the environment: see docs/operating.md.\n`
}

/** The door's one map of errors: a sentence and an exit code. A stack is for what nobody foresaw. */
function explain(error: unknown): { sentence: string; code: number } {
  if (!(error instanceof Error)) return { sentence: String(error), code: exitCode.failed }
  const code = 'code' in error ? String(error.code) : ''
  if (error instanceof UsageError || code.startsWith('ERR_PARSE_ARGS')) return { sentence: error.message, code: exitCode.usage }
  if (error.name === 'ConfigError' || error.constructor.name === 'ConfigError')
    return { sentence: error.message, code: exitCode.configuration }
  if (isAppError(error)) {
    const t = translatorFor('en')
    const say = (key: string, params: Record<string, string | number>) => t(`errors.${key}` as 'errors.unknown', params as never)
    const problems = error.problems.map((problem) => `${problem.pointer.slice(1)}: ${say(problem.key, problem.params ?? {})}`)
    return { sentence: problems.length > 0 ? problems.join('\n') : say(error.key, error.params), code: exitCode.failed }
  }
  if (['data_dir_in_use', 'embedded_postgres_failed', 'cannot_start', 'archive_damaged', 'place_taken'].includes(code))
    return { sentence: error.message, code: exitCode.failed }
  if (code === 'EADDRINUSE' || code === 'EACCES' || code === 'EADDRNOTAVAIL')
    return { sentence: `${error.message}.`, code: exitCode.failed }
  if (code === 'ECONNREFUSED' || code === 'ENOTFOUND' || /^(28|3D|08|57)/.test(code)) {
    return { sentence: `The database cannot be reached: ${error.message}.`, code: exitCode.failed }
  }
  return { sentence: error.stack ?? error.message, code: exitCode.failed }
}

// Whoever started us holds the other end of this channel. When they are gone there is nobody to answer to; `start` closes
// its doors first, by the same signal that an operator sends.
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
process.channel?.unref()

process.exitCode = await main(process.argv.slice(2), process)
