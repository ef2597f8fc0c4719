//! Insurance, regulators, payment, appointments and messages: signed calls whose fields are packed by each vendor's taste.

use super::super::super::benign::{BenignGrammar, grammar};
use super::letter::tell;

pub(super) const BENIGN: &[BenignGrammar] = &[
    grammar("settlement-and-supervision", 45, |rng| tell(SETTLEMENT, &[CLAIMS], rng)),
    grammar("payment-and-booking-callbacks", 45, |rng| tell(CALLBACKS, &[MESSAGES], rng)),
    grammar("patients-on-the-telephone", 45, |rng| tell(PATIENTS, &[MESSAGES, ASKED], rng)),
];

pub(super) const CLAIMS: &[&str] = &[
    "超限定用药:限二线;患者既往使用过 A 药(§d)无效,申诉材料见附件",
    "重复收费:“静脉输液”×2 与 “小儿静脉输液”×1,同日;已退 ¥§n.50",
    "分解住院?两次入院间隔 <15 天(§d / §d);诊断不同:§g",
    "手术项目 331301001*50%(同切口第二手术)",
    "特殊病种:恶性肿瘤门诊放化疗;有效期 §d~§d",
    "DIP 病种分值 §m.12,倍率 1.§n(0.5<=x<=2);入组:I21.1:36.0600x004+88.5500",
    "先行自付比例 10%;单价限额 ¥1,280;超出 = 自费",
    "检查部位数 >3;CT平扫+增强+三维;符合 [2024]18号文",
    "患者性别=男,项目=“经阴道超声”:录入错误,已冲销",
    "住院天数 §n 天 > 30;高倍率;理由:多器官衰竭、ECMO",
];

const SETTLEMENT: &[&str] = &[
    r#"POST /fsi/api/rest/fsi-1101 json p
x-tif-paasid: hosp_§w
x-tif-signature: §H§H
x-tif-timestamp: 17§i
x-tif-nonce: §u

{"infno":"1101","msgid":"H9901§D§j§n","insuplc_admdvs":"990100","recer_sys_code":"FSI_LOCAL","signtype":"SM3","input":{"data":{"mdtrt_cert_type":"02","mdtrt_cert_no":"§c","psn_name":"§p","begntime":"§d §t","certno":""}}}"#,
    r#"POST /hsa/2204 json p
Authorization: HMAC-SHA256 ak=§h,ts=§s,sign=⌈§H§h⌉

{"infno":"2204","input":{"feedetail":[{"feedetl_sn":"§l","det_item_fee_sumamt":§f,"cnt":2,"medins_list_codg":"WB§i","memo":«§1»,"rx_circ_flag":"0"},{"feedetl_sn":"§l","memo":"","expContent":«{"a":"1","b":"<3"}»}]}}"#,
    r#"POST /yb/SiInterface.asmx/DoBusiness form p

inputXml=«<?xml version="1.0" encoding="GBK"?><Program><FunctionID>BIZH131104</FunctionID><center_id>9901</center_id><treatinfo name="§p" idcard="§c" remark="§g"/></Program>»"#,
    r"POST /sihis/business?bizno=§l text/plain p

2410^990101^§i^§D§j-§n-§h^0000^§i|§p|§1|§f|§f|0.00|@$§n|^1^",
    r#"POST /drg/settlementList/upload json p
encType: SM4

{"setlinfo":{"psn_name":"§p","ntly":"CHN","adm_caty":"03.04","oprn":[{"code":"36.0600x004","lv":"3级","anst":"局部(强化)"}],"ctrl":"是/否=否"},"diseinfo":[{"diag":«§g»}],"memo":«§1»}"#,
    r"POST /yb/appeal/submit multi d

%%caseId
§l
%%rule
A0§n-限定支付(>=二线)
%%reason
§1
%%evidence|病程记录(§d)&检验.pdf|application/pdf
%PDF-1.7 §h",
    r"GET /yb/dict?type=1301&ver=F001_§D&fixmedins=H9901000§n&page_num=1&cond=«upd_time>'§d'» - p",
    r#"POST /supervision/v2/upload/A0§n application/json;charset=GB18030 p
app_id: §h
sm2: 3045022100§H§H

[{"ORG":"99§iX","NAME":"§p","ICD":"§n.x00","REMARK":«§1»}]"#,
    r#"POST /cdc/card/infectious xml p

<?xml version="1.0" encoding="UTF-8"?><Card><No>§l</No><Name>«§p»</Name><Disease code="0§n00">病毒性肝炎(乙)?</Disease><Addr>«§a»</Addr><Note>«ALT>2×ULN; 抗-HBc IgM 1:1000(+); §1»</Note></Card>"#,
    r#"POST /nhc/hqms/csv text/csv;charset=utf-8 p

"P900","P6891","P686","P4","JBDM","P561","BZ"
"99§iX","§k","§c","§p","§g","""男""","§1"
"99§iX","-","=""00§n""","@§p","—","+§n","<无>""#,
    r"POST /wjw/report/daily form d

date=§d&mz=§m&zy=§m&sy=«开放床位>实有床位; §n%»&memo=«§1»&sign=§H",
    r#"POST /api/gateway.do form p

app_id=20260§i&method=hospital.fee.settle&charset=utf-8&sign_type=SM2&timestamp=«§d §t»&version=1.0&biz_content=«{"orgCode":"H§i","items":[{"name":"注射费(次)","price":"5.00"}],"ext":"a=1&b=2","memo":"§p"}»&sign=«§T+/§T==»"#,
    r#"PUT /yb/rules/§n json d

{"code":"R-§n","name":"限儿童","when":"age > 14 && item in {'250403001','310604006'}","msg":"${item.name} 限 14 岁以下(含)","level":"warn","note":«§1»}"#,
    r#"POST /invoice/callback json p

{"busNo":"§l","billBatchCode":"9906§i","remark":"个人现金:§f;医保统筹:§f;<自费>0.00;[门诊]","picUrl":"https://fs.boai.example/i/§h?d=§D&a=1","md5":"§H"}"#,
    r#"POST /eCert/decode json p

{"data":{"orgId":"H§i","businessType":"01101","ecQrCode":"6900000000§l§h","officeName":"§k","reqNo":«§1»},"transType":"ec.query"}"#,
];

pub(super) const MESSAGES: &[&str] = &[
    "【康宁医院】§p您好,您预约的§k §d §t(A区3楼)就诊,请提前30分钟取号。退订回T",
    "【博爱体检】您的报告已出,点击 https://tj.boai.example/r/§h?c=1&s=2 查看;勿回复",
    "危急值:§n床 §p K+ 6.§n mmol/L(3.5-5.3),请 10min 内处理!回复 1=收到 2=转他人",
    "验证码 §m§m,5分钟内有效。请勿告诉他人(包括“客服”)!",
    "停诊通知:§p主任 §d 上午门诊停诊,可改约§k其他医生 or 退号(退款 1~7 天)",
    "医生回复:空腹血糖 7.§n 偏高,建议 OGTT;不用担心:)",
    "您的住院押金余额 <¥500,请补缴(床旁扫码/自助机/窗口)",
    "复诊提醒:术后1月 & 3月;携带:①身份证 ②CT片 ③出院小结",
    "Your appt w/ Dr. §p is on §d @ §t. Reply Y/N; Q&A: 010-00000000",
    "发货通知:中药代煎 7付×2袋,顺丰 SF§i;饭后30分钟温服",
];

const CALLBACKS: &[&str] = &[
    r#"POST /pay/notify/wx?tenant=§n text/xml p

<xml><appid><![CDATA[wx§h]]></appid><attach><![CDATA[{"t":"mz","id":§i,"n":"§p"}]]></attach><bank_type><![CDATA[OTHERS]]></bank_type><nonce_str><![CDATA[§H]]></nonce_str><out_trade_no><![CDATA[MZ§l]]></out_trade_no><result_code><![CDATA[SUCCESS]]></result_code><sign><![CDATA[§H]]></sign><total_fee>§m</total_fee></xml>"#,
    r#"POST /pay/ali/notify form n
User-Agent: Mozilla/4.0

gmt_create=«§d §t»&charset=UTF-8&subject=«§p-门诊缴费(§k)»&sign=«§T/§T+==»&buyer_id=2088§i&body=«药费+检查费;单号:§i»&invoice_amount=§f&notify_id=§H&fund_bill_list=«[{"amount":"§f","fundChannel":"PCREDIT"}]»&trade_status=TRADE_SUCCESS&passback_params=«a%3D1%26b%3D§i»"#,
    r#"POST /pay/v3/notify json p
Wechatpay-Signature: §T§T/§T+==
Wechatpay-Timestamp: 17§i
Wechatpay-Nonce: §T

{"id":"§u","create_time":"§dT§t+08:00","resource_type":"encrypt-resource","event_type":"TRANSACTION.SUCCESS","summary":"支付成功","resource":{"algorithm":"AEAD_AES_256_GCM","ciphertext":"§b/§b+==","associated_data":"transaction","nonce":"§h"}}"#,
    r"POST /unionpay/back form p

accNo=§l&respMsg=«成功[0000000]»&signPubKeyCert=«-----BEGIN CERTIFICATE-----
MII§b
-----END CERTIFICATE-----»&txnAmt=§m&reqReserved=«{type=ZY&id=§i}»&signature=«§b+/=»&version=5.1.0",
    r#"POST /booking/sync json p
sign: §H

{"hosId":"99§n","schedules":[{"id":"§i","doc":"§p","dept":"§k","time":"08:00-08:30","left":"<5","fee":"挂号 1.00+诊查 §n.00"}],"op":"update","remark":«§1»}"#,
    r#"POST /114/order/push text/xml p

<req><order_id>§l</order_id><patient name="§p" id="§c"/><memo>«§1»</memo><pay status="0">«挂号费=¥0.00 (65岁以上)»</pay></req>"#,
    r"GET /sms/report?msgid=§l&mobile=§P&stat=DELIVRD&err=000&time=§D§j&content=«§1» - p",
    r#"POST /sms/mo json p

[{"mobile":"§P","content":"T","sp":"1069§i"},{"mobile":"§P","content":"1;2(换§d行吗?) <收到>","ext":"§n"}]"#,
    r"POST /sms/send.aspx application/x-www-form-urlencoded p

action=send&userid=§n&account=hosp_§w&password=§H&mobile=§P%2C§P&content=«§1»&sendTime=&extno=",
    r##"POST /wx/template/send?access_token=§n_§b json p

{"touser":"o§T","template_id":"§T","url":"https://wx.boai.example/#/detail?id=§i","data":{"first":{"value":«§1»,"color":"#173177"},"keyword1":{"value":"§k"},"keyword2":{"value":"§d §t"}}}"##,
    r"POST /bank/reconcile multi p

%%file|RECON_§D.txt|text/plain
§l|§D§j|§f|00|门诊'§p'|+
§l|§D§j|-§f|00|退费;原单 §i|-
#END|2|§f
%%mac
§h",
    r"POST /refund/audit/callback form p

biz=refund&orderNo=§l&reason=«§1»&detail%5B0%5D%5Bname%5D=«甲功五项»&detail%5B0%5D%5Bamt%5D=-§f&nonce=§T&sign=§H",
    r#"POST /miniapp/msg?signature=§h§h&timestamp=17§i&nonce=§i&openid=o§T text/xml n
User-Agent: Mozilla/4.0

<xml><ToUserName><![CDATA[gh_§h]]></ToUserName><Content><![CDATA[§1 /:heart <a href="https://wx.boai.example/a?b=1">点我</a>]]></Content><MsgType><![CDATA[text]]></MsgType><MsgId>§l</MsgId></xml>"#,
    r#"POST /critical/callback json p

{"event":"timeout","rule":"t > 10min && !ack","to":["§P"],"text":«§1»,"trace":"§u"}"#,
];

pub(super) const ASKED: &[&str] = &[
    "医生您好,孩子§n个月,发烧38.9℃,吃了布洛芬 2ml 后退了又烧,要去医院吗??",
    "B超说胆结石1.2cm*0.8cm 平时不疼 需要手术吗",
    "我妈血压 160/95,吃的“硝苯地平”,脚肿,能换药不?[图片]",
    "化验单 尿酸 5§n(参考208-428) 肌酐 正常 能吃海鲜么😂",
    "孕 12w+3,NT 1.§nmm,唐筛要不要直接做无创(¥2400)?",
    "药吃完了,想续方:①缬沙坦80mg ②阿托伐他汀20mg;上次 §d 开的",
    "HPV16 阳性!TCT:ASC-US,好害怕……要做阴道镜吗?",
    "伤口有点红 + 渗液,但是不疼,今天能洗澡吗(术后第§n天)",
    "好的 谢谢医生!!![玫瑰][抱拳]",
    "1、胸闷;2、心慌;3、睡不着 -> 心电图正常 = 焦虑?",
    "CT报告上写 “结节 <6mm”,多久复查?半年 or 一年",
    "挂不上号!系统提示“code:500 服务异常”,什么破系统",
];

const PATIENTS: &[&str] = &[
    r#"POST /ihosp/consult/§i/messages json m
Authorization: §b

{"type":"text","content":«§2»,"clientMsgId":"§u","quote":null}"#,
    r"POST /app/feedback multi m

%%score
2
%%content
§2
%%contact
§P
%%img|IMG_§D_§j.jpg|image/jpeg
JFIF §h",
    r"GET /search/doctor?kw=«§2»&city=«北京»&lat=39.9§n&lng=116.3§n&sort=score%20desc&t=§s - m",
    r#"POST /order/create json m

{"openId":"o§T","patient":{"name":"§p","idCard":"§c","relation":"母女"},"scheduleId":"§i","disease":«§2»,"coupon":null}"#,
    r"POST /triage/ai form m

sex=f&age=§n&symptom=«§2»&history=«高血压|糖尿病(-)|手术史:剖宫产×1»&since=«>3天»",
    r#"POST /push/inbox json p

{"batch":"§D","list":[{"to":"§P","msg":«§1»},{"to":"§P","msg":«§1»}]}"#,
    r#"PUT /user/patients/§i json m

{"name":"§p","addr":"§a","allergy":"青霉素; 头孢?","note":«§2»,"habits":{"smoke":"<10支/d","drink":"偶尔"}}"#,
    r#"POST /graphql json m

{"operationName":"Ask","variables":{"q":«§2»,"dept":«§k»},"query":"mutation Ask($q:String!,$dept:String){ask(text:$q,dept:$dept){id reply{text at}}}"}"#,
    r"GET /queue/status?no=A0§n&room=«§k §n诊室»&name=«§p»&callback=cb_§i - m",
    r#"POST /evaluate text/plain;charset=UTF-8 m

{"star":5,"tags":["耐心","专业"],"text":‹§2›,"order":"§l"}"#,
    r"POST /navi/route form m

from=«1号楼(门诊)B1»&to=«3F §k»&mode=walk&q=«厕所/WC在哪?»&x=§f&y=-§f",
    r#"POST /video/room/§i/chat application/json m
X-Sdk: trtc/4.15

{"from":"doc_§w","msg":«§1»,"at":§s,"ext":"{\"screen\":\"1080*2340\",\"net\":\"4G|wifi\"}"}"#,
    r#"POST /rehab/log xml m

<log uid="§i"><day>§d</day><pain>«NRS 3'→2'»</pain><note>«§2»</note><steps>§m</steps></log>"#,
];
