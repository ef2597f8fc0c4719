import type { Shape, Words } from '../../i18n'

const zh = {
  checking: '正在检查强度…',
  good: '强度足够',
  scores: { s0: '极弱', s1: '弱', s2: '一般', s3: '较强', s4: '很强' } as Record<string, string>,
  score: (word: string) => `强度：${word}`,
  unchecked: '暂时无法检查，提交时由服务器判定。',
  findings: {
    too_short: '长度不足（至少 12 位）',
    too_long: '长度过长',
    bad_character: '含有不能使用的字符',
    missing_upper: '缺少大写字母',
    missing_lower: '缺少小写字母',
    missing_digit: '缺少数字',
    missing_symbol: '缺少符号',
    contains_login: '不能包含登录名',
    contains_name: '不能包含姓名',
    contains_site_word: '不能包含医院或产品名称',
    contains_date: '不能包含日期或生日',
    contains_phone: '不能包含电话号码',
    keyboard_run: '不能包含键盘或字母数字连续字符',
    repeated: '同一字符不能连续出现 3 次',
    common: '属于常见口令',
    guessable: '容易被猜到，请换更长或更少见的组合',
    reused: '最近用过，请换一个',
  } as Record<string, string>,
}

const en = {
  checking: 'Checking strength…',
  good: 'Strong enough',
  scores: { s0: 'very weak', s1: 'weak', s2: 'fair', s3: 'strong', s4: 'very strong' },
  score: (word: string) => `Strength: ${word}`,
  unchecked: 'Cannot be checked right now; the server decides when you submit.',
  findings: {
    too_short: 'Too short (12 characters at least)',
    too_long: 'Too long',
    bad_character: 'Holds a character that cannot be used',
    missing_upper: 'Needs a capital letter',
    missing_lower: 'Needs a small letter',
    missing_digit: 'Needs a digit',
    missing_symbol: 'Needs a symbol',
    contains_login: 'Must not hold the login',
    contains_name: 'Must not hold the name',
    contains_site_word: 'Must not hold the name of the hospital or product',
    contains_date: 'Must not hold a date or birthday',
    contains_phone: 'Must not hold a phone number',
    keyboard_run: 'Must not hold a run of keys, letters or digits',
    repeated: 'Must not repeat a character three times',
    common: 'Is a common password',
    guessable: 'Easily guessed; make it longer or less usual',
    reused: 'Was used before; choose another',
  },
} satisfies Shape<typeof zh>

export const passwordWords: Words<typeof zh> = { zh, en }
