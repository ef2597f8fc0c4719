// Words of presets for the usual businesses.
import type { Shape, Words } from '../../i18n'

const zh = {
  open: '业务预设',
  title: '业务预设',
  about: '为常见业务备好的模板、限流和规则。套用后先观察，不拦截；观察一段时间后再到模板中改为拦截。',
  names: { booking: '预约', query: '查询', payment: '支付', report: '报告访问', ai: 'AI 服务' } as Record<string, string>,
  template: (name: string) => `模板「${name}」`,
  limits: (count: number) => `限流 ${count} 条`,
  rules: (count: number) => `规则 ${count} 条`,
  maskOf: (what: string) => `应答脱敏：${what}`,
  inspect: (size: string) => `正文检测上限 ${size}`,
  onlyWhen: (condition: string) => `只对：${condition}`,
  apply: '套用',
  applyFor: (name: string) => `套用${name}`,
  confirm: '确认套用',
  would: (created: number, unchanged: number) => (unchanged === 0 ? `将新建 ${created} 项。` : `将新建 ${created} 项，${unchanged} 项不变。`),
  wouldReset: (count: number) => `${count} 项在套用后被修改过，将改回预设的内容。`,
  same: '已经套用，内容与预设一致',
  done: (created: number, reset: number) => (reset === 0 ? `已套用，新建 ${created} 项` : `已套用，新建 ${created} 项，改回 ${reset} 项`),
  next: (template: string) => `在对象组中选用模板「${template}」，组内的防护对象即按此观察。`,
  toLimits: '查看限流',
  toRules: '查看规则',
}

const en: Shape<typeof zh> = {
  open: 'Presets',
  title: 'Presets for usual businesses',
  about: 'Templates with limits and rules, ready for the usual businesses. They observe at first and block nothing; switch the template to blocking when you have watched for a while.',
  names: { booking: 'Booking', query: 'Queries', payment: 'Payment', report: 'Report access', ai: 'AI services' },
  template: (name: string) => `Template “${name}”`,
  limits: (count: number) => (count === 1 ? '1 limit' : `${count} limits`),
  rules: (count: number) => (count === 1 ? '1 rule' : `${count} rules`),
  maskOf: (what: string) => `Masked in answers: ${what}`,
  inspect: (size: string) => `Bodies inspected up to ${size}`,
  onlyWhen: (condition: string) => `Only: ${condition}`,
  apply: 'Apply',
  applyFor: (name: string) => `Apply ${name}`,
  confirm: 'Apply it',
  would: (created: number, unchanged: number) => (unchanged === 0 ? `Items to be made: ${created}.` : `Items to be made: ${created}; ${unchanged} stay as they are.`),
  wouldReset: (count: number) => `Items changed since it was applied, which will be put back as the preset has them: ${count}.`,
  same: 'Applied already, and as the preset has it',
  done: (created: number, reset: number) => (reset === 0 ? `Applied; items made: ${created}` : `Applied; items made: ${created}, put back: ${reset}`),
  next: (template: string) => `Choose the template “${template}” in a group: the objects of the group are then observed by it.`,
  toLimits: 'See the limits',
  toRules: 'See the rules',
}

export const presetWords: Words<typeof zh> = { zh, en }
