/** The same server, another database. Socket addresses keep their `?host=`. */
export function databaseUrl(adminUrl: string, name: string): string {
  return adminUrl.replace(/^(postgres(?:ql)?:\/\/[^/]*\/)[^?]*/, `$1${encodeURIComponent(name)}`)
}
