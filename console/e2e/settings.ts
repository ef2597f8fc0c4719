/** What the journey needs to know about the Medward it runs against; see README.md. */
export interface Settings {
  url: string
  site: string
  setupUrl: string | null
  login: string
  password: string
  /** Base32 secret of an authenticator that is bound already; without one the journey enrols. */
  totpSecret: string | null
  chromium: string
}

const CHROMIUM_PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** Reads the environment. Names every missing variable at once. */
export function readSettings(environment: NodeJS.ProcessEnv, exists: (path: string) => boolean): Settings {
  const missing: string[] = []
  const need = (name: string): string => {
    const value = environment[name] ?? ''
    if (value === '') missing.push(name)
    return value
  }
  const setupUrl = environment.MEDWARD_E2E_SETUP_URL ?? ''
  const settings: Settings = {
    url: need('MEDWARD_E2E_URL').replace(/\/+$/, ''),
    site: need('MEDWARD_E2E_SITE').replace(/\/+$/, ''),
    setupUrl: setupUrl === '' ? null : setupUrl,
    login: environment.MEDWARD_E2E_LOGIN || 'sysadmin',
    password: environment.MEDWARD_E2E_PASSWORD || 'Quiet-Harbour-58-Lanterns',
    totpSecret: environment.MEDWARD_E2E_TOTP_SECRET || null,
    chromium: environment.MEDWARD_E2E_CHROMIUM || CHROMIUM_PLACES.find(exists) || '',
  }
  if (settings.chromium === '') missing.push('MEDWARD_E2E_CHROMIUM (no chromium found; apt-get install chromium fonts-noto-cjk)')
  if (missing.length > 0) throw new Error(`the journey cannot start; missing: ${missing.join(', ')}`)
  return settings
}
