/** What a record says, in the language of the person who reads it. The record itself keeps its codes and its own text. */
import { shared, type Language } from '../i18n'
import { eventWords } from '../i18n/events'
import { reasonWords } from '../i18n/reasons'
import { ruleTitles } from '../i18n/rules'
import { type EventFields, requestLine, textField } from './event'
import { useLanguage } from './preferences'

type Table = Record<string, string>

/** The word for a code; a code without one stands for itself. */
function wordFor(table: Table, code: string): string {
  return table[code] ?? code
}

export function datasetName(dataset: string, language: Language): string {
  return wordFor(eventWords[language].datasets, dataset)
}

export function actionName(event: EventFields, language: Language): string {
  const actions: Table = eventWords[language].actions
  const action = textField(event, 'event.action')
  const own = `${textField(event, 'event.dataset')}:${action}`
  return wordFor(actions, own in actions ? own : action)
}

export function categoryName(category: string, language: Language): string {
  return wordFor(shared[language].category, category)
}

export function objectTypeName(type: string, language: Language): string {
  return wordFor(reasonWords[language].objects, type)
}

/** Title of a rule: Medward's own in the language of the person, any other as its author wrote it. */
export function ruleTitle(id: string, stored: string, language: Language): string {
  const titles: Table = ruleTitles[language]
  return titles[id] ?? stored
}

const ROLE_SAID = /^role (\w+) (granted|revoked)$/

/** A reason or detail: a fixed phrase, a code, or one of the sentences the server composes. Anything else stays as it is. */
export function reasonText(reason: string, language: Language): string {
  const words = reasonWords[language]
  const all = shared[language]
  const fixed = { ...words.reasons, ...all.codes, ...all.roles } as Table
  if (fixed[reason] !== undefined) return fixed[reason]
  const role = ROLE_SAID.exec(reason)
  if (role) return (role[2] === 'granted' ? words.roleGranted : words.roleRevoked)(wordFor(all.roles, role[1] ?? ''))
  const mode = (code: string) => wordFor(all.mode, code)
  const composed: [RegExp, (...parts: string[]) => string][] = [
    [/^locked until (.+) after failed logins$/, words.lockedUntil],
    [/^account (\S+) created$/, words.accountCreated],
    [/^ended by (\S+)$/, words.endedBy],
    [/^invited until (\S+)$/, words.invitedUntil],
    [/^(\S+) until (\S+)$/, words.bannedUntil],
    [/^mode (\w+)$/, (code = '') => words.modeSet(mode(code))],
    [/^(.+) made: (.*) -> (.*)$/, words.objectMade],
    [/^(.+): mode (\w+), (.*) -> (.*)$/, (name = '', code = '', hosts = '', upstreams = '') => words.objectChanged(name, mode(code), hosts, upstreams)],
    [/^([A-Za-z][\w.-]*): (.+)$/, (login = '', what = '') => words.ofAccount(login, reasonText(what, language))],
  ]
  for (const [shape, say] of composed) {
    const found = shape.exec(reason)
    if (found) return say(...found.slice(1))
  }
  return reason
}

/** The sentence of a record: composed where its parts are known, else the text that came with it. */
export function eventSentence(event: EventFields, language: Language): string {
  const category = textField(event, 'rule.category')
  if (textField(event, 'event.dataset') === 'waf.attack' && category !== '') {
    const done = actionName(event, language)
    return eventWords[language].sentence(categoryName(category, language), language === 'en' ? done.toLowerCase() : done)
  }
  return textField(event, 'message')
}

/** What a list says about a record in one line. */
export function eventSummary(event: EventFields, language: Language): string {
  const request = requestLine(event)
  const sentence = eventSentence(event, language)
  const reason = reasonText(textField(event, 'event.reason'), language)
  const status = textField(event, 'http.response.status_code')
  if (request !== '') return [request, status === '' ? '' : `→ ${status}`, ...[sentence, reason].filter(Boolean).map((part) => `· ${part}`)].filter(Boolean).join(' ')
  const object = [objectTypeName(textField(event, 'object.type'), language), textField(event, 'object.id')].filter((part) => part !== '' && part !== '-').join(' ')
  const method = wordFor(reasonWords[language].methods, textField(event, 'auth.method'))
  const who = textField(event, 'user.name')
  const stream = textField(event, 'vault.stream')
  const parts = [stream === '' ? '' : wordFor(shared[language].streams, stream), who === '-' ? '' : who, method, object, sentence, reason]
  return parts.filter(Boolean).join(' · ')
}

/** These words in the language in use. */
export function useEventWords() {
  const language = useLanguage()
  return {
    dataset: (dataset: string) => datasetName(dataset, language),
    action: (event: EventFields) => actionName(event, language),
    category: (category: string) => categoryName(category, language),
    objectType: (type: string) => objectTypeName(type, language),
    rule: (id: string, stored = '') => ruleTitle(id, stored, language),
    reason: (reason: string) => reasonText(reason, language),
    sentence: (event: EventFields) => eventSentence(event, language),
    summary: (event: EventFields) => eventSummary(event, language),
  }
}
