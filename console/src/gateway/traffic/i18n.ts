// Words that the pages of rules, limits, address groups and bans share.
import type { Shape, Words } from '../../i18n'

const zh = {
  everywhere: '全局',
  everywhereHelp: '不选则对所有防护对象生效。',
  scope: '范围',
  lost: '所属项目已不存在，不起作用',
  name: '名称',
  description: '说明',
  state: '状态',
  enabled: '启用',
  disabled: '停用',
  turn: (name: string) => `启用 ${name}`,
  turnedOn: '已启用',
  turnedOff: '已停用',
  evidence: '命中记录',
  find: '按名称、说明查找',
  export: '导出',
  nothingFound: '没有符合条件的项目',
  more: (count: number) => `只载入了前 ${count} 项`,
  saved: '已保存，已生效',
  removed: '已删除',
  toMend: '请修改标红之处。未作任何修改。',
  longName: '名称至多 64 字节（汉字约 21 个）。',
  actions: { record: '仅记录', delay: '延迟', challenge: '质询', captcha: '验证码', refuse: '拒绝（429）', ban: '封禁', allow: '放行', block: '阻断', redirect: '重定向', limit: '限流', tag: '打标签', set_header: '设置应答头' } as Record<string, string>,
}

const en: Shape<typeof zh> = {
  everywhere: 'Everywhere',
  everywhereHelp: 'Left open, it is for every protected object.',
  scope: 'Scope',
  lost: 'What it belonged to is gone; it has no effect',
  name: 'Name',
  description: 'Description',
  state: 'State',
  enabled: 'On',
  disabled: 'Off',
  turn: (name: string) => `${name} on`,
  turnedOn: 'It is on',
  turnedOff: 'It is off',
  evidence: 'Hits',
  find: 'Find by name or description',
  export: 'Export',
  nothingFound: 'Nothing matches',
  more: (count: number) => `Only the first ${count} were loaded`,
  saved: 'Saved and in force',
  removed: 'Deleted',
  toMend: 'Correct what is marked. Nothing was changed.',
  longName: 'A name may have 64 bytes.',
  actions: { record: 'Record', delay: 'Delay', challenge: 'Challenge', captcha: 'Captcha', refuse: 'Refuse (429)', ban: 'Ban', allow: 'Allow', block: 'Block', redirect: 'Redirect', limit: 'Limit', tag: 'Tag', set_header: 'Set header' },
}

export const trafficWords: Words<typeof zh> = { zh, en }
