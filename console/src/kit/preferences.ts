import { useSyncExternalStore } from 'react'
import type { Language } from '../i18n/shape'

/** 'system' follows the operating system, also while the page is open. */
export type ThemeChoice = 'system' | 'light' | 'dark'
export type Theme = 'light' | 'dark'

/** These keys are also read by `public/theme.js`, before the first paint. */
const THEME_KEY = 'medward.theme'
const LANGUAGE_KEY = 'medward.language'

const listeners = new Set<() => void>()
const systemDark = typeof matchMedia === 'function' ? matchMedia('(prefers-color-scheme: dark)') : null
const systemStill = typeof matchMedia === 'function' ? matchMedia('(prefers-reduced-motion: reduce)') : null

function read(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null // storage can be forbidden by policy: preferences then last as long as the page
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value)
  } catch {
    // as above
  }
}

function themeFrom(text: string | null): ThemeChoice {
  return text === 'light' || text === 'dark' ? text : 'system'
}

let themeChoice: ThemeChoice = themeFrom(read(THEME_KEY))
let language: Language = read(LANGUAGE_KEY) === 'en' ? 'en' : 'zh'

function resolvedTheme(): Theme {
  if (themeChoice !== 'system') return themeChoice
  return systemDark?.matches ? 'dark' : 'light'
}

function announce(): void {
  document.documentElement.dataset.theme = resolvedTheme()
  document.documentElement.lang = language === 'en' ? 'en' : 'zh-CN'
  for (const listener of listeners) listener()
}

systemDark?.addEventListener('change', announce)
systemStill?.addEventListener('change', announce)
if (typeof window !== 'undefined') {
  // Another tab changed a preference: follow it.
  window.addEventListener('storage', (event) => {
    if (event.key !== THEME_KEY && event.key !== LANGUAGE_KEY) return
    themeChoice = themeFrom(read(THEME_KEY))
    language = read(LANGUAGE_KEY) === 'en' ? 'en' : 'zh'
    announce()
  })
}

export function chooseTheme(choice: ThemeChoice): void {
  themeChoice = choice
  write(THEME_KEY, choice)
  announce()
}

export function chooseLanguage(choice: Language): void {
  language = choice
  write(LANGUAGE_KEY, choice)
  announce()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

const currentChoice = () => themeChoice
const currentLanguage = () => language
const currentMotion = () => systemStill?.matches !== true

export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, resolvedTheme, resolvedTheme)
}

export function useThemeChoice(): ThemeChoice {
  return useSyncExternalStore(subscribe, currentChoice, currentChoice)
}

export function useLanguage(): Language {
  return useSyncExternalStore(subscribe, currentLanguage, currentLanguage)
}

/** Whether things may move; the operating system says so, for people whom motion makes ill. */
export function useMotion(): boolean {
  return useSyncExternalStore(subscribe, currentMotion, currentMotion)
}
