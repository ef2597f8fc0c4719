//! Examinations, lessons and surveys.

use super::super::super::benign::{BenignGrammar, grammar};
use super::letter::tell;

pub(super) const BENIGN: &[BenignGrammar] =
    &[grammar("teaching-and-polls", 45, |rng| tell(LESSONS, &[QUESTIONS, SAID], rng))];

const QUESTIONS: &[&str] = &[
    "男,§n岁,胸痛3h,ECG:V1~V4 ST↑。首选?A.溶栓(<12h) B.PCI C.CABG D.观察",
    "下列哪项不符合 ARDS(柏林)?A.P/F≤300 B.PEEP≥5 C.双肺浸润 D.PCWP>18",
    "填空:成人 CPR 按压频率 ____ 次/分;深度 ____ cm;按压:通气=____",
    "判断:PaCO2>50mmHg 且 PaO2<60mmHg 为 II 型呼衰。(√/×)",
    "已知 f(x)=x²-2x+1,x∈[0,3],求 f 的最大值;$\\frac{a}{b}\\le\\sqrt{c}$",
    "计算:医嘱 多巴胺 5μg/(kg·min),体重 60kg,200mg/50ml,泵速=? ml/h",
    "Which is NOT true? (a) HR<60 = bradycardia (b) MAP = (SBP + 2×DBP)/3 (c) all of the above",
    "SQL 中 where 与 having 的区别?(信息科三基)",
    "Excel 中 =COUNTIF(A1:A10,\">60\") 的含义",
    "名词解释:DIC;SIRS;“三查八对”",
    "For i = 1 to 10: s = s + i: Next 运行后 s=?",
    "网络安全:收到邮件“点击领取补贴 http://xx.example/a?id=1”,应__",
    "多选(§n分):手卫生时机 ①接触前 ②无菌前 ③体液后 ④接触后 ⑤环境后",
];

const SAID: &[&str] = &[
    "排队太久 (>2h),医生只看了 3 分钟;希望改进!",
    "护士§p态度很好👍 / 食堂一般 / 厕所没纸",
    "1.无 2.无 3.建议增加停车位&充电桩",
    "满意度 4~5分;不满意:等电梯、“找不到路”",
    "带教:操作示范++;理论±;反馈 --",
    "课件第§n页字太小;链接打不开 (http 403)",
    "n/a; none; 没有!!!",
    "家属:谢谢§k全体;就是费用有点高 ¥§m",
    "B 选项应为 ≥;答案有误(教材P§n)",
];

const LESSONS: &[&str] = &[
    r"POST /exam/question/save form d

type=1&stem=«§1»&options%5B0%5D=«A. <60»&options%5B1%5D=«B. 60~100»&answer=«A|C»&analysis=«§2»&difficulty=0.§n",
    r#"POST /exam/paper/§i/answer json m

{"seq":§n,"answer":["A","D"],"text":«§1»,"usedMs":§i,"switchCount":0}"#,
    r"POST /exam/import multi d

%%file|题库_三基(§D).txt|text/plain
1、§1
答案:B
解析:§2
%%split
\n\n
%%pattern
^(\d+)[、..]\s*(.+)$",
    r"POST /moodle/mod/quiz/processattempt.php?cmid=§n multi d

%%q§i:1_answer
<p>§1</p>
%%q§i:1_:sequencecheck
§n
%%sesskey
§T",
    r"POST /joinnew/processjq.ashx?shortid=§w&starttime=§s form m

submitdata=«1$2}2$1|3|4^其他§n}3$§2}4$1!5,2!4»&jqsign=§h",
    r#"POST /survey/design json d

{"title":"出院患者满意度 §n","q":[{"t":"scale","text":"总体(0-10)","logic":"if q1<=6 goto q9"},{"t":"text","text":«§2»,"regex":"^.{0,200}$"}]}"#,
    r#"POST /live/§i/danmaku json m

{"t":§f,"text":«§2»,"color":16777215,"mode":1}"#,
    r"POST /scorm/commit form d

cmi.suspend_data=«1%7C§n;a=1;b=[0,1]»&cmi.interactions.0.student_response=«§1»&cmi.core.lesson_location=slide%23§n",
    r#"POST /xapi/statements json p
X-Experience-API-Version: 1.0.3

{"actor":{"name":"§p","mbox":"mailto:§w@boai.example"},"verb":{"id":"http://adlnet.gov/expapi/verbs/answered"},"object":{"id":"http://edu.boai.example/q/§n","definition":{"name":{"zh-CN":«§1»}}},"result":{"response":«§2»}}"#,
    r#"POST /thesis/comment xml d

<comment page="§n" xpath="/p[§n]"><quote>«§1»</quote><text>«§2»</text></comment>"#,
    r"GET /question/search?kw=«§1»&type=1,2&diff=0.2-0.8 - d",
    r"POST /poll text/plain;charset=UTF-8 m

§n=§2;§n=A,B;phone=§P",
    r##"PUT /courses/§n/lesson json d

{"md":"# 心电图\n$$QTc=\\frac{QT}{\\sqrt{RR}}$$\n\n| 导联 | ST |\n|--|--|\n| V1 | >2mm |","quiz":«§1»,"note":«§2»}"##,
];
