//! What people say, type and are called in the held-back part: other words than the tune part has.

use super::super::super::rng::Rng;

pub(super) const HOSTS: &[&str] = &[
    "app.xiehe-fy.example",
    "zyy.linshan.example",
    "172.18.40.7:7001",
    "203.0.113.88:8090",
    "hlwyy.lanshan.example",
    "yun.medlink.example",
    "wap.ruiyi.example",
    "www.linjia.example",
    "www.jiangcheng.example",
    "m.gouwu.example",
    "api.qixiang.example",
    "hisweb",
    "gw.province.example:20001",
    "zwfw.luzhou.example",
    "portal.nankang.example",
    "service.linshan.example",
    "stat.fenxi.example",
    "static.cdn-a.example",
    "node3.yule.example:8443",
    "[2001:db8:12::5]:8080",
];

/// Where people come from.
pub(super) const SITES: &[&str] = &[
    "www.jiangcheng-news.example",
    "bbs.linjia.example",
    "s.gouwu.example",
    "m.linshan.example",
    "cn.bing.com",
    "www.sogou.com",
    "hao.360.com",
    "zyy.linshan.example",
    "blog.laozhou.example",
];

pub(super) const NICKS: &[&str] = &[
    "夏天的风",
    "老李头",
    "momo",
    "Tom&Jerry",
    "小太阳☀️",
    "用户_38271645",
    "丶浅笑",
    "不吃香菜!!",
    "⊙▽⊙",
    "爱丽丝's 梦",
    "路人甲(本地)",
    "北方有佳人--",
    "KK.",
    "一只猫^_^",
    "妞妞妈 >_<",
    "dev_zhou",
    "ღ 念 ღ",
    "<°)))><",
];

pub(super) const NAMES: &[&str] = &[
    "孟庆丰",
    "许晴",
    "邹文静",
    "阿依古丽·麦麦提",
    "田七",
    "卓玛",
    "诸葛明轩",
    "梁思琪",
    "韩雪梅",
    "龙飞",
    "金正浩",
    "谭咏华",
    "白露",
    "陆一鸣",
    "牛得草",
    "单桂英",
    "仇天海",
    "Peter Zhu",
    "曾祥麟之女",
    "任盈盈",
];

/// What is typed into search boxes, half of it not yet finished.
pub(super) const TYPED: &[&str] = &[
    "甲状腺结节4a类严重吗",
    "jiazhuang",
    "win11怎么跳过联网",
    "社保卡 异地",
    "what's the differ",
    "don't break my heart 歌词",
    "it's my life",
    "c语言 指针 &a 和 *p",
    "printf(\"%d\\n\"",
    "html <br> 和 <p>",
    "<script setup> vue3",
    "<iframe> 自适应高度",
    "<2000元 手机推荐",
    "身高>180",
    "mysql 5.7 安装教程",
    "sql server 2012 下载",
    "insert into 语句",
    "select 语句",
    "delete键没反应",
    "update failed 怎么办 win10",
    "union 是什么",
    "drop in什么意思",
    "or and not",
    "alert是什么意思",
    "eval 中文",
    "powershell 打不开",
    "cmd 命令大全",
    "/bin/bash^M: bad interpreter",
    "/etc/resolv.conf",
    "c:\\windows\\system32",
    "chmod 777",
    "ping 延迟高",
    "curl 返回 403",
    "php 数组",
    "java 面试题 hashmap",
    "log4j 2.17",
    "spring boot ${server.port}",
    "jinja2 {{ 转义",
    "ldap 是什么",
    "xml 格式化",
    "base64 解码",
    "正则 \\d{3,5}",
    "a=b=c",
    "1=1是什么梗",
    "e^x*(1-x)",
    "sin(x)/x",
    "50%off",
    "m&m's 巧克力豆",
    "levi's 501",
    "L'Occitane 护手霜",
    "M·A·C 口红#316",
    "3.15晚会",
    "5*8吸顶灯",
    "c++ primer 第5版 pdf",
    "c# async await",
    "excel vlookup跨表 #N/A",
    "=sum(a1:a9) 不计算",
    "🐱表情包",
    "\"百年孤独\" txt",
    "电影 -免费 -vip",
    "site:gov.example 公积金",
    "nba 湖人vs勇士",
    "ne zha 2",
    "'",
    "rock'n'roll",
    "2'-脱氧腺苷",
    "g(n)=f(n)+h(n)",
    "北京-三亚 机票",
    "北京;天津 距离",
    "ABC|DEF 车牌",
    "%E4%B8%AD文乱码",
    "&nbsp; 是什么",
    "&lt; &gt;",
    "../ 和 ./ 区别",
    "x-forwarded-for",
    "宝宝拉肚子 (绿色)",
    "胎心140次/分 男or女",
    "hcg>25",
    "TSH 0.01 严重吗?",
    "空腹血糖6.3~6.9",
    "布洛芬 + 对乙酰氨基酚",
    "qd bid tid 什么意思",
    "2026年春节放假安排",
    "双色球开奖结果",
    "离婚协议书怎么写",
    "怎么做红烧肉",
    "玉米面窝头",
    "周杰伦 2026演唱会",
    "天气预报15天",
    "苏州到黄山 高铁",
    "医保电子凭证怎么激活",
    "中国移动营业厅",
    "快递单号查询 yt",
    "小米su7 ultra",
    "初二物理 浮力 压强",
    "陈情令 第12集",
    "胃镜前能喝水吗",
    "dang'an",
    "血糖高能吃西瓜吗",
    "打印机脱机",
    "驾照过期了怎么办",
    "qq空间",
    "三国演义 txt下载",
    "世界杯 亚洲区 18强",
    "宝宝8个月发烧38.5",
    "公积金贷款利率 2026",
    "牙疼",
    "abandon 造句",
    "淘宝",
    "高考数学 2025 全国I卷",
    "螺蛳粉 热量(大卡)",
];

/// Ordinary talk: comments, chats, messages to a seller or to the office.
const TALK: &[&str] = &[
    "终于收到了,包装很好,给好评👍",
    "有没有人一起拼车去高铁站?明早6:30出发,AA",
    "笑死我了哈哈哈哈哈哈哈哈",
    "客服一直不回,等了40min...再不处理我就打12315了!!!",
    "M码偏小,建议拍大一号(本人165cm/55kg)",
    "第一!沙发~",
    "楼上说得对,+1",
    "@老李头 你那个方子在哪买的?求链接",
    "图二是谁?好帅啊啊啊 <3 <3",
    "这都什么年代了,还 \"老板说了算\"?",
    "I'm not sure if it's in stock; please let me know, thanks a lot!",
    "转让自用车位一个:B2-118,价格面议;非诚勿扰;电话晚上打",
    "物业费 1.8元/㎡*98.6㎡=177.48,为什么收我 195?",
    "今天天气不错,适合钓鱼——就是风有点大",
    "菜谱:五花肉500g + 冰糖30g → 小火炒糖色 → 加水(没过肉) → 40min",
    "不是我说,这剧情也太水了吧?! 1~10集可以直接跳过……",
    "孩子们的作业:P23 1-3题,(4)(6)不做;家长签字",
    "谢谢王老师!已缴费,回执单号 20261103-0087",
    "请问办理居住证需要什么材料?原件or复印件?",
    "已读。下周三(25号)前给到,cc 财务。",
    "o(╥﹏╥)o 又没抢到票",
    "买了3次了,一直回购,\"真香\"定律",
    "会员价 ¥99/年 vs ¥15/月,哪个划算?自己算: 15*12=180",
    "路由器设置 192.168.1.1 打不开,显示 ERR_CONNECTION_TIMED_OUT",
    "有懂电脑的吗?蓝屏代码 0x0000007E,重装也没用",
    "地铁2号线 & 10号线换乘,走C口,出来左拐->右拐->就到了",
    "顶一下,别沉。",
    "退款原因:7天无理由;快递已发 SF1378…… 请查收",
    "作者加油!期待第108章 (ง •_•)ง",
    "比分 3:2,点球大战 5-4,太刺激了",
    "O2O、B2B、C2C 傻傻分不清",
    "他说'明天一定来',结果呢?呵呵",
    "We've moved to Room 1203; call ext. 8016 or 8017 if you can't find us.",
    "收藏了。另:链接失效 https://pan.example/s/1kXyZ_ab-c 提取码: 9t2m",
    "【求助】U盘里的文件变成 .exe 了,是中毒了么",
    "请把发票抬头改为:江城市临山区惠民大药房(有限合伙)",
    "同意。请信息科、护理部会签后报院办。",
    "iPhone16 Pro 256G/白色/国行 9成新 ¥6200包邮,可小刀",
    "面试题:select 和 poll 的区别?我答得一塌糊涂",
    "股票又跌了 -3.27%,关灯吃面",
    "1楼的 script 写错了吧,应该是 transcript",
    "or 还是 and?选择题第8题答案是C。",
];

/// What nurses and doctors write in a hurry.
const CLINICAL: &[&str] = &[
    "13床 T38.6℃ P102 R22 BP 92/58↓,已报值班医生,遵医嘱 NS 500ml 快滴",
    "夜班交班:总数42,出院3,入院5,病危1,病重4,手术2,分娩0,死亡0",
    "引流管在位、通畅,引出淡血性液 120ml/12h;敷料干燥,无渗出",
    "PICC 外露 3cm,臂围左28/右28.5;冲封管×2,回血(+)",
    "GCS E3V4M6=13分,双瞳等大等圆 d=3mm,对光反射(+/+)",
    "压疮:骶尾部Ⅱ期 3×2cm,Braden 12分 → 翻身q2h + 气垫床",
    "皮试(青霉素)阴性 14:20 执行:许/核对:白",
    "术中出血约 300ml,输 RBC 2u + FFP 200ml,尿量 450ml",
    "主诉\"心口窝像压了块石头\"2h,伴大汗;ECG: V1-V4 ST↑0.3mV",
    "今日入量 2350 / 出量 1980(尿1600+引流180+便200) → 平衡 +370",
    "Q8h 血糖: 7.2-11.8-9.4 mmol/L; RI 泵入 2.0u/h→1.5u/h (BG<8 停)",
    "跌倒评分 Morse=55(高危)!床栏↑、呼叫器在手边、家属24h陪护",
    "患者拒绝 MRI(幽闭恐惧),已告知风险并签字;改约 CT 11-26 上午",
    "胸腔闭式引流:水柱波动 2~4cm,无气泡溢出;咳嗽时波动明显",
    "产后2h:宫底 U-1,恶露少、色红;T36.8 P84 BP110/70",
    "1. 头孢呋辛 1.5g ivgtt q12h; 2. 氨溴索 30mg iv tid; 3. 雾化 bid",
    "右侧乳腺 10点 距乳头3cm 见 1.2×0.8cm 低回声, BI-RADS 4A",
    "腹平软,Murphy(-),McBurney点压痛(±),反跳痛(-),肠鸣音 4次/min",
    "D-二聚体 >20 mg/L FEU(参考 <0.55),危急值已电话通知 3病区 韩护士",
    "NIHSS 7→4;mRS 2;rt-PA 0.9mg/kg(10%推注,余60min泵完)",
    "隐睾术后;切口 I/甲;拆线时间:术后第7天 or 门诊随访",
    "病理:(胃窦)慢性萎缩性胃炎 C-2,伴轻-中度肠化;HP(++)",
    "家属诉:昨夜 02:00 呕吐咖啡样物约50ml×1,未及时报告",
    "SBAR—S:胸闷加重;B:冠心病史10y;A:NT-proBNP 8,652↑;R:速请心内会诊",
    "ABG(FiO2 40%):pH 7.29,PCO2 58,PO2 61,BE -3.5,Lac 2.8",
    "骨髓象:原始粒 62%(>20%),POX(+),考虑 AML-M2;待流式&融合基因",
    "儿保:体重 8.6kg(P25~50),身长 70cm,前囟 1.0×1.0cm,会坐,未出牙",
    "VTE 评分 Caprini=6;建议低分子肝素 4000iu ih qd,出血风险:低",
    "疼痛 NRS 6→2 (30min 后);给予:地佐辛 5mg im",
    "牙位 36: 冷(++)、叩(±);X线:根尖 <2mm 低密度影;处置:RCT 1/3",
    "中医:舌淡红苔薄白,脉弦细;证属肝郁脾虚;治以疏肝健脾",
    "透析 4h,脱水 2.8kg,干体重 56kg;BP 160/95→132/80;无抽筋",
];

pub(super) fn name(rng: &mut Rng) -> &'static str {
    rng.pick(NAMES)
}

pub(super) fn talk(rng: &mut Rng) -> &'static str {
    rng.pick(TALK)
}

pub(super) fn clinical(rng: &mut Rng) -> &'static str {
    rng.pick(CLINICAL)
}

pub(super) fn typed(rng: &mut Rng) -> &'static str {
    rng.pick(TYPED)
}

/// Some clinical sentences, one a line.
pub(super) fn note(rng: &mut Rng) -> String {
    let count = rng.between(1, 4);
    (0..count).map(|_| clinical(rng)).collect::<Vec<_>>().join("\r\n")
}

pub(super) fn moment(rng: &mut Rng) -> String {
    format!(
        "2026-{:02}-{:02} {:02}:{:02}:{:02}",
        rng.between(1, 12),
        rng.between(1, 28),
        rng.below(24),
        rng.below(60),
        rng.below(60)
    )
}

/// Seconds since 1970, some day of these years.
pub(super) fn seconds(rng: &mut Rng) -> String {
    format!("17{}", rng.digits(8))
}

pub(super) fn day(rng: &mut Rng) -> String {
    format!("2026{:02}{:02}", rng.between(1, 12), rng.between(1, 28))
}
