/** The settings of a preset in words, for people who decide whether to apply it. */
import type { Settings } from '../../api/types'
import { formatBytes, formatCount } from '../../kit/number'
import type { gatewayWords } from '../i18n'
import type { doorWords } from '../parts/i18n'
import type { policyWords } from '../policy/i18n'
import type { presetWords } from './i18n'

interface Said {
  presets: (typeof presetWords)['zh']
  doors: (typeof doorWords)['zh']
  settings: (typeof policyWords)['zh']['settings']
  objects: (typeof gatewayWords)['zh']['objects']
  listJoin: string
  colon: string
}

/** One phrase for each setting that presets use, the mode aside. */
export function settingsText(settings: Settings, said: Said): string[] {
  const { presets, doors } = said
  const pair = (label: string, value: string) => `${label}${said.colon}${value}`
  const masks = [
    [settings.api?.mask_identity_numbers, doors.identity],
    [settings.api?.mask_mobile_numbers, doors.mobile],
    [settings.api?.mask_bank_cards, doors.bank],
  ].flatMap(([on, name]) => (on === true ? [String(name)] : []))
  return [
    settings.policy ? pair(said.settings.policy, said.objects.policyNames[settings.policy]) : '',
    settings.bots ? pair(doors.bots, doors.botNames[settings.bots]) : '',
    settings.challenge ? pair(said.settings.challenge, said.settings.challengeNames[settings.challenge]) : '',
    settings.same_origin ? pair(doors.origins, doors.originNames[settings.same_origin]) : '',
    settings.answers?.hide_server ? doors.hideServer : '',
    settings.answers?.security_headers ? doors.securityHeaders : '',
    settings.waiting_room ? pair(doors.room, formatCount(settings.waiting_room.max_active)) : '',
    masks.length > 0 ? presets.maskOf(masks.join(said.listJoin)) : '',
    settings.inspect_limit_bytes ? presets.inspect(formatBytes(settings.inspect_limit_bytes)) : '',
  ].filter((phrase) => phrase !== '')
}
