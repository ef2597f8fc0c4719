/** Whom to ban, and for which request. It travels in the address of the page of bans. */
export interface BanDraft {
  address: string
  /** Number of the request that earned it; empty when there is none. */
  request: string
}

/** The page that asks whether to ban this address. */
export function banHref({ address, request }: BanDraft): string {
  return `/gateway/bans?${new URLSearchParams({ ban: address, request }).toString()}`
}

/** What the address of that page says; `null` when it names nobody. */
export function banDraft(params: URLSearchParams): BanDraft | null {
  const address = params.get('ban') ?? ''
  return address === '' ? null : { address, request: params.get('request') ?? '' }
}
