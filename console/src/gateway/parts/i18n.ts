// Words of settings about who is let in and what answers carry out.
import type { Shape, Words } from '../../i18n'

const zh = {
  bots: '自动程序',
  botNames: { off: '不处理', observe: '仅记录', challenge: '质询', block: '质询，并拒绝扫描器' },
  botHelp: { off: '不区分访客与程序。', observe: '疑似爬虫、扫描器、脚本的来源只记录，不影响访问。', challenge: '疑似自动程序的来源须先通过人机质询。接口调用方和小程序请加入放行地址组。', block: '扫描器直接拒绝，其余疑似自动程序须先通过人机质询。' },
  room: '等候室：同时在线人数',
  roomHelp: '超出时访客按先后排队，页面显示名次与预计时间。填 0 表示不排队；不填则继承。',
  roomPace: '每秒放入人数',
  roomWaiting: '排队人数上限',
  mask: '应答脱敏',
  maskHelp: '应答正文中的号码以星号遮盖，长度不变。文件下载不受影响。',
  identity: '身份证号',
  mobile: '手机号',
  bank: '银行卡号',
  hide: '隐藏出错页',
  hideHelp: '应答含程序堆栈、数据库报错等内部信息时，以统一页面代替。',
  yes: '是',
  no: '否',
  calls: '接口描述',
  everybody: '不限',
  people: (n: number) => `${n} 人`,
}

const en: Shape<typeof zh> = {
  bots: 'Programs',
  botNames: { off: 'Ignore', observe: 'Record', challenge: 'Challenge', block: 'Challenge, refuse scanners' },
  botHelp: { off: 'Visitors and programs are treated alike.', observe: 'Sources that look like crawlers, scanners or scripts are recorded and not hindered.', challenge: 'Sources that look like programs must pass a challenge first. Add callers of interfaces and mini programs to an allow group.', block: 'Scanners are refused; other sources that look like programs must pass a challenge first.' },
  room: 'Waiting room: visitors at once',
  roomHelp: 'Beyond this, visitors wait in their order and see their place and an estimate. 0: nobody waits; empty: inherited.',
  roomPace: 'Let in per second',
  roomWaiting: 'Waiting at most',
  mask: 'Mask in answers',
  maskHelp: 'Numbers in the text of answers are masked with asterisks of the same length. Downloads of files are left alone.',
  identity: 'Identity card',
  mobile: 'Mobile number',
  bank: 'Bank card',
  hide: 'Hide error pages',
  hideHelp: 'An answer that shows stack traces, database errors and the like is replaced by a plain page.',
  yes: 'Yes',
  no: 'No',
  calls: 'API description',
  everybody: 'Everybody',
  people: (n: number) => `${n} visitors`,
}

export const doorWords: Words<typeof zh> = { zh, en }
