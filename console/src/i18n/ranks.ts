import type { Shape, Words } from './shape'

/** Words for how sensitive a thing is, and for who goes first. */
const zh = {
  labels: { L1: '公开', L2: '内部', L3: '敏感', L4: '高敏' },
  /** By class; 0 goes first. */
  priorities: ['急诊', '重症', '紧急', '较高', '偏高', '普通', '偏低', '较低', '后台', '批量'],
  priority: (number: number, word: string) => `${number} ${word}`,
}

const en = {
  labels: { L1: 'Public', L2: 'Internal', L3: 'Sensitive', L4: 'Highly sensitive' },
  priorities: ['Emergency', 'Intensive care', 'Urgent', 'High', 'Above normal', 'Normal', 'Below normal', 'Low', 'Background', 'Batch'],
  priority: (number: number, word: string) => `${number} ${word}`,
} satisfies Shape<typeof zh>

export const rankWords: Words<typeof zh> = { zh, en }
