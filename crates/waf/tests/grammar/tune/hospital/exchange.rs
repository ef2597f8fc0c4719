//! What hospital systems tell each other: segments, resources, documents, envelopes, and the engines between them.

use super::super::super::benign::{BenignGrammar, grammar};
use super::letter::tell;

pub(super) const BENIGN: &[BenignGrammar] = &[
    grammar("segments-over-http", 45, |rng| tell(SEGMENTS, &[NOTES], rng)),
    grammar("resources-json-and-xml", 45, |rng| tell(RESOURCES, &[NOTES], rng)),
    grammar("envelopes-and-documents", 45, |rng| tell(ENVELOPES, &[NOTES], rng)),
    grammar("engine-channels", 45, |rng| tell(ENGINES, &[NOTES, STEPS, FILTERS], rng)),
];

const NOTES: &[&str] = &[
    "WBC 12.§n ↑ (3.5-9.5); NEUT% 8§n.1; CRP >§n mg/L",
    "标本轻度溶血, K+ 结果仅供参考",
    "请空腹 >8h; 禁水 4h; 停二甲双胍 48h",
    "Patient c/o chest pain x 2 hrs; r/o ACS; hx: DM2 & HTN",
    "过敏史: 青霉素(皮疹), 碘对比剂(?)",
    "HBV-DNA <20 IU/mL; HBsAg 250.00(+)",
    "左侧(L) 膝关节 MRI; 有金属植入物? N",
    "血型: O, RhD(+); 不规则抗体(-)",
    "阿司匹林 100mg qd; 氯吡格雷 75mg qd; PPI 20mg bid -- 长期",
    "床位: §n病区-§n床; 护理级别: I级; 饮食: 低盐/低脂",
    "患者姓名与证件不符(“王芳”/“王方”), 已人工核对",
    "eGFR 5§n mL/min/1.73m²; 对比剂: 碘克沙醇 320, 80ml @4ml/s",
];

const SEGMENTS: &[&str] = &[
    r"POST /hl7 x-application/hl7-v2+er7;charset=utf-8 p

MSH|^~\&|HIS|KNYY|LIS|JYK|§D§j+0800||OML^O21^OML_O21|§i|P|2.5.1|||AL|NE|CHN|UNICODE UTF-8¶
PID|1||§i^^^HIS^PI~§c^^^GA^NI||§p^^^^^^L||19§n0512|F|||§a||^PRN^CP^^86^^§P¶
PV1|1|I|W§n^R§n^B0§n^KNYY||||D§n^§p|||||||||||§i¶
ORC|NW|§i^HIS|||||1^^^§D^^R||§D|§w¶
OBR|1|§i^HIS||CBC^血常规+CRP^L|||§D|||||||静脉血&BLD||||||||||^^^§D¶
NTE|1|P|§1|RE¶",
    r"POST /esb/receive/oru application/hl7-v2 n
User-Agent: MirthConnect/4.4
X-Source: LIS

MSH|^~\&|LIS|LAB|EMR|HOSP|§D§j||ORU^R01^ORU_R01|§u|P|2.4¶
PID|||§i||§p^^||19§n0101|M¶
OBR|1|§i|§i|24323-8^CMP^LN¶
OBX|1|NM|2823-3^K^LN||6.§n|mmol/L|3.5-5.3|HH|||F|||§D¶
OBX|2|SN|5196-1^HBsAg^LN||<^0.05|IU/mL|<0.05|N|||F¶
OBX|3|SN|14979-9^INR^LN||>=^5||0.8~1.2|H*|||C¶
OBX|4|FT|NOTE^备注||§1\.br\复查\T\确认\.br\\H\危急\N\||||||F¶",
    r#"POST /adt/in?ack=AA text/plain d

MSH|^~\&|ADT1|GOOD|GHH|LAB|§D§j||ADT^A08|MSG§i|T|2.3¶EVN|A08|§D|||§w^§p¶PID|1|""|§i^5^M11||O'BRIEN^ANNE^""|||F¶AL1|1|DA|^§1|SV¶DG1|1|I10|I21.0^急性前壁心梗^I10||§D|A¶ZXX|1|自定义~段^子&子段|\S\|\F\|\R\|\E\"#,
    r#"POST /interface/mllp-bridge json p
X-Api-Key: §H

{"channel":"SIU","ts":§s,"payload":‹MSH|^~\&|APPT|YY|HIS|YY|§D§j||SIU^S12|§i|P|2.5¶SCH|§i|||||^§1|NORMAL|15|min|^^15^§D§j¶AIL|1||§k^§n诊室¶›,"retry":0}"#,
    r#"POST /HL7Service.asmx text/xml p
SOAPAction: "urn:hl7-org:v2/Process"

<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:urn="urn:hl7-org:v2"><soapenv:Header/><soapenv:Body><urn:Process><urn:msg><![CDATA[MSH|^~\&|RIS|PACS|HIS|HIS|§D§j||ORM^O01|§i|P|2.3.1
PID|||§i||§p
ORC|SC|§i||||CM
OBR|1|||CT01^胸部CT平扫|||||||||§1]]></urn:msg></urn:Process></soapenv:Body></soapenv:Envelope>"#,
    r#"POST /his/hl7xml application/xml p

<?xml version="1.0" encoding="UTF-8"?><ORU_R01 xmlns="urn:hl7-org:v2xml"><MSH><MSH.1>|</MSH.1><MSH.2>^~\&amp;</MSH.2><MSH.7><TS.1>§D§j</TS.1></MSH.7><MSH.10>§i</MSH.10></MSH><ORU_R01.OBSERVATION><OBX><OBX.2>ST</OBX.2><OBX.5>«§1»</OBX.5><OBX.7>&lt;0.5</OBX.7><OBX.8>&gt;</OBX.8></OBX></ORU_R01.OBSERVATION></ORU_R01>"#,
    r"POST /lis/hl7post.php form n
User-Agent: Delphi7-Indy9

hl7=«MSH|^~\&|BC-6800|MINDRAY|||§D§j||ORU^R01|§n|P|2.3.1||||||UNICODE
PID|1||^^^^MR||^§p|||男
OBX|7|NM|6690-2^WBC^LN||9.§n|10*9/L|4.00-10.00||||F
OBX|28|ED|15050^WBC Histogram^99MRC||^Application^Octet-stream^Base64^AAECAwQ=|||||F»&ack=1",
    r"GET /hl7/ack?msg=«MSA|AE|§i|§1||207^Application internal error^HL70357» - p",
    r"GET /hl7/messages?type=ORU%5ER01&contains=OBX%7C3%7CSN&since=§dT§tZ&status=NAK,AE&page=§n - d",
    r#"POST /engine/messages/search json d

{"channelId":"§u","textSearch":«|HH|»,"segment":"OBX-8","op":"=~","regex":"^(H|L)\\1?$","from":"§d §t","note":«§1»}"#,
    r"POST /adt/batch multi p

%%file|ADT_§D.hl7|application/octet-stream
FHS|^~\&|HIS|KNYY|MPI|KNYY|§D¶
BHS|^~\&|HIS|KNYY¶
MSH|^~\&|HIS||MPI||§D||ADT^A40|§i|P|2.5¶
PID|1||§i~§i||§p|¶
MRG|§i^^^HIS¶
BTS|1|§1¶
FTS|1¶
%%sha1
§H",
    r"POST /gateway/Z01 text/hl7v2 p
Content-Encoding: gzip

MSH|^~\&|NIS||HIS||§D§j||RAS^O17|§i|P|2.5¶
RXA|0|1|§D§j||§r|1|g||^^^§1¶
RXR|IV^静滴^HL70162|左前臂¶",
];

const RESOURCES: &[&str] = &[
    r#"PUT /fhir/Observation/§i application/fhir+json p
If-Match: W/"§n"
Prefer: return=minimal

{"resourceType":"Observation","id":"§i","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"2823-3"}],"text":"血钾"},"subject":{"reference":"Patient/§i"},"valueQuantity":{"value":6.§n,"comparator":">","unit":"mmol/L","code":"mmol/L"},"referenceRange":[{"text":"3.5~5.3; 危急 <2.8 或 >6.2"}],"note":[{"text":«§1»}]}"#,
    r#"POST /fhir application/fhir+json;charset=UTF-8 p
Authorization: Bearer §b

{"resourceType":"Bundle","type":"transaction","entry":[{"fullUrl":"urn:uuid:§u","resource":{"resourceType":"Patient","name":[{"text":"§p"}],"identifier":[{"system":"urn:oid:2.16.156.10011.1.3","value":"§c"}],"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><table><tr><td>姓名</td><td>§p</td></tr></table><br/></div>"}},"request":{"method":"PUT","url":"Patient?identifier=urn:oid:2.16.156.10011.1.3|§c"}},{"resource":{"resourceType":"AllergyIntolerance","note":[{"text":«§1»}]},"request":{"method":"POST","url":"AllergyIntolerance"}}]}"#,
    r"GET /fhir/Observation?code=http%3A%2F%2Floinc.org%7C2339-0&value-quantity=gt11.1%7C%7Cmmol%2FL&date=ge§d&_sort=-date&_include=Observation:subject&_count=50 - p",
    r"GET /fhir/Patient?_has:Observation:patient:code=1234-5&name:contains=«§p»&_filter=«birthdate ge 1970-01-01 and (gender eq male or active eq true)»&_elements=id,name - p",
    r"POST /fhir/Patient/_search form p
Accept: application/fhir+json

identifier=«urn:oid:2.16.156.10011.1.3|§c»&_revinclude=Encounter:patient&_lastUpdated=gt§d&_summary=data",
    r#"PUT /fhir/MedicationRequest/§u application/fhir+xml p

<MedicationRequest xmlns="http://hl7.org/fhir"><id value="§u"/><status value="active"/><intent value="order"/><medicationCodeableConcept><text value="§r"/></medicationCodeableConcept><note><text value="«§1»"/></note><dosageInstruction><text value="0.5g tid po ac&amp;hs"/><maxDosePerPeriod><numerator><value value="§f"/></numerator></maxDosePerPeriod></dosageInstruction></MedicationRequest>"#,
    r#"PATCH /fhir/Encounter/§i application/json-patch+json p

[{"op":"test","path":"/status","value":"in-progress"},{"op":"replace","path":"/status","value":"finished"},{"op":"add","path":"/extension/-","value":{"url":"http://hospital.example/fhir/ext~1note","valueString":«§1»}}]"#,
    r#"POST /fhir/ValueSet/$expand application/fhir+json d

{"resourceType":"Parameters","parameter":[{"name":"filter","valueString":"糖尿病§n"},{"name":"url","valueUri":"http://snomed.info/sct?fhir_vs=ecl/<<73211009 MINUS <46635009"}]}"#,
    r"GET /fhir/ConceptMap/$translate?system=http://hl7.org/fhir/sid/icd-10&code=E11.9&targetsystem=http://snomed.info/sct&url=http://hospital.example/fhir/cm%7C1.0 - p",
    r#"POST /fhir/Questionnaire application/fhir+json d

{"resourceType":"Questionnaire","title":"PHQ-9/§n","status":"draft","item":[{"linkId":"1","text":"做事提不起劲?","type":"choice","enableWhen":[{"question":"0","operator":">=","answerInteger":18}]},{"linkId":"t","type":"integer","extension":[{"url":"http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression","valueExpression":{"language":"text/fhirpath","expression":"%resource.item.where(linkId='1' or linkId='2').answer.value.ordinal().sum()"}}]}]}"#,
    r#"POST /fhir/Library/$evaluate json p

{"resourceType":"Parameters","parameter":[{"name":"library","valueUri":"http://hospital.example/Library/dm|1.§n"},{"name":"expression","valueString":"exists([Observation: \"HbA1c\"] O where O.value > 9 '%' and O.effective during \"Measurement Period\")"}]}"#,
    r#"POST /cds-services/drug-check json p

{"hook":"medication-prescribe","hookInstance":"§u","fhirServer":"https://fhir.zhongxin.example/r4","context":{"userId":"Practitioner/§i","patientId":"§i"},"prefetch":{"patient":null,"note":«§1»},"templates":{"a":"Patient/{{context.patientId}}"}}"#,
    r#"POST /fhir/Subscription application/fhir+json p

{"resourceType":"Subscription","status":"requested","reason":«§1»,"criteria":"Observation?code=6298-4&value-quantity=gt6.2&_tag=critical","channel":{"type":"rest-hook","endpoint":"https://api.jiankang.example/hook?x=§h","header":["Authorization: Bearer §T"]}}"#,
    r#"POST /fhir/DocumentReference application/fhir+json p

{"resourceType":"DocumentReference","status":"current","description":«§1»,"content":[{"attachment":{"contentType":"text/plain;charset=utf-8","data":"⌈§1;§g;§r⌉","title":"出院小结(§d).txt"}}]}"#,
];

const ENVELOPES: &[&str] = &[
    r#"POST /services/HipService text/xml;charset=UTF-8 p
SOAPAction: ""

<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:hip="http://hip.hospital.example/"><soapenv:Body><hip:HIPMessageServer><hip:action>PatientRegistry</hip:action><hip:message><![CDATA[<PRPA_IN201311UV02 ITSVersion="XML_1.0" xmlns="urn:hl7-org:v3"><id extension="§u"/><creationTime value="§D§j"/><controlActProcess><subject><patient><id root="2.16.156.10011.2.5.1.4" extension="§i"/><patientPerson><name><item><part value="§p"/></item></name><asOtherIDs><text>§g</text></asOtherIDs></patientPerson></patient></subject></controlActProcess></PRPA_IN201311UV02>]]></hip:message></hip:HIPMessageServer></soapenv:Body></soapenv:Envelope>"#,
    r#"POST /cda/register application/xml p

<?xml version="1.0" encoding="UTF-8"?><?xml-stylesheet type="text/xsl" href="cda.xsl"?>
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/><id root="2.16.156.10011.1.1" extension="§u"/><title>门(急)诊病历</title><component><structuredBody><component><section><code code="10154-3" displayName="CHIEF COMPLAINT"/><text><paragraph>«§1»</paragraph><table border="1"><tr><td>血压</td><td>&lt;140/90</td></tr></table></text><entry><observation><value xsi:type="PQ" value="§f" unit="mmol/L"/></observation></entry></section></component></structuredBody></component></ClinicalDocument>"#,
    r"POST /WebService.asmx/CallInterface form n
User-Agent: Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)

strMethod=GetPatInfo&strInput=«<Request><CardNo>§i</CardNo><Name>§p</Name><Memo><![CDATA[§1]]></Memo></Request>»",
    r#"POST /csp/hsb/Published.PUB0007.BS.PUB0007.CLS text/xml p
SOAPAction: http://hip.vendor.example/Published.PUB0007.BS.PUB0007.HIPMessageServer

<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/"><SOAP-ENV:Body><HIPMessageServer xmlns="http://hip.vendor.example"><input1>S0§n</input1><input2><![CDATA[<Request><Header><SourceSystem>02</SourceSystem><MessageID>§i</MessageID></Header><Body><AddOrdersRt><OEORIRemark>§1</OEORIRemark></AddOrdersRt></Body></Request>]]></input2></HIPMessageServer></SOAP-ENV:Body></SOAP-ENV:Envelope>"#,
    r#"POST /ws/v12 application/soap+xml;charset=UTF-8;action="urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b" p

<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://www.w3.org/2005/08/addressing"><s:Header><a:Action s:mustUnderstand="1">urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b</a:Action><a:MessageID>urn:uuid:§u</a:MessageID></s:Header><s:Body><ProvideAndRegisterDocumentSetRequest xmlns="urn:ihe:iti:xds-b:2007"><Document id="doc1">⌈<a>§1</a>⌉</Document></ProvideAndRegisterDocumentSetRequest></s:Body></s:Envelope>"#,
    r#"POST /hsb/rest/call json p
X-Nonce: §h

{"code":"RegInfoAdd","xml":‹<?xml version="1.0" encoding="utf-8"?><root><head id="§i" from="ZZJ"/><row NAME="§p" SEX='1' AGE="§n" NOTE="《首诊》"/></root>›,"memo":«§1»}"#,
    r#"POST /empi/query text/xml;charset=utf-16 p

<?xml version="1.0" encoding="utf-16"?><Query><ID>§c</ID><Name>§p</Name><Note>«§1»</Note><Match algorithm="jaro-winkler" threshold="&gt;=0.85"/></Query>"#,
    r#"POST /gateway/soap text/xml;charset="utf-8" p
SOAPAction: "http://tempuri.org/IBus/Send"

<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header><o:Security xmlns:o="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"><o:UsernameToken><o:Username>his_§w</o:Username><o:Password Type="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordDigest">⌈§h§h⌉</o:Password></o:UsernameToken></o:Security></s:Header><s:Body><Send xmlns="http://tempuri.org/"><json>«{"op":"charge","items":[{"n":"床位费","p":§n}],"remark":"§1"}»</json></Send></s:Body></s:Envelope>"#,
    r"GET /services/HisWebService?wsdl&singleWsdl=§n - p",
    r#"POST /bus/publish?topic=his.order.created&key=§i application/octet-stream p

<msg><t>§s</t><b enc="base64">⌈{"order":"§i","text":"§1"}⌉</b></msg>"#,
    r#"POST /WebService/PatientInfo.asmx/Query?op=§n text/xml p

<root><where><col name="adm_date" op="&gt;=" val="§d"/><col name="dept" op="in" val="'0301','0302'"/></where><order by="adm_date" desc="true"/><memo>«§1»</memo></root>"#,
    r#"POST /region/platform/ehr multi p

%%meta
{"orgCode":"99§iX","docType":"C0009","sm3":"§H§H"}
%%doc|C0009_§D_§i.xml|text/xml
<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3"><id extension="§i"/><text><![CDATA[§1]]></text></ClinicalDocument>
%%mode
insert/update"#,
];

const STEPS: &[&str] = &[
    "msg['PID']['PID.5']['PID.5.1'] = msg['PID']['PID.5']['PID.5.1'].toString().trim();",
    "var sex = msg['PID']['PID.8'].toString(); tmp['sex'] = sex == '男' ? 'M' : 'F';",
    "channelMap.put('mrn', msg['PID']['PID.3']['PID.3.1'].toString());",
    "for each (obx in msg..OBX) { if (obx['OBX.8'].toString() == 'HH') channelMap.put('critical', 'Y'); }",
    "S(PID.5^1) -> $.patient.name | trim | default('不详')",
    "{{#each OBX}}{{this.3.2}}={{this.5}} {{this.6}}{{#unless @last}};{{/unless}}{{/each}}",
    "substring-before(//patient/name/text(), '^')",
];

const FILTERS: &[&str] = &[
    "MSH-9.2 == 'R01' && PV1-2 != 'O'",
    "$.visit.type in ['I','E'] and $.age >= 18",
    "/record/head[from='ZZJ' and @id>0]",
    "OBX-8 ~ ^(HH|LL)$",
    "PID.3.1 like '9900%' -> skip",
    "now() - MSH.7 < 24h",
];

const ENGINES: &[&str] = &[
    r#"POST /api/channels/§u/_mapping json d
X-Requested-With: OpenAPI

{"source":"HL7V2","target":"JSON","rules":[{"from":"PID-5.1","to":"$.patient.name"},{"from":"OBX[*]-5","to":"$.results[*].value","filter":«§3»},{"expr":«§2»}],"description":«§1»}"#,
    r#"PUT /api/channels/§u?override=true application/xml d
X-Requested-With: OpenAPI

<channel version="4.4.1"><id>§u</id><name>LIS→EMR 结果回传 §n</name><description>«§1»</description><sourceConnector><filter><rule>«§3»</rule></filter><transformer><step name="s1"><sequenceNumber>0</sequenceNumber><script>«§2»</script></step></transformer></sourceConnector></channel>"#,
    r"POST /bridge/route/save form d

routeId=R§n&from=«jms:queue:ADT?concurrentConsumers=5»&to=«http://10.12.8.5:8081/emr?bridgeEndpoint=true»&when=«§3»&enabled=on&memo=«§1»",
    r#"POST /esb/transform/test json d

{"lang":"xpath","expr":"//*[local-name()='patient']/name[@use='L']/text()","input":‹<a xmlns="urn:hl7-org:v3"><patient><name use="L">§p</name></patient></a>›,"note":«§1»}"#,
    r#"POST /esb/mapping/import multi d

%%mode
overwrite
%%file|科室对照(HIS↔LIS)_§D.csv|text/csv
his_code,lis_code,name,expr
0§n,L§n,§k,"if(len>3, left(code,3), code)"
0§n,,"R&D,中心",'#N/A'
%%remark
§1"#,
    r"GET /api/channels/statuses?channelId=§u&includeUndeployed=true&filter=«queued>0 | errored>10» - d",
    r"POST /api/channels/§u/messages/_search xml d

<messageFilter><maxMessageId>§i</maxMessageId><textSearch>«§1»</textSearch><statuses><status>ERROR</status><status>QUEUED</status></statuses><metaDataSearch><metaDataSearchElement><columnName>MRN</columnName><operator>CONTAINS</operator><value>§i</value></metaDataSearchElement></metaDataSearch></messageFilter>",
    r#"POST /flow/node json d

{"id":"§h","type":"switch","property":"payload.PV1.2","rules":[{"t":"eq","v":"I","vt":"str"},{"t":"regex","v":"^E|O$","case":false},{"t":"jsonata_exp","v":«$count(payload.OBX[flag='HH'])>0»},{"t":"else"}],"name":«§1»,"wires":[["§h"],[],["§h"]]}"#,
    r#"POST /dict/mapping json d

{"src":"GB/T 2261.1","rows":[["0","未知"],["1","男→M"],["2","女→F"],["9","<未说明>"]],"default":"${9}","rule":«§3»,"remark":«§1»}"#,
    r#"PATCH /integration/jobs/§n json d

{"cron":"0 0/5 * * * ?","watermark":"${lastRun:-§d 00:00:00}","where":"upd_time >= :last AND dept_code <> '9999'","sink":"http://192.0.2.31:9200/_bulk","onError":«§1»}"#,
    r#"POST /monitor/interfaces/ack form m

id=§i&err=«HTTP 500: Conversion failed when converting date "§d 24:00"; seg=PV1-44»&handled=«§1»&by=«§p»"#,
    r#"POST /api/v1/pipelines application/yaml d

name: lis-to-dw
source: {type: hl7, port: 666§n}
steps:
  - filter: "«§3»"
  - map: "«§2»"
  - mask: {idcard: '(\d{6})\d{8}(\w{4})', with: '$1********$2'}
# «§1»"#,
];
