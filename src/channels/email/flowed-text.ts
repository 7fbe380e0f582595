/** RFC 3676: soft line breaks are joined within one quote depth, stuffing is removed. */
export function unflow(text: string, deleteSpace: boolean): string {
  const out: string[] = []
  let open = false
  let depthBefore = 0
  for (const line of text.split('\n')) {
    let depth = 0
    while (line.charCodeAt(depth) === 62) depth++
    let content = line.slice(depth)
    if (content.startsWith(' ')) content = content.slice(1)
    const separator = content === '-- '
    const quoted = depth ? `${'>'.repeat(depth)} ${content}` : content
    if (open && depth === depthBefore && !separator) out[out.length - 1] += content
    else out.push(quoted)
    open = content.endsWith(' ') && !separator
    depthBefore = depth
    if (open && deleteSpace) out[out.length - 1] = (out.at(-1) ?? '').slice(0, -1)
  }
  return out.join('\n')
}
