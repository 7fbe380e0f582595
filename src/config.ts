import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { isAbsolute, join, resolve } from 'node:path'
import { createSecureContext } from 'node:tls'
import ipaddr from 'ipaddr.js'
import { z } from 'zod'
import { writeDurably } from '#db/durable-file.ts'

/** The only reader of process.env. A bad value stops the start with one sentence that names it. */
export interface Config {
  readonly port: number
  readonly host: string
  readonly baseUrl: string
  /** BASE_URL was given. */
  readonly baseUrlFixed: boolean
  readonly dataDir: string
  /** null: the embedded PostgreSQL in dataDir. */
  readonly databaseUrl: string | null
  /** Binaries for the embedded server instead of the packaged ones. */
  readonly pgBinDir: string | null
  readonly secretKey: string | null
  readonly roles: ReadonlySet<'web' | 'worker' | 'mail'>
  readonly smtpListen: { host: string; port: number } | null
  /** Certificate and key for STARTTLS of the listener, as PEM; null: it offers none. */
  readonly smtpTls: { cert: Buffer; key: Buffer } | null
  readonly smtpUrl: string | null
  readonly filesUrl: string
  readonly trustedProxies: readonly string[]
  /** Hosts and networks inside that outbound HTTP may reach all the same. */
  readonly egressAllow: readonly string[]
  readonly logLevel: string
  readonly logPretty: boolean
  readonly plugins: readonly string[]
  /** A step at which a test kills this process, to prove that nothing is lost there. */
  readonly crashAt: string | null
}

export class ConfigError extends Error {}

const port = z.coerce.number().int().min(0).max(65_535)

function readAddress(name: string, value: string): { host: string; port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:]*)):(\d+)$/.exec(value)
  const parsed = match ? port.safeParse(match[3]) : null
  if (!match || !parsed?.success) throw new ConfigError(`${name} must look like 127.0.0.1:2525, but is "${value}".`)
  return { host: match[1] ?? (match[2] || '127.0.0.1'), port: parsed.data }
}

/** Reads the environment. Throws ConfigError with one sentence. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const text = (name: string): string | null => {
    const value = env[name]?.trim()
    return value ? value : null
  }
  const fail = (name: string, rule: string): never => {
    throw new ConfigError(`${name} must be ${rule}, but is "${env[name]}".`)
  }

  const portValue = port.safeParse(text('PORT') ?? 8080)
  if (!portValue.success) fail('PORT', 'a number from 0 to 65535')
  const host = text('HOST') ?? '127.0.0.1'

  const base = text('BASE_URL') ?? `http://${host.includes(':') ? `[${host}]` : host}:${portValue.data}`
  if (!URL.canParse(base) || !/^https?:$/.test(new URL(base).protocol)) fail('BASE_URL', 'an http or https address')

  const databaseUrl = text('DATABASE_URL')
  if (databaseUrl && !/^postgres(ql)?:\/\//.test(databaseUrl)) fail('DATABASE_URL', 'a postgres:// address')

  const secretKey = text('SECRET_KEY')
  if (secretKey && secretKey.length < 32) throw new ConfigError('SECRET_KEY must have at least 32 characters.')

  const roles = new Set<'web' | 'worker' | 'mail'>()
  for (const role of (text('ROLES') ?? 'web,worker,mail').split(',').map((r) => r.trim())) {
    if (role === 'web' || role === 'worker' || role === 'mail') roles.add(role)
    else fail('ROLES', 'a list of web, worker and mail')
  }

  const smtpListen = text('SMTP_LISTEN')
  const pem = (name: string): Buffer | null => {
    const path = text(name)
    if (!path) return null
    try {
      return readFileSync(path)
    } catch {
      throw new ConfigError(`${name} must be a PEM file that can be read, but is "${path}".`)
    }
  }
  const cert = pem('SMTP_TLS_CERT')
  const key = pem('SMTP_TLS_KEY')
  if ((cert === null) !== (key === null)) throw new ConfigError('SMTP_TLS_CERT and SMTP_TLS_KEY belong together.')
  if (cert && key) {
    try {
      createSecureContext({ cert, key })
    } catch {
      throw new ConfigError('SMTP_TLS_CERT and SMTP_TLS_KEY must be a certificate and its key, as PEM.')
    }
  }
  const smtpUrl = text('SMTP_URL')
  if (smtpUrl && (!/^smtps?:\/\//.test(smtpUrl) || !URL.canParse(smtpUrl) || !new URL(smtpUrl).hostname))
    fail('SMTP_URL', 'an smtp:// or smtps:// address')

  const dataDir = resolve(text('DATA_DIR') ?? './data')
  const files = text('FILES_URL')
  if (files?.startsWith('s3://')) {
    throw new ConfigError('FILES_URL with s3:// is not supported by this version; give a folder that all nodes share.')
  }
  if (files && !isAbsolute(files) && /^[a-z]+:/i.test(files)) fail('FILES_URL', 'a folder')

  const trustedProxies = (text('TRUSTED_PROXIES') ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)
  for (const part of trustedProxies) {
    if (!(part.includes('/') ? ipaddr.isValidCIDR(part) : ipaddr.isValid(part)))
      fail('TRUSTED_PROXIES', 'a list of addresses or networks')
  }

  const egressAllow = (text('EGRESS_ALLOW') ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)
  for (const part of egressAllow) {
    if (
      !(part.includes('/') ? ipaddr.isValidCIDR(part) : ipaddr.isValid(part) || /^[a-z0-9_]([a-z0-9_.-]*[a-z0-9])?$/i.test(part))
    )
      fail('EGRESS_ALLOW', 'a list of host names, addresses or networks')
  }

  const logLevel = text('LOG_LEVEL') ?? 'info'
  if (!['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'].includes(logLevel)) {
    fail('LOG_LEVEL', 'trace, debug, info, warn, error, fatal or silent')
  }

  return {
    port: portValue.data!,
    host,
    baseUrlFixed: text('BASE_URL') !== null,
    baseUrl: base.replace(/\/+$/, ''),
    dataDir,
    databaseUrl,
    pgBinDir: text('PG_BIN_DIR'),
    secretKey,
    roles,
    smtpListen: smtpListen ? readAddress('SMTP_LISTEN', smtpListen) : null,
    smtpTls: cert && key ? { cert, key } : null,
    smtpUrl,
    filesUrl: files ? resolve(files) : join(dataDir, 'files'),
    trustedProxies,
    egressAllow,
    logLevel,
    logPretty: process.stdout.isTTY === true,
    plugins: (text('PLUGINS') ?? '').split(',').filter(Boolean),
    crashAt: text('TESSERA_CRASH_AT'),
  }
}

/** DATA_DIR alone, for a command that must not fail because of any other value. */
export const readDataDir = (env: NodeJS.ProcessEnv = process.env): string => resolve(env.DATA_DIR?.trim() || './data')

const SECRET_BYTES = 32

/** The secret that signs and encrypts: SECRET_KEY, or one made once in DATA_DIR. Throws ConfigError when that one is damaged. */
export function readSecret(config: Config): Buffer {
  if (config.secretKey) return Buffer.from(config.secretKey, 'utf8')
  mkdirSync(config.dataDir, { recursive: true })
  const file = join(config.dataDir, 'secret-key')
  // Stored passwords can be read with it only: it must not be lost once it was used.
  if (!existsSync(file)) writeDurably(file, `${randomBytes(SECRET_BYTES).toString('hex')}\n`, { mode: 0o600, onlyNew: true })
  const secret = Buffer.from(readFileSync(file, 'utf8').trim(), 'hex')
  // An empty file would be a key that everybody knows.
  if (secret.length < SECRET_BYTES)
    throw new ConfigError(
      `The secret in ${file} is damaged (${secret.length} bytes instead of ${SECRET_BYTES}); put that file back from a backup, or remove it to begin with a new one and enter the passwords of mailboxes again.`,
    )
  return secret
}
