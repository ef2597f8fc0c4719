// Words of the filters that the pages of attacks and of live traffic share.
import type { Shape, Words } from '../../i18n'

const zh = {
  label: '筛选条件',
  active: '当前筛选',
  kinds: {
    object: '防护对象',
    category: '攻击类型',
    source: '来源',
    country: '国家或地区',
    action: '处置',
    rule: '规则',
    path: '路径',
    method: '方法',
    status: '状态码',
    contains: '路径包含',
  },
  sourcePlaceholder: '来源 IP 或网段，回车',
  containsPlaceholder: '路径包含，回车',
  none: '（无）',
  noFilters: '未筛选。点图中或列表中的任意一项即可筛选。',
  remove: '移除筛选',
  clear: '全部清除',
}

const en: Shape<typeof zh> = {
  label: 'Filters',
  active: 'Filters in force',
  kinds: {
    object: 'Object',
    category: 'Type',
    source: 'Source',
    country: 'Country or region',
    action: 'Action',
    rule: 'Rule',
    path: 'Path',
    method: 'Method',
    status: 'Status',
    contains: 'Path holds',
  },
  sourcePlaceholder: 'Source IP or network, Enter',
  containsPlaceholder: 'Path holds, Enter',
  none: '(none)',
  noFilters: 'Nothing is filtered. Choose anything in a picture or list to filter by it.',
  remove: 'Remove filter',
  clear: 'Clear all',
}

export const filterWords: Words<typeof zh> = { zh, en }
