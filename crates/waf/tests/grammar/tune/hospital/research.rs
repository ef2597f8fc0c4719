//! Research records with branching and checks, statistics, and the query languages of front ends.

use super::super::super::benign::{BenignGrammar, grammar};
use super::letter::tell;

pub(super) const BENIGN: &[BenignGrammar] = &[
    grammar("case-report-forms", 45, |rng| tell(FORMS, &[LOGIC, COMMENTS], rng)),
    grammar("cohorts-and-statistics", 45, |rng| tell(STATISTICS, &[MODELS, COHORTS], rng)),
    grammar("front-end-queries", 45, |rng| tell(QUERIES, &[WORDS], rng)),
];

const LOGIC: &[&str] = &[
    "[sex] = '2' and [age] >= 14",
    "[visit_1_arm_1][ecog] <> '' and [consent] = '1'",
    "if([weight]<>'' and [height]<>'', round([weight]/(([height]/100)^2), 1), '')",
    "datediff([dob],'today','y') > 75 or [egfr] < 30",
    "sum([q1],[q2],[q3],[q4]) >= 10",
    "([ae(1)] = '1' or [ae(99)] = '1') and [ae_grade] > 2",
    "max([sbp_1],[sbp_2],[sbp_3]) - min([sbp_1],[sbp_2],[sbp_3]) > 20",
    "1, 是 | 0, 否 | 9, 不详(UK) | -99, 未做(ND)",
    "@DEFAULT='[event-name]' @HIDEBUTTON @IF([sex]='1', @READONLY, '')",
    "regexp: ^S[0-9]{2}-\\d{3}$",
    "(140-[age])*[weight]/(72*[scr])*if([sex]='2',0.85,1)",
];

const COMMENTS: &[&str] = &[
    "AE:皮疹 II°(CTCAE 5.0),与研究药物“可能有关”,未停药;转归 好转",
    "Query: SBP 220>200? 请核对源文件(第§n页)",
    "V3 超窗 +5d(窗口 ±3d),方案偏离已报伦理(EC-2026-§n)",
    "合并用药:对乙酰氨基酚 0.5g prn;始 §d 止 UK/UK/2026",
    "受试者 S01-0§n 失访:电话 3 次未接,信件退回",
    "SAE #§n: hospitalised for pneumonia; causality: unlikely; unblinded? No",
    "纳入:18<=年龄<75,ECOG 0~1;排除:妊娠/哺乳,Cr>1.5×ULN",
    "TFL 14.3.1:删除“n=0”行;脚注 [a] 改为 <0.0001",
    "SDV 完成;发现 2 处涂改未签名 & 日期;PI 已更正",
];

const FORMS: &[&str] = &[
    r#"POST /redcap/api/ form p

token=§H&content=record&format=json&type=flat&overwriteBehavior=normal&data=«[{"record_id":"S01-§n","redcap_event_name":"visit_1_arm_1","bp":"1§n/8§n","comment":"§2"}]»&returnFormat=json"#,
    r"POST /redcap/api/ form p

token=§H&content=record&format=csv&filterLogic=«§1»&fields%5B0%5D=record_id&fields%5B1%5D=ae_desc&exportSurveyFields=false",
    r#"POST /redcap/Design/edit_field.php?pid=§n multi d

%%field_name
calc_§w
%%field_type
calc
%%element_enum
§1
%%field_label
<p>估算值 <b>(§2)</b></p><div class="rich-text-field-label">{bmi:icons} > 24?</div>
%%branching_logic
§1"#,
    r"POST /redcap/DataQuality/edit_rule_ajax.php?pid=§n form d
X-Requested-With: XMLHttpRequest

rule_id=0&rule_name=«SBP<DBP?»&rule_logic=«§1»&real_time_execute=1&redcap_csrf_token=§H",
    r#"POST /edc/api/studies/§n/subjects/S0§n/forms/AE json d
X-CSRFToken: §T

{"items":[{"oid":"AETERM","v":«§2»},{"oid":"AESEV","v":"2"},{"oid":"AEENDTC","v":"2026-UN-UN"}],"reason":"Data entry error; was '<LOD'"}"#,
    r#"POST /edc/odm application/xml p

<?xml version="1.0" encoding="UTF-8"?><ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" FileType="Transactional" FileOID="§u"><ClinicalData StudyOID="KN-0§n"><SubjectData SubjectKey="S01-0§n"><ItemData ItemOID="I.LBORRES" Value="&lt;0.5"/><Annotation><Comment>«§2»</Comment></Annotation></SubjectData></ClinicalData></ODM>"#,
    r#"POST /edc/editcheck/save json d

{"id":"EC_§n","expr":«§1»,"message":"请核对: ${item.label} = ${item.value} 超出 [${low}, ${high}]","fire":"onBlur"}"#,
    r"POST /surveys/?s=§T form m

q1=2&q2___3=1&q_text=«§2»&__prefill=0&submit-action=submit-btn-saverecord",
    r#"PUT /ctms/monitoring/§i json d

{"findings":[{"no":1,"cat":"ICF","desc":«§2»,"due":"§d"}],"status":"open->closed"}"#,
    r"POST /randomize form d

subject=S01-0§n&strata=«ECOG=0-1;PD-L1>=50%;中心=01»&block=4%2F6&sign=«§p / §d»",
    r"GET /edc/queries?status=open&text=«§2»&form=LB*&site=01,02&age=%3E%3D14d - d",
    r"POST /ethics/review/§i multi d

%%opinion
§2
%%vote
同意=7;修改后同意=2;不同意=0;弃权/回避=1
%%doc|方案V2.1(清洁版)_§D.docx|application/vnd.openxmlformats-officedocument.wordprocessingml.document
PK §h",
];

const MODELS: &[&str] = &[
    "Surv(time, status == 1) ~ age + sex + strata(center)",
    "y ~ x1 + I(x2^2) + (1 | hospital/ward)",
    "glm(death ~ sofa*lactate, family=binomial, data=icu[icu$age>=18,])",
    "HR=0.72(95%CI 0.58–0.89),P<0.001;log-rank χ²=11.§n",
    "proc freq; tables trt*resp / chisq exact; run;",
    "IF (age >= 65) grp = 1. COMPUTE bmi = wt/(ht/100)**2. EXECUTE.",
    "df.query('hb < 90 and dept != \"ICU\"').groupby('sex')['los'].median()",
    "n = (1.96+0.84)^2*2*σ²/δ²; α=0.05(双侧), 1-β=0.8; 脱落 20% → N=§m",
    "AUC 0.8§n (0.79~0.88); cut-off >2.35; Se 81%/Sp 76%; NPV=0.9§n",
    "logit(p) = -3.21 + 0.04*age + 1.2*(crp>100) - 0.5*albumin/10",
    "|SMD|<0.1; caliper=0.2*sd(logit(ps)); 1:1 w/o replacement",
];

const COHORTS: &[&str] = &[
    "诊断包含“I21*”且 (年龄>=60 或 合并症∋糖尿病) 且 住院天数<30",
    "肌酐升高 ≥26.5 (48h内) || ≥1.5×基线(7d内)",
    "首次 PCI 后 30d 内再入院;剔除 死亡 & 转院",
    "drug in (二甲双胍, SGLT2i) & HbA1c > 7 & not (eGFR < 45)",
    "检验.名称='降钙素原' AND 检验.结果>0.5 AND 检验.时间-入院时间<=48h",
    "(\"heart failure\"[MeSH] OR HFpEF[tiab]) AND 2020:2026[dp] NOT review[pt]",
];

const STATISTICS: &[&str] = &[
    r#"POST /cdr/cohort/preview json d

{"name":"AKI-§n","text":«§2»,"tree":{"op":"AND","children":[{"f":"age","op":">=","v":18},{"op":"OR","children":[{"f":"dx","op":"startsWith","v":"N17"},{"f":"cr_ratio","op":">=","v":1.5}]}]}}"#,
    r"POST /stat/run form d

proc=cox&formula=«§1»&ds=«icu_§D.sav»&opt=«ties=efron;conf=.95»&label=«§2»",
    r"POST /shiny/session/§H/dataobj/dt1?w=&nonce=§h form d

draw=§n&columns%5B0%5D%5Bdata%5D=0&columns%5B0%5D%5Bsearch%5D%5Bvalue%5D=«18 ... 65»&search%5Bvalue%5D=«§2»&search%5Bregex%5D=false&escape=true",
    r#"POST /atlas/WebAPI/cohortdefinition json d

{"name":«§2»,"expressionType":"SIMPLE_EXPRESSION","expression":"{\"ConceptSets\":[{\"id\":0,\"name\":\"T2DM\"}],\"PrimaryCriteria\":{\"ObservationWindow\":{\"PriorDays\":365}},\"QualifiedLimit\":{\"Type\":\"First\"},\"age\":{\"Value\":18,\"Op\":\"gte\"}}"}"#,
    r"POST /paper/check multi d

%%title
§k §n例分析:P<0.05 就够了吗?
%%abstract
方法:§1。结果:§2;差异有统计学意义(t=2.§n, P=0.0§n)。
%%file|论文_修改稿(3).docx|application/octet-stream
PK §h",
    r"GET /pubmed/search?term=«§2»&sort=date&filter=years.2021-2026&size=50 - d",
    r###"POST /notebook/cells json d

{"type":"markdown","source":"## 结果\n\n§k 共 §m 例;见 `§n` 号表","meta":{"tags":["p<0.05"]},"formula":«§1»}"###,
    r#"POST /sample-size xml d

<calc method="two-means"><alpha>0.05</alpha><power>&gt;=0.8</power><expr>«§1»</expr></calc>"#,
    r#"POST /meta/forest text/csv d

study,ai,n1i,ci,n2i,note
"§p 2024",§n,§m,§n,§m,"OR=0.7§n [0.5, 1.1]; I²<25%"
"O'Connell, 2025",§n,§m,§n,§m,"§2""#,
    r#"PUT /bigdata/variables/§w json d

{"label":«§2»,"expr":«§1»,"type":"numeric(8,2)","missing":[-9,-99,"NA","."],"unit":"10^9/L"}"#,
    r"POST /export/apply form d

cohort=«§2»&vars=«年龄|性别|CRP(首次)|Cr(max)»&mask=«姓名→*;证件→sha256»&use=«课题 2026-KY-0§n»&formula=«§1»",
];

const WORDS: &[&str] = &[
    "糖尿病 足",
    "CT/MRI",
    "§p",
    "§k",
    "O'Brien",
    "阿莫西林(胶囊)",
    "C3-C4",
    "\"高血压3级\"",
    "10%GS",
    "R&D",
    "β-HCG",
];

const QUERIES: &[&str] = &[
    r#"POST /emr-*/_search?ignore_unavailable=true&rest_total_hits_as_int=true json d

{"size":20,"query":{"bool":{"must":[{"query_string":{"query":«diag:("肺炎" OR "支气管炎"~2) AND age:[60 TO *] AND NOT dept:ICU»}},{"match_phrase":{"text":«§1»}}],"filter":[{"range":{"admit":{"gte":"now-30d/d","lte":"now"}}}]}},"highlight":{"pre_tags":["<em>"],"post_tags":["</em>"],"fields":{"text":{}}},"aggs":{"d":{"terms":{"field":"dept.keyword"}}}}"#,
    r#"POST /_msearch application/x-ndjson d

{"index":"lis-2026","preference":"§s"}
{"query":{"wildcard":{"name.keyword":"*§n*"}},"script_fields":{"r":{"script":{"lang":"expression","source":"doc['val'].value / doc['high'].value"}}}}
{"index":"pacs-*"}
{"query":{"simple_query_string":{"query":"+结节 -钙化 | (磨玻璃 + 8mm)","fields":["finding^2","impression"]}},"suggest":{"t":{"text":"§p"}}}"#,
    r#"GET /kibana/api/search?_g=(filters:!(),refreshInterval:(pause:!t,value:0),time:(from:now-15m,to:now))&_a=(columns:!(message),query:(language:kuery,query:«dept:"§k" and val > 10 or not level:(WARN or INFO)»)) - d"#,
    r"GET /odata/Patients?$filter=«contains(Name,'§p') and (Age gt 60 or Beds/any(b: b/No eq '§n'))»&$orderby=AdmitTime%20desc&$expand=Orders($select=Id,Drug;$filter=State%20ne%20'9')&$top=50&$count=true - d",
    r"POST /odata/$batch multipart/mixed;boundary=batch_36522ad7-fc75 p

--batch_36522ad7-fc75¶
Content-Type: application/http¶
Content-Transfer-Encoding: binary¶
¶
GET Items?$filter=startswith(Code,'A0')%20and%20Price%20le%20§f&$search=%22§n%22 HTTP/1.1¶
Accept: application/json¶
¶
¶
--batch_36522ad7-fc75--¶
",
    r"GET /api/visits?filter%5Bdept%5D=0§n&filter%5Bdate%5D%5B%24gte%5D=§d&include=patient,orders.items&sort=-admitted,name&page%5Bsize%5D=25&fields%5Bpatients%5D=name&q=«§1» - d
Accept: application/vnd.api+json",
    r#"PATCH /api/visits/§i application/vnd.api+json d

{"data":{"type":"visits","id":"§i","attributes":{"remark":«§1»,"bed":"§n+"},"relationships":{"doctor":{"data":{"type":"staff","id":"D§n"}}}}}"#,
    r#"POST /graphql json d
Apollographql-Client-Name: emr-web

{"query":"query Beds($w: ID!, $f: BedFilter = {state: {_in: [FREE, CLEANING]}}) {\n  ward(id: $w) { beds(where: $f, order_by: {no: asc}) { no patient @include(if: true) { name ...F } } }\n}\nfragment F on Patient { age sex }","variables":{"w":"§n","q":«§1»}}"#,
    r#"GET /graphql?query=«{labs(pid:"§i",flag:[HH,LL]){code value range}}»&variables=%7B%7D - p"#,
    r"GET /rest/v1/orders?select=id,drug,patient(name)&or=(state.eq.3,and(qty.gt.10,dept.in.(%220301%22,%220302%22)))&drug=ilike.*§w*&order=at.desc.nullslast&limit=100 - p
Prefer: count=exact
Range: 0-24",
    r"GET /solr/drugs/select?q=«name:§n* AND stock:[1 TO *]»&fq=%7B!geofilt%20sfield=loc%7D&pt=39.9,116.4&d=5&facet.field=maker&hl.simple.pre=%3Cb%3E&wt=json&json.wrf=cb§i - d",
    r#"POST /meili/indexes/patients/search json d
Authorization: Bearer §T

{"q":«§1»,"filter":["ward = §n","age > 60 OR vip = true","tags NOT IN [\"出院\",\"R&D\"]"],"attributesToHighlight":["*"],"highlightPreTag":"<mark>"}"#,
    r"GET /api/v2/beds?where=«(ward,eq,§n)~and(state,in,1,2)~or(note,like,%§n床%)»&sort=-no&offset=0&kw=«§1» - d",
    r#"POST /parse/classes/Visit text/plain d

{"where":{"ward":{"$in":["§n","§n"]},"age":{"$gte":60,"$lt":90},"name":{"$regex":"^§p","$options":"i"}},"limit":20,"_method":"GET","_ApplicationId":"emr","order":"-createdAt"}"#,
    r#"GET /influx/query?db=ward&epoch=ms&q=«SELECT mean("spo2") FROM "vitals" WHERE ("bed" = '§n') AND time >= now() - 6h GROUP BY time(1m) fill(null)» - d"#,
    r#"POST /loki/api/v1/query form p

query=«{app="his",ward=~"(3|5)F.*"} |= "§1" | json | cost > 3s»&limit=100&start=§s000000"#,
    r#"POST /jsonrpc json d

{"jsonrpc":"2.0","method":"call","params":{"model":"hospital.bed","method":"search_read","args":[["|",["state","=","free"],"&",["ward_id","in",[§n,§n]],["note","ilike",«§1»]]],"kwargs":{"limit":80,"order":"no asc"}},"id":§i}"#,
];
