/** What a person types into the form of a protected object, judged before the server judges it again. */

/** One entry per line or comma; blanks are left out. */
export function lines(text: string): string[] {
  return text
    .split(/[\n,]/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

/** A host name, an address, or a name with a leading `*.`; `*` alone stands for every host. */
const HOST = /^(\*|(\*\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*(:\d{1,5})?|\[[0-9a-f:.]+\](:\d{1,5})?)$/i

export function firstBadHost(text: string): string | null {
  return lines(text).find((host) => host.length > 253 || !HOST.test(host)) ?? null
}

export function firstBadUpstream(text: string): string | null {
  return lines(text).find((url) => !isHttpUrl(url)) ?? null
}

function isHttpUrl(text: string): boolean {
  if (!/^https?:\/\/[^/\s]/i.test(text)) return false
  try {
    const url = new URL(text)
    return url.username === '' && url.password === ''
  } catch {
    return false
  }
}
