/**
 * Where a person goes after signing in. Only a path of this console is taken: `//evil.example`, a backslash or a
 * scheme would lead off it.
 */
export function returnPath(next: string | null): string {
  if (next === null || !/^\/(?![/\\])/.test(next) || Array.from(next).some((character) => character === '\\' || character < ' ')) return '/'
  if (next.startsWith('/login') || next.startsWith('/setup')) return '/'
  return next
}

/** The address of the sign-in page that comes back to `from`. */
export function signInPath(from: string, ended: boolean): string {
  const params = new URLSearchParams()
  if (from !== '/' && returnPath(from) === from) params.set('next', from)
  if (ended) params.set('ended', '1')
  const query = params.toString()
  return query === '' ? '/login' : `/login?${query}`
}
